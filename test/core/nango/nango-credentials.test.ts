import { readFileSync } from 'node:fs'
import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CatalogueEntry } from '#core/catalogue/normalize-provider'
import { refusalReason } from '#core/catalogue/readiness'
import { parseSnapshot } from '#core/catalogue/snapshot'
import { FORM_ENDPOINTS, isRefusalOfCredentials, PAGE_ENDPOINT } from '#core/nango/nango-credentials'
import { authWayOf, FORM_MODES, PAGE_MODES } from '#shared/auth-ways'
import type { ConnectorField } from '#shared/contract/catalogue'
import { checkField, validateForm } from '#shared/form-values'
import { count } from '#test/reliability/seeded-random'

const seed = Number(process.env['PATCHBAY_TEST_SEED'] ?? Math.floor(Math.random() * 1_000_000))
const entries = parseSnapshot(readFileSync(new URL('../../../resources/catalogue.json', import.meta.url), 'utf8'))

const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const FILES = {
  pem_private_key: privateKey,
  pem_certificate: privateKey.replaceAll('PRIVATE KEY', 'CERTIFICATE'),
  json_jwk: JSON.stringify({ kty: 'RSA', kid: 'one', d: 'AQAB' }),
  json_service_account: JSON.stringify({ type: 'service_account', client_email: 'a@b.iam.gserviceaccount.com', private_key: privateKey }),
}
const BY_FORMAT: Readonly<Record<string, string>> = {
  uri: 'https://service.example.com',
  hostname: 'service.example.com',
  uuid: '6f1e0c3a-9d2b-4c57-8a41-2f60c1d7b9e5',
  email: 'ada@example.com',
}

/** A value that the field's own rules accept: what its definition offers, else one made for its format or pattern. */
const valueFor = (field: ConnectorField, name: string): string => {
  const [file] = field.accepts
  if (file !== undefined) return FILES[file]
  const made = field.pattern === null ? [] : [() => fc.sample(fc.stringMatching(new RegExp(field.pattern ?? '')), { numRuns: 1, seed })[0]]
  const candidates: readonly (() => string | null | undefined)[] = [
    () => field.defaultValue,
    () => field.options?.[0],
    () => field.example,
    () => BY_FORMAT[field.format ?? ''],
    () => ({ number: '7', boolean: 'true', string: 'value-1' })[field.type],
    ...made,
  ]
  for (const candidate of candidates) {
    const value = candidate()
    if (value && !('message' in checkField(field, value))) return value
  }
  throw new Error(`${name}: nothing fits ${field.name}`)
}

/** The form of a provider filled in, as `connect.start` takes it. */
const filledIn = (entry: CatalogueEntry) => {
  const fields: Record<string, string> = {}
  const credentials: Record<string, string> = {}
  for (const field of entry.fields.filter(({ isAutomated }) => !isAutomated)) {
    ;(field.group === 'credential' ? credentials : fields)[field.name] = valueFor(field, entry.connectorId)
  }
  const form = validateForm(entry, fields, credentials)
  if (!form.ok) throw new Error(`${entry.connectorId}: ${JSON.stringify(form.problems)}`)
  return form
}

/** What Nango's endpoint cannot do without, by mode (server source; API_KEY and BASIC measured). */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  API_KEY: ['apiKey'],
  BASIC: ['username', 'password'],
  OAUTH2_CC: ['client_id'],
  TWO_STEP: ['type'],
  JWT: ['type'],
  SIGNATURE: ['type', 'username', 'password'],
  TBA: ['token_id', 'token_secret'],
  BILL: ['username', 'password', 'organization_id', 'dev_key'],
  AWS_SIGV4: ['role_arn'],
  NONE: [],
}

