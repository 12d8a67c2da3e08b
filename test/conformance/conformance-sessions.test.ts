import { describe, expect } from 'vitest'
import { pick, pickText } from '../core/sandbox/call-stand-in.ts'
import { codeOf, IS_FOREIGN, statement, useConformanceServer } from './conformance-server.ts'

const server = useConformanceServer()

/** So long that a time that is bumped is another one. */
const later = async (): Promise<void> => {
  if (!IS_FOREIGN) server.clock.advance(5000)
}

describe('opening a session', () => {
  statement('answers 201 with a token of 64 hex digits, a link and an expiry 30 minutes away', async () => {
    const answer = await server.call('POST', '/connect/sessions', { tags: {} })
    const token = pickText(answer.json, 'data', 'token')
    expect(answer.status).toBe(201)
    expect(token).toMatch(/^nango_connect_session_[0-9a-f]{64}$/)
    expect(new URL(pickText(answer.json, 'data', 'connect_link')).searchParams.get('session_token')).toBe(token)
    const now = Date.parse(String(answer.headers['date']))
    const expiresAt = pickText(answer.json, 'data', 'expires_at')
    expect(expiresAt).toMatch(/^[\d-]{10}T[\d:.]{12}Z$/)
    // The stand-in's clock is its own; a server tells the time in its answers.
    const begun = IS_FOREIGN ? now : server.clock.now()
    expect(Math.abs(Date.parse(expiresAt) - begun - 1_800_000)).toBeLessThan(5_000)
  })

  statement('needs an end user or tags', async () => {
    const answer = await server.call('POST', '/connect/sessions', {})
    expect(answer.status).toBe(400)
    expect(codeOf(answer)).toBe('invalid_body')
    expect(pick(answer.json, 'error', 'errors', 0, 'path')).toEqual(['end_user'])
  })

  statement('refuses unknown keys, unknown queries and unknown integrations, paths as strings', async () => {
    const unknownKey = await server.call('POST', '/connect/sessions', { tags: {}, surprise: 1 })
    expect(unknownKey.json).toEqual({
      error: { code: 'invalid_body', errors: [{ code: 'unrecognized_keys', message: 'Unrecognized key: "surprise"', path: [] }] },
    })
    const unknownQuery = await server.call('POST', '/connect/sessions?x=1', { tags: {} })
    expect(pick(unknownQuery.json, 'error', 'code')).toBe('invalid_query_params')
    const unknownIntegration = await server.call('POST', '/connect/sessions', {
      tags: {},
      allowed_integrations: [server.keys.apiKey, 'zzz'],
    })
    expect(unknownIntegration.json).toEqual({
      error: {
        code: 'invalid_body',
        errors: [{ code: 'custom', message: 'Integration does not exist', path: ['allowed_integrations', '1'] }],
      },
    })
  })

  statement('lower-cases tag keys, keeps values, and refuses keys that become the same', async () => {
    const token = await server.openSession({ tags: { Owner: 'Me' } })
    await server.bare('POST', `/api-auth/api-key/${server.keys.apiKey}?connect_session_token=${token}`, { apiKey: 'k' })
    expect(pick((await server.listed('&tags[OWNER]=Me'))[0], 'tags')).toEqual({ owner: 'Me' })
    expect(await server.listed('&tags[owner]=me')).toEqual([])
    const twice = await server.call('POST', '/connect/sessions', { tags: { a: '1', A: '2' } })
    expect(twice.json).toEqual({
      error: {
        code: 'invalid_body',
        errors: [{ code: 'custom', message: 'Duplicate tag key after case normalization: "a"', path: ['tags'] }],
      },
    })
  })

  statement('takes at most ten tags, values of 1 to 255 characters and a real e-mail in end_user_email', async () => {
    const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`t${index}`, 'x']))
    for (const tags of [eleven, { a: '' }, { a: 'x'.repeat(256) }, { '1a': 'x' }, { end_user_email: 'nobody' }])
      expect((await server.call('POST', '/connect/sessions', { tags })).status, JSON.stringify(tags)).toBe(400)
    expect((await server.call('POST', '/connect/sessions', { tags: { 'a.b/c-d_e': 'x'.repeat(255) } })).status).toBe(201)
  })

  statement('does not let the docs address be overridden, nor loopback be a webhook', async () => {
    const docs = await server.call('POST', '/connect/sessions', {
      tags: {},
      overrides: { [server.keys.apiKey]: { docs_connect: 'https://x.test' } },
    })
    expect(docs.status).toBe(403)
    expect(docs.json).toEqual({ error: { code: 'forbidden', message: 'You are not allowed to override the docs connect url' } })
    const hook = await server.call('POST', '/connect/sessions', { tags: {}, webhook_url_override: 'http://127.0.0.1:9/hook' })
    expect(pick(hook.json, 'error', 'errors', 0, 'message')).toBe('This webhook URL is not allowed.')
  })
})

