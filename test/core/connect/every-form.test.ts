import { generateKeyPairSync } from 'node:crypto'
import { getProviders } from '@nangohq/providers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StandInProvider } from '#core/sandbox/nango-stand-in'
import { type FormMode, FORM_MODES } from '#shared/auth-ways'
import { PatchbayError } from '#shared/errors'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { environmentOf } from '#test/helpers/nango-world'

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

type Values = Readonly<Record<string, string>>
interface Form {
  readonly mode: FormMode
  readonly connectorId: string
  readonly fields?: Values
  readonly credentials?: Values
  /** What the endpoint was sent as its body, as far as it is named here. */
  readonly kept: Readonly<Record<string, unknown>>
}

const SECRET = 'demo-secret-0123456789'

/** One real definition of each way of a form. */
const FORMS: readonly Form[] = [
  { mode: 'API_KEY', connectorId: 'openai', credentials: { apiKey: SECRET }, kept: { apiKey: SECRET } },
  {
    mode: 'BASIC',
    connectorId: 'jira-basic',
    fields: { subdomain: 'https://acme.atlassian.net' },
    credentials: { username: 'ada@example.com', password: SECRET },
    kept: { username: 'ada@example.com', password: SECRET },
  },
  {
    mode: 'OAUTH2_CC',
    connectorId: 'auth0-cc',
    fields: { hostname: 'acme.auth0.com', audience: 'https://acme.auth0.com/api/v2/' },
    credentials: { client_id: 'client-1', client_secret: SECRET },
    kept: { client_id: 'client-1', client_secret: SECRET },
  },
  {
    mode: 'TWO_STEP',
    connectorId: 'netsuite-client-credentials',
    fields: { accountId: 'tstdrv231585' },
    credentials: { clientId: SECRET, certificateId: 'cert-1', privateKey },
    kept: { clientId: SECRET, certificateId: 'cert-1', assertionOption: { privateKey: privateKey.trim() } },
  },
  {
    mode: 'JWT',
    connectorId: 'apple-app-store',
    credentials: { issuerId: 'issuer-1', privateKeyId: 'key-1', privateKey: privateKey.replaceAll('\n', '\\n') },
    kept: { issuerId: 'issuer-1', privateKeyId: 'key-1', privateKey: privateKey.trim() },
  },
  { mode: 'SIGNATURE', connectorId: 'emarsys', credentials: { username: 'acme01', password: SECRET }, kept: { username: 'acme01' } },
  {
    mode: 'TBA',
    connectorId: 'netsuite-tba',
    fields: { accountId: 'tstdrv231585' },
    credentials: { token_id: 'token-1', token_secret: SECRET },
    kept: { token_id: 'token-1', token_secret: SECRET, config_override: {} },
  },
  {
    mode: 'BILL',
    connectorId: 'bill',
    credentials: { username: 'ada@example.com', password: SECRET, organization_id: 'org-1', dev_key: 'dev-key-1' },
    kept: { organization_id: 'org-1', dev_key: 'dev-key-1' },
  },
  {
    mode: 'AWS_SIGV4',
    connectorId: 'aws-sigv4',
    fields: { external_id: '6f1e0c3a-9d2b-4c57-8a41-2f60c1d7b9e5', region: 'eu-west-1' },
    credentials: { role_arn: 'arn:aws:iam::123456789012:role/PatchbayRole' },
    kept: { role_arn: 'arn:aws:iam::123456789012:role/PatchbayRole', region: 'eu-west-1' },
  },
  { mode: 'NONE', connectorId: 'youcanbook-me-public', fields: { subdomain: 'acme' }, kept: {} },
]

const providers = getProviders() as unknown as Readonly<Record<string, StandInProvider>>