describe('every provider of the catalogue', () => {
  test('has a form, an endpoint and a body, or a named reason why it has none', () => {
    const counts = new Map<string, number>()
    const shapes = new Map<string, number>()
    const refusals = new Map<string, string[]>()
    for (const entry of entries) {
      const way = authWayOf(entry.authMode, entry.isOutbound)
      if (way.kind === 'refused') {
        expect(refusalReason(way.refusal), entry.connectorId).toMatch(/^\S.+\. Connect it in the Nango dashboard/)
        expect(way.refusal, `${entry.connectorId}: ${entry.authMode}`).not.toBe('unknown_mode')
        refusals.set(way.refusal, [...(refusals.get(way.refusal) ?? []), entry.connectorId])
        continue
      }
      const form = filledIn(entry)
      counts.set(way.mode, (counts.get(way.mode) ?? 0) + 1)
      if (way.kind === 'page') {
        // A page asks for the credentials itself; what its address is made of comes from the form.
        expect(form.credentials, entry.connectorId).toEqual({})
        const shape = `${way.mode} GET ${PAGE_ENDPOINT}/{integration}${Object.keys(form.params).length > 0 ? ' with params' : ''}`
        shapes.set(shape, (shapes.get(shape) ?? 0) + 1)
        continue
      }
      const endpoint = FORM_ENDPOINTS[way.mode]
      const body = endpoint.bodyOf(form)
      const names = Object.keys(body ?? {})
      expect(names, entry.connectorId).toEqual(expect.arrayContaining([...(NEEDED[way.mode] ?? [])]))
      if (way.mode === 'OAUTH2_CC')
        expect(names.includes('client_secret') || names.includes('client_private_key'), entry.connectorId).toBe(true)
      // Nothing that was asked for is lost on the way.
      const sent = new Set([...names, ...Object.keys((body?.['assertionOption'] as object | undefined) ?? {})])
      for (const name of [...Object.keys(form.credentials), ...Object.keys(form.assertion)])
        expect(sent, `${entry.connectorId} ${name}`).toContain(name)
      const shape = `${way.mode} POST ${endpoint.path}/{integration} {${names.toSorted().join(', ')}}`
      shapes.set(shape, (shapes.get(shape) ?? 0) + 1)
    }
    const connectable = [...counts.values()].reduce((sum, count) => sum + count, 0)
    const byMode = [...counts].toSorted(([, a], [, b]) => b - a).map(([mode, number]) => `${mode} ${number}`)
    count(`connectors that can be connected: ${connectable} of ${entries.length}: ${byMode.join(', ')}`, seed)
    for (const [refusal, ids] of refusals) count(`connectors that cannot, ${refusal}: ${ids.length}: ${ids.join(', ')}`, seed)
    for (const [shape, number] of [...shapes].toSorted(([a], [b]) => (a < b ? -1 : 1))) process.stdout.write(`${number} x ${shape}\n`)
    expect(connectable + [...refusals.values()].flat().length).toBe(entries.length)
    expect([...counts.keys()].toSorted()).toEqual([...PAGE_MODES, ...FORM_MODES].toSorted())
  })

  test('asks for what the addresses of its sign-in are made of, and for nothing that comes from elsewhere', () => {
    const asked = (connectorId: string) =>
      entries
        .find((entry) => entry.connectorId === connectorId)
        ?.fields.filter(({ isAutomated }) => !isAutomated)
        .map(({ name }) => name)
    expect(asked('rippling-shop-app'), 'its page lies below the name of the app').toEqual(['appName'])
    expect(asked('paycor')).toContain('subscriptionKey')
    expect(asked('github-app'), 'its link is the one of the integration').toEqual([])
    expect(asked('lightspeed-retail'), 'the provider gives the prefix on the way back').toEqual([])
    expect(asked('aws-sigv4')).toEqual(['region', 'external_id', 'role_arn'])
    expect(asked('okta-cc'), 'signs with a key instead of a secret').toEqual(expect.not.arrayContaining(['client_secret']))
    expect(asked('adp')).toEqual(['client_id', 'client_secret', 'client_certificate', 'client_private_key'])
  })

  test('takes keys as files where keys are wanted', () => {
    const files = entries.flatMap((entry) =>
      entry.fields.filter(({ kind }) => kind === 'file').map((field) => `${entry.connectorId} ${field.name} ${field.accepts.join(' ')}`),
    )
    expect(files).toEqual(
      expect.arrayContaining([
        'adp client_certificate pem_certificate',
        'adp client_private_key pem_private_key',
        'apple-app-store privateKey pem_private_key',
        'google-service-account privateKey pem_private_key json_service_account',
        'netsuite-client-credentials privateKey pem_private_key',
        'okta-cc client_private_key json_jwk',
        'streamline-ai password pem_private_key',
      ]),
    )
    expect(files.filter((file) => file.startsWith('ghost-admin'))).toEqual([])
  })
})

describe('what is sent', () => {
  test('makes an assertion of what was given for it, beside the credentials', () => {
    const form = { credentials: { clientId: 'c-1', certificateId: 'id-1' }, assertion: { privateKey } }
    expect(FORM_ENDPOINTS.TWO_STEP.bodyOf(form)).toEqual({
      type: 'TWO_STEP',
      clientId: 'c-1',
      certificateId: 'id-1',
      assertionOption: { privateKey },
    })
  })

  test('holds no member that the endpoint would refuse, and no body where none may be', () => {
    const credentials = { username: 'u', password: 'p', role_arn: 'arn', extra: 'x' }
    const given = { credentials, assertion: {} }
    expect(FORM_ENDPOINTS.SIGNATURE.bodyOf(given)).toEqual({ type: 'SIGNATURE', username: 'u', password: 'p' })
    expect(FORM_ENDPOINTS.AWS_SIGV4.bodyOf(given)).toEqual({ role_arn: 'arn' })
    expect(FORM_ENDPOINTS.NONE.bodyOf(given)).toBeNull()
  })
})

test('a refusal of the credentials is told from a refusal of the request', () => {
  expect(isRefusalOfCredentials('two_step_credentials_fetch_error')).toBe(true)
  expect(isRefusalOfCredentials('invalid_auth_mode')).toBe(false)
  expect(isRefusalOfCredentials(undefined)).toBe(false)
})

test('a way that Nango does not have from outside is refused by name', () => {
  expect(authWayOf('APP_STORE')).toEqual({ kind: 'refused', refusal: 'no_endpoint' })
  expect(authWayOf('OAUTH2', true)).toEqual({ kind: 'refused', refusal: 'outbound_installation' })
  for (const mode of ['SOMETHING_NEW', '', 'constructor', 'oauth2'])
    expect(authWayOf(mode), mode).toEqual({ kind: 'refused', refusal: 'unknown_mode' })
  expect(refusalReason('no_endpoint')).toContain('Nango has no endpoint any more')
})
