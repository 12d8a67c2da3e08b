import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Page } from '@playwright/test'
import type { Connection } from '#shared/contract/connections'
import type { Flow } from '#shared/contract/connect'
import { signaturesOf } from '#core/sandbox/webhook-signature'
import type { SocketPeer } from '#test/transports/socket-peer'
import { JourneyWorld } from './journey-world.ts'
import { expect, signIn, test } from './journey.ts'

// The ten things to verify about a sign-in through Nango, in their order, on one account. Two of them Patchbay does in its own way
// and the names say so: Nango sends its webhook to whoever is registered there, while Patchbay hears of the account by itself.

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const received: Received[] = []
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
    response.writeHead(200).end()
  })
})

test.describe.configure({ mode: 'serial' })

let world: JourneyWorld
let peer: SocketPeer
let context: BrowserContext
let window: Page
let signInPage: Page
let service: Page
/** What was asked before the sign-in began: the set-up list tries the profile. */
let before = 0

test.beforeAll(async ({ browser }) => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as AddressInfo
  world = await JourneyWorld.start({ isConnected: true, fill: (nango) => nango.setWebhookUrl(`http://127.0.0.1:${port}/webhooks`) })
  context = await browser.newContext({ reducedMotion: 'reduce' })
  window = await context.newPage()
  await window.goto(await world.startHost())
  await window.getByRole('contentinfo').waitFor()
  peer = await world.host.connect()
})
test.afterAll(async () => {
  peer?.close()
  await context?.close()
  await world?.stop()
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
})

const ask = async <T>(method: string, params: object = {}): Promise<T> => (await peer.call(method, params)).result as T

const theFlow = async (): Promise<Flow> => {
  const [flow] = (await ask<{ readonly flows: readonly Flow[] }>('connect.list')).flows
  if (flow === undefined) throw new Error('There is no flow.')
  return flow
}

const theConnection = async (): Promise<Connection> => ask<Connection>('connections.get', { connectionId: (await theFlow()).connectionId })

const stepOf = async (id: Flow['steps'][number]['id']): Promise<string | undefined> =>
  (await theFlow()).steps.find((step) => step.id === id)?.state

const asked = (method: string, path: string | RegExp): number =>
  world.nango.requests
    .slice(before)
    .filter((request) => request.method === method && (typeof path === 'string' ? request.path === path : path.test(request.path))).length

test('1. the window requests a session from the core', async () => {
  await expect(window.locator('[data-step="callback"]')).toHaveAttribute('data-state', 'done')
  before = world.nango.requests.length
  await window.getByRole('link', { name: 'Connectors' }).click()
  await window.getByRole('searchbox', { name: 'Search connectors' }).fill('github')
  await expect(window.getByRole('article').first()).toHaveAccessibleName(/^GitHub/)
  await window
    .getByRole('button', { name: /^Connect GitHub/ })
    .first()
    .click()
  const sheet = window.getByRole('dialog', { name: /^Connect GitHub/ })
  await sheet.getByRole('radio', { name: 'In a window' }).check()
  const opened = context.waitForEvent('page')
  await sheet.getByRole('button', { name: 'Connect', exact: true }).click()
  signInPage = await opened
  expect(await stepOf('requested')).toBe('done')
})

test('2. the core creates the connect session at Nango', async () => {
  await expect.poll(() => stepOf('session')).toBe('done')
  expect(asked('POST', '/connect/sessions')).toBe(1)
})

test("3. the sign-in page is shown with Nango's SDK", async () => {
  await expect(signInPage.getByRole('heading', { name: /^Connect GitHub/ })).toBeVisible()
  const popup = signInPage.waitForEvent('popup')
  await signInPage.getByRole('button', { name: /^Continue to GitHub/ }).click()
  service = await popup
  await expect.poll(() => asked('GET', '/oauth/connect/github')).toBe(1)
})

test('4. the person authorises at the service itself', async () => {
  await service.getByPlaceholder('Enter any login').waitFor()
  expect(new URL(service.url()).origin).toBe(world.upstream.issuer)
  expect(world.upstream.granted.authorization_code).toBe(0)
  await signIn(service, 'mara')
  await expect.poll(() => world.upstream.granted.authorization_code).toBe(1)
})

test('5. Nango receives the OAuth callback', async () => {
  await expect.poll(() => asked('GET', '/oauth/callback')).toBe(1)
})

test('6. Nango sends the webhook of the new connection, signed, to the receiver that is registered there', async () => {
  await expect.poll(() => received.length).toBe(1)
  const [{ headers, body } = { headers: {}, body: '' }] = received
  expect(headers['x-nango-hmac-sha256']).toBe(signaturesOf(world.nango.webhooks.signingKey, body)['x-nango-hmac-sha256'])
  expect(JSON.parse(body)).toMatchObject({ type: 'auth', operation: 'creation', success: true, providerConfigKey: 'github' })
})

test('7. the core notices the new connection by itself, needing no webhook', async () => {
  await expect.poll(() => stepOf('noticed')).toBe('done')
})

test('8. the core updates the status of the connection to connected', async () => {
  await expect.poll(async () => (await theConnection()).status).toBe('connected')
  await expect(window.getByText('Connected as mara').first()).toBeVisible()
  await window.getByRole('link', { name: /^Connections/ }).click()
  await expect(window.getByRole('row', { name: /^GitHub/ })).toContainText('Connected')
})

test("9. the core saves Nango's own connection id", async () => {
  const listed = await fetch(`${world.nango.url}/connections`, { headers: world.nango.authorization })
  const { connections } = (await listed.json()) as { readonly connections: readonly { readonly connection_id: string }[] }
  expect(connections).toHaveLength(1)
  const { nangoConnectionId } = await theConnection()
  expect(nangoConnectionId).toBe(connections[0]?.connection_id)
  expect(JSON.parse(received[0]?.body ?? '{}')).toMatchObject({ connectionId: nangoConnectionId })
})

test('10. the core starts the first look at the account: who it is and when its token expires', async () => {
  await expect.poll(() => stepOf('account')).toBe('done')
  const { identity, expiresAt, nangoConnectionId } = await theConnection()
  expect(identity).toMatchObject({ accountId: 'mara' })
  expect(expiresAt).not.toBeNull()
  expect(asked('GET', `/connections/${nangoConnectionId}`)).toBe(1)
})