describe('a session', () => {
  statement('tells end user, allowed integrations and the path of the WebSocket, in its own spelling', async () => {
    const token = await server.openSession({
      end_user: { id: 'user-1', email: 'user1@example.com', display_name: 'User One', tags: { plan: 'pro' } },
      organization: { id: 'org-1', display_name: 'Org One' },
      allowed_integrations: [server.keys.apiKey],
    })
    const answer = await server.withToken(token, 'GET', '/connect/session')
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({
      data: {
        endUser: {
          id: 'user-1',
          display_name: 'User One',
          email: 'user1@example.com',
          tags: { plan: 'pro' },
          organization: { id: 'org-1', display_name: 'Org One' },
        },
        connectUISettings: expect.objectContaining({
          showWatermark: expect.any(Boolean) as boolean,
          defaultTheme: expect.any(String) as string,
        }),
        allowed_integrations: [server.keys.apiKey],
      },
    })
    // Nango Cloud leaves the path out.
    if (!IS_FOREIGN) expect(pick(answer.json, 'data', 'websocketsPath')).toBe('/')
  })

  statement('lists only the allowed integrations, and reads providers too', async () => {
    const token = await server.openSession({ tags: {}, allowed_integrations: [server.keys.apiKey] })
    const integrations = await server.withToken(token, 'GET', '/integrations')
    expect(pick(integrations.json, 'data')).toEqual([expect.objectContaining({ unique_key: server.keys.apiKey })])
    expect((await server.withToken(token, 'GET', '/providers/n8n')).status).toBe(200)
    expect((await server.withToken(token, 'GET', '/connections')).status).toBe(401)
  })

  statement('copies end user and organization into the tags of its connections, and makes as many as asked', async () => {
    const token = await server.openSession({
      end_user: { id: 'user-1', email: 'user1@example.com', display_name: 'User One', tags: { Plan: 'pro' } },
      organization: { id: 'org-1', display_name: 'Org One' },
      tags: { attempt_id: 'a1' },
    })
    for (let count = 0; count < 3; count++) {
      const made = await server.bare('POST', `/api-auth/api-key/${server.keys.apiKey}?connect_session_token=${token}`, { apiKey: 'k' })
      expect(made.status).toBe(200)
    }
    const list = await server.listed('&endUserId=user-1&endUserOrganizationId=org-1')
    expect(list).toHaveLength(3)
    expect(pick(list[0], 'tags')).toEqual({
      plan: 'pro',
      end_user_id: 'user-1',
      end_user_email: 'user1@example.com',
      end_user_display_name: 'User One',
      organization_id: 'org-1',
      organization_display_name: 'Org One',
      attempt_id: 'a1',
    })
  })

  statement('ends at once with DELETE, which answers 204 and nothing', async () => {
    const token = await server.openSession()
    const ended = await server.withToken(token, 'DELETE', '/connect/session')
    expect([ended.status, ended.text]).toEqual([204, ''])
    expect((await server.withToken(token, 'DELETE', '/connect/session')).status).toBe(401)
  })
})