describe('every way of a form', () => {
  let nango: FakeNango
  let core: TestCore
  beforeAll(async () => {
    const real = Object.fromEntries(FORMS.map(({ connectorId }) => [connectorId, providers[connectorId]]))
    nango = await startFakeNango({ rateLimitPerMinute: 100_000, providers: real as Record<string, StandInProvider> })
    core = await makeCore({ environment: environmentOf(nango) })
    for (const { connectorId } of FORMS.filter(({ connectorId: id }) => id !== 'openai' && id !== 'jira-basic')) {
      const credentials =
        connectorId === 'netsuite-tba' ? { type: 'TBA', client_id: 'consumer', client_secret: 'consumer-secret' } : undefined
      const response = await fetch(`${nango.url}/integrations`, {
        method: 'POST',
        headers: { ...nango.authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ unique_key: connectorId, provider: connectorId, ...(credentials && { credentials }) }),
      })
      if (response.status !== 200) throw new Error(`${connectorId}: ${await response.text()}`)
    }
  })
  afterAll(async () => {
    await core.stop()
    await nango.stop()
  })

  test('every way to sign in by a form is tried here', () => {
    expect(FORMS.map(({ mode }) => mode)).toEqual(FORM_MODES)
  })

  const readAtNango = async (connectorId: string, connectionId: string) => {
    const response = await fetch(`${nango.url}/connections/${connectionId}?provider_config_key=${connectorId}`, {
      headers: nango.authorization,
    })
    return (await response.json()) as { readonly credentials: unknown; readonly connection_config: unknown }
  }

  test.each(FORMS.map((form) => [form.mode, form] as const))('%s makes a connection of what was given', async (mode, form) => {
    const { connectorId, fields = {}, credentials = {} } = form
    const flow = await core.cli.connect.start({ connectorId, label: 'Work', fields, credentials })
    expect(flow, JSON.stringify(flow.error)).toMatchObject({ state: 'connected', via: 'form' })
    const connection = await core.ui.connections.get({ connectionId: flow.connectionId })
    expect(connection).toMatchObject({ status: 'connected', authMode: mode, label: 'Work', tags: { patchbay_flow: flow.flowId } })
    const there = await readAtNango(connectorId, connection.nangoConnectionId ?? '')
    expect(there.credentials).toMatchObject({ type: mode, ...form.kept })
    const written = JSON.stringify([flow, connection, core.events])
    for (const secret of [SECRET, ...(privateKey.split('\n').slice(1, 3) ?? [])]) expect(written).not.toContain(secret)
  })

  test.each(FORMS.filter(({ mode }) => ['OAUTH2_CC', 'BILL', 'API_KEY', 'BASIC'].includes(mode)).map((form) => [form.mode, form] as const))(
    '%s that the service does not take is refused, without the secret',
    async (_mode, { connectorId, fields = {}, credentials = {} }) => {
      const wrong = Object.fromEntries(
        Object.entries(credentials).map(([name, value]) => [name, value === SECRET ? 'planted-wrong-secret' : value]),
      )
      const flow = await core.cli.connect.start({ connectorId, label: 'Wrong', fields, credentials: wrong })
      expect(flow).toMatchObject({ state: 'failed', error: { code: 'connect.test_failed' } })
      expect(JSON.stringify(flow)).not.toContain('planted-wrong-secret')
    },
  )

  test.each([
    [
      'a PEM that is none',
      'apple-app-store',
      {},
      { issuerId: 'i', privateKeyId: 'k', privateKey: 'hello' },
      'privateKey',
      /no private key as PEM/,
    ],
    [
      'a public key',
      'apple-app-store',
      {},
      { issuerId: 'i', privateKeyId: 'k', privateKey: privateKey.replaceAll('PRIVATE', 'PUBLIC') },
      'privateKey',
      /something else/,
    ],
    ['a part of the address left empty', 'netsuite-tba', {}, { token_id: 't', token_secret: SECRET }, 'accountId', /is missing/],
    [
      'an address that leads elsewhere',
      'jira-basic',
      { subdomain: 'evil.example/x' },
      { username: 'a@b.de', password: SECRET },
      'subdomain',
      /before .atlassian.net/,
    ],
    [
      'an external id that is no UUID',
      'aws-sigv4',
      { external_id: 'mine' },
      { role_arn: 'arn:aws:iam::123456789012:role/R' },
      'external_id',
      /UUID/,
    ],
    ['a credential nobody asked for', 'emarsys', {}, { username: 'acme', password: 'x-1', dev_key: 'y' }, 'dev_key', /has no field/],
  ] as const)('%s is refused before anything is sent', async (_what, connectorId, fields, credentials, name, message) => {
    const before = nango.requests.length
    const refusal = core.cli.connect.start({ connectorId, fields, credentials }).then(
      () => null,
      (error: unknown) => error,
    )
    const error = await refusal
    expect(error).toBeInstanceOf(PatchbayError)
    expect(error).toMatchObject({ code: 'connect.invalid_fields' })
    const { problems } = (error as PatchbayError).data as {
      readonly problems: readonly { readonly name: string; readonly message: string }[]
    }
    expect(problems.find((problem) => problem.name === name)?.message).toMatch(message)
    expect(nango.requests.slice(before).filter(({ method }) => method === 'POST')).toEqual([])
    expect(JSON.stringify(error)).not.toContain(SECRET)
  })
})
