import { type IncomingHttpHeaders, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isLoopbackAddress, signaturesOf, webhookBody } from '#core/sandbox/webhook-signature'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { eventually } from '#test/helpers/make-core'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { createCaller, pickText, rowsOf } from './call-stand-in.ts'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A receiver that answers with the given statuses in turn, then with 200. */
const startReceiver = async (statuses: readonly number[] = []) => {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
      response.writeHead(statuses[received.length - 1] ?? 200).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = () => new Promise((resolve) => server.close(resolve))
  return { received, url: `http://127.0.0.1:${port}/webhooks`, stop }
}

let nango: FakeNango
let ends: (() => unknown)[]

beforeEach(async () => {
  ends = []
  nango = await startFakeNango({ webhookRetryMs: [10, 20] })
})
afterEach(async () => {
  await nango.stop()
  for (const end of ends) await end()
})

const receiver = async (statuses: readonly number[] = []) => {
  const started = await startReceiver(statuses)
  ends.push(started.stop)
  nango.setWebhookUrl(started.url)
  return started
}
const signIn = async (choice = {}) =>
  walkSignIn(
    `${nango.url}/oauth/connect/local-oauth?connect_session_token=${await nango.openSession({ tags: { b: '2', a: '1' } })}`,
    choice,
  )
const ended = () => eventually(() => nango.webhooks.sender.deliveries.find(({ state }) => state !== 'sending' && state !== 'waiting'))
const firstName = async () => ({
  integrationKey: 'local-oauth',
  connectionId: pickText(rowsOf(await createCaller(nango)('GET', '/connections'))[0], 'connection_id'),
})

it('signs a body as a real Nango was measured to', () => {
  const payload = {
    type: 'auth',
    authMode: 'API_KEY',
    connectionId: '7c40c53d-1c26-4242-84a0-27f3734903c0',
    environment: 'dev',
    from: 'nango',
    operation: 'creation',
    provider: 'n8n',
    providerConfigKey: 'n8n-main',
    success: true,
    tags: { project: 'W1' },
  }
  expect(signaturesOf('09da2fbc-6c03-4cfb-b527-e45ef658862b', webhookBody(payload))).toEqual({
    'x-nango-signature': '3b035f369f6cc15f09eeeedccced126d86b87380d8a0715f80f9827915b22df8',
    'x-nango-hmac-sha256': '9098f1d67a80a40c3efc12715ecb4f1edfe0a910e1d3346291b4a0f76ed39a5f',
  })
})

it.each([
  ['http://127.0.0.1:8080/hook', true],
  ['https://localhost/hook', true],
  ['http://[::1]:9/', true],
  ['http://127.0.0.1.nip.example/', false],
  ['http://10.0.0.1/', false],
  ['http://user:pass@127.0.0.1/', false],
  ['file:///etc/passwd', false],
  ['not an address', false],
])('takes %s for an address of this computer: %s', (address, isOurs) => {
  expect(isLoopbackAddress(address)).toBe(isOurs)
})

describe('webhooks of a sandbox', () => {
  it('tell of a new connection with sorted keys and both signatures', async () => {
    const { received } = await receiver()
    await signIn()
    expect(await ended()).toMatchObject({ event: 'creation', state: 'delivered', attempts: [{ status: 200, reason: null }] })
    const [first] = received
    const body = JSON.parse(first?.body ?? '{}') as Record<string, unknown>
    expect(body).toMatchObject({ operation: 'creation', success: true, type: 'auth', tags: { a: '1', b: '2' } })
    expect(Object.keys(body)).toEqual(Object.keys(body).toSorted())
    expect(first?.headers).toMatchObject(signaturesOf(nango.webhooks.signingKey, first?.body ?? ''))
    expect(first?.headers['user-agent']).toMatch(/^nango\//)
  })

  it('tell of a refused sign-in without tags, and of a failed renewal each time', async () => {
    const { received } = await receiver()
    await signIn({ deny: true })
    await signIn()
    nango.changeFaults({ refreshFailure: 'all' })
    await nango.checkRenewals()
    await nango.checkRenewals()
    const bodies = await eventually(() => received.length === 4 && received.map(({ body }) => JSON.parse(body) as Record<string, unknown>))
    const told = bodies.map(({ operation, success, error }) => [operation, success, (error as { type?: string } | undefined)?.type])
    expect(told.toSorted()).toEqual(
      [
        ['creation', false, 'invalid_callback'],
        ['creation', true, undefined],
        ['refresh', false, 'refresh_token_external_error'],
        ['refresh', false, 'refresh_token_external_error'],
      ].toSorted(),
    )
    expect(bodies.find(({ error }) => (error as { type?: string } | undefined)?.type === 'invalid_callback')).not.toHaveProperty('tags')
  })

  it('come again twice after an answer of 5xx, byte for byte the same', async () => {
    const { received } = await receiver([500, 503])
    await signIn()
    const delivery = await ended()
    expect(delivery).toMatchObject({ state: 'delivered', attempts: [{ status: 500 }, { status: 503 }, { status: 200 }] })
    expect(new Set(received.map(({ body }) => body)).size).toBe(1)
  })

  it('come once after 4xx, and are lost after three attempts that nobody answered', async () => {
    await receiver([400])
    await signIn()
    expect(await ended()).toMatchObject({ state: 'refused', attempts: [{ status: 400 }] })
    const gone = await startReceiver()
    await gone.stop()
    nango.setWebhookUrl(gone.url)
    nango.webhooks.sender.clear()
    await signIn()
    const refused = { status: null, reason: 'connection_refused' }
    expect(await ended()).toMatchObject({ state: 'lost', attempts: [refused, refused, refused] })
  })

  it('carry a wrong or no signature when they are asked to', async () => {
    await signIn()
    const { received } = await receiver()
    const connection = nango.find(await firstName())
    if (connection === undefined) throw new Error('no connection')
    await nango.webhooks.auth.tell(connection, 'override', 'wrong')
    await nango.webhooks.auth.tell(connection, 'override', 'missing')
    const [wrong, missing] = received
    expect(wrong?.headers['x-nango-hmac-sha256']).toMatch(/^[0-9a-f]{64}$/)
    expect(wrong?.headers).not.toMatchObject(signaturesOf(nango.webhooks.signingKey, wrong?.body ?? ''))
    expect(missing?.headers).not.toHaveProperty('x-nango-signature')
  })

  it('never leave this computer, whatever a connection asks for', async () => {
    await signIn()
    const connection = nango.find(await firstName())
    if (connection === undefined) throw new Error('no connection')
    connection.webhookUrlOverride = 'https://hooks.example.com/'
    expect(await nango.webhooks.auth.tell(connection, 'creation')).toMatchObject({
      state: 'lost',
      attempts: [{ status: null, reason: 'outside' }],
    })
  })
})