describe('reconnecting', () => {
  const connect = async (tags: Record<string, string>): Promise<string> => {
    const token = await server.openSession({ tags, end_user: { id: 'user-1' } })
    const path = `/api-auth/api-key/${server.keys.apiKey}?connect_session_token=${token}&params[baseUrl]=https://a.test`
    return pickText((await server.bare('POST', path, { apiKey: 'k-1' })).json, 'connectionId')
  }

  statement('refuses an unknown connection with 400 invalid_body', async () => {
    const answer = await server.call('POST', '/connect/sessions/reconnect', { connection_id: 'nope', integration_id: server.keys.apiKey })
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({ error: { code: 'invalid_body', message: 'ConnectionID or IntegrationId does not exists' } })
  })

  statement('says so in the session', async () => {
    const connectionId = await connect({ a: '1' })
    const session = await server.call('POST', '/connect/sessions/reconnect', {
      connection_id: connectionId,
      integration_id: server.keys.apiKey,
    })
    expect(session.status).toBe(201)
    const told = await server.withToken(pickText(session.json, 'data', 'token'), 'GET', '/connect/session')
    expect(pick(told.json, 'data')).toMatchObject({ isReconnecting: true, allowed_integrations: [server.keys.apiKey] })
  })

  statement(
    'keeps id, created_at and end user of an API key, replaces tags and configuration, resets metadata and bumps updated_at',
    async () => {
      const connectionId = await connect({ a: '1' })
      await server.call('POST', '/connections/metadata', {
        connection_id: connectionId,
        provider_config_key: server.keys.apiKey,
        metadata: { kept: false },
      })
      const before = await server.call('GET', `/connections/${connectionId}?provider_config_key=${server.keys.apiKey}`)
      await later()
      const session = await server.call('POST', '/connect/sessions/reconnect', {
        connection_id: connectionId,
        integration_id: server.keys.apiKey,
      })
      const path = `/api-auth/api-key/${server.keys.apiKey}?connect_session_token=${pickText(session.json, 'data', 'token')}`
      const redone = await server.bare('POST', path, { apiKey: 'k-2' })
      expect(redone.json).toEqual({ connectionId, providerConfigKey: server.keys.apiKey })
      const after = await server.call('GET', `/connections/${connectionId}?provider_config_key=${server.keys.apiKey}`)
      expect(after.json).toMatchObject({
        id: pick(before.json, 'id'),
        created_at: pick(before.json, 'created_at'),
        end_user: { id: 'user-1' },
        tags: {},
        metadata: {},
        connection_config: {},
        credentials: { type: 'API_KEY', apiKey: 'k-2' },
      })
      expect(pick(after.json, 'updated_at')).not.toBe(pick(before.json, 'updated_at'))
    },
  )

  statement('leaves everything as it was when the new key is wrong', 'service', async () => {
    const token = await server.openSession({ tags: { a: '1' } })
    const path = (session: string) => `/api-auth/api-key/${server.keys.verifiedApiKey}?connect_session_token=${session}`
    const made = await server.bare('POST', path(token), { apiKey: 'demo-right-one' })
    const connectionId = pickText(made.json, 'connectionId')
    const session = await server.call('POST', '/connect/sessions/reconnect', {
      connection_id: connectionId,
      integration_id: server.keys.verifiedApiKey,
    })
    const failed = await server.bare('POST', path(pickText(session.json, 'data', 'token')), { apiKey: 'wrong' })
    expect(failed.status).toBe(400)
    const after = await server.call('GET', `/connections/${connectionId}?provider_config_key=${server.keys.verifiedApiKey}`)
    expect(after.json).toMatchObject({ tags: { a: '1' }, errors: [], credentials: { apiKey: 'demo-right-one' } })
  })
})
