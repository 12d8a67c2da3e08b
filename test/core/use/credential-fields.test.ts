import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { credentialParts } from '#core/use/credential-fields'
import { Secret } from '#core/vault/secret'

const partsOf = (value: unknown) => {
  const { token, fields } = credentialParts({ credentials: new Secret(JSON.stringify(value)), expiresAt: null })
  return {
    token: token?.reveal() ?? null,
    fields: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.reveal()])),
  }
}

const end = { expires_at: '2026-11-20T17:15:35.121Z', raw: { access_token: 'raw-a', refresh_token: 'raw-r' } }

describe('a credential of each mode, as Nango shows it', () => {
  test.each<[string, object, string | null, object]>([
    ['OAUTH2', { access_token: 'a', refresh_token: 'r', ...end }, 'a', { access_token: 'a' }],
    ['MCP_OAUTH2', { access_token: 'a', ...end }, 'a', { access_token: 'a' }],
    ['APP', { access_token: 'a', jwtToken: 'j', ...end }, 'a', { access_token: 'a', jwtToken: 'j' }],
    ['OAUTH2_CC', { token: 't', client_id: 'i', client_secret: 's', ...end }, 't', { token: 't', client_id: 'i', client_secret: 's' }],
    ['OAUTH1', { oauth_token: 'o', oauth_token_secret: 's', raw: {} }, null, { oauth_token: 'o', oauth_token_secret: 's' }],
    ['API_KEY', { apiKey: 'k' }, 'k', { apiKey: 'k' }],
    ['BASIC', { username: 'u', password: 'p' }, null, { username: 'u', password: 'p' }],
    ['BASIC', { username: 'u', password: '' }, 'u', { username: 'u' }],
    ['JWT', { token: 't', privateKeyId: 'i', privateKey: 'p', ...end }, 't', { token: 't', privateKeyId: 'i', privateKey: 'p' }],
    ['TWO_STEP', { token: 't', server: 'x', refresh_token: 'r', ...end }, 't', { token: 't', server: 'x' }],
    ['SIGNATURE', { username: 'u', password: 'p', token: 't' }, 't', { username: 'u', password: 'p', token: 't' }],
    [
      'TBA',
      { token_id: 'i', token_secret: 's', config_override: { client_id: 'c', client_secret: 'x' } },
      null,
      { token_id: 'i', token_secret: 's' },
    ],
    ['BILL', { username: 'u', session_id: 's', ...end }, null, { username: 'u', session_id: 's' }],
    ['AWS_SIGV4', { access_key_id: 'i', secret_access_key: 's', session_token: 't' }, null, { access_key_id: 'i', session_token: 't' }],
    [
      'CUSTOM',
      { app: { type: 'APP', access_token: 'a', raw: {} }, user: { type: 'OAUTH2', access_token: 'u', refresh_token: 'r' }, raw: {} },
      'u',
      { 'app.access_token': 'a', 'user.access_token': 'u' },
    ],
  ])('%s', (type, credential, token, fields) => {
    const parts = partsOf({ type, ...credential })
    expect(parts).toMatchObject({ token, fields })
    expect(JSON.stringify(parts)).not.toMatch(/refresh|raw|"r"/)
  })

  test.each([{}, { type: 'NONE' }, { type: 'OAUTH2', raw: { access_token: 'a' } }, null, []])('%j holds none', (value) => {
    expect(() => partsOf(value)).toThrowError(expect.objectContaining({ code: 'connection.no_credential' }))
  })

  test('cannot be printed while it is inside', () => {
    const parts = credentialParts({ credentials: new Secret('{"apiKey":"planted-value"}'), expiresAt: null })
    expect(`${JSON.stringify(parts)}${inspect(parts, { depth: 9 })}`).not.toContain('planted-value')
  })
})
