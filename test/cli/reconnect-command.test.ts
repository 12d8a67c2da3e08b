import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { SocketServer } from '#core/automation/socket-server'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { connectGithub, environmentOf } from '#test/helpers/nango-world'
import { type OidcUpstream, startOidcUpstream } from '#test/helpers/oidc-upstream'
import { temporaryFolder } from '#test/transports/socket-peer'
import { runPatchbay, type Ran, type Typed } from './terminal-stand-in.ts'

/** A key that may do all but read credentials. */
const NARROW_KEY = randomUUID()
const NARROW_SCOPES = ['list', 'read', 'create', 'update', 'delete'].map((what) => `environment:connections:${what}`)

let upstream: OidcUpstream
let nango: FakeNango
let core: TestCore
let server: SocketServer
let home: ReturnType<typeof temporaryFolder>

beforeAll(async () => {
  upstream = await startOidcUpstream()
  const scopes = [...NARROW_SCOPES, 'environment:integrations:list', 'environment:connect_sessions:write']
  nango = await startFakeNango({ upstream, rateLimitPerMinute: 100_000, scopedKeys: { [NARROW_KEY]: scopes } })
  home = temporaryFolder()
  const platform = createFakePlatform({ folder: home.path, environment: environmentOf(nango) })
  core = await makeCore({ platform })
  server = new SocketServer({ core: core.core, platform, isTrusted: true })
  await server.start()
  await connectGithub({ upstream, nango, core })
})
afterEach(() => {
  process.exitCode = undefined
})
afterAll(async () => {
  await server.stop()
  await core.stop()
  await nango.stop()
  await upstream.stop()
  home.remove()
})

/** Runs the command, signing in at the address that it prints. */
const reconnect = (login: string, args: readonly string[], typed: Typed = {}): Promise<Ran> => {
  let isSignedIn = false
  const onPrint = (out: string, err: string): void => {
    const address = /http:\/\/\S+connect_session_token=\S+/.exec(out + err)?.[0]
    if (address === undefined || isSignedIn) return
    isSignedIn = true
    void upstream.approve(address, { login })
  }
  process.exitCode = undefined
  return runPatchbay(home.path, ['connections', 'reconnect', ...args, '--no-open'], { ...typed, onPrint })
}
const tokenOf = async (reference: string): Promise<string> => {
  const { nangoConnectionId } = await core.ui.connections.get({ connectionId: reference })
  const reply = await fetch(`${nango.url}/connections/${nangoConnectionId}?provider_config_key=github`, { headers: nango.authorization })
  return ((await reply.json()) as { credentials: { access_token: string } }).credentials.access_token
}

describe('patchbay connections reconnect', () => {
  test('the right person: prints the connection under its handle, with a new token', async () => {
    const before = await tokenOf('github/work')
    const ran = await reconnect('ada', ['github/work', '--json'])
    expect(ran).toMatchObject({ code: 0, json: { handle: 'github/work', status: 'connected', identity: { accountId: 'ada' } } })
    expect(await tokenOf('github/work')).not.toBe(before)
  })

  test('another person, and nobody at a terminal: what was before is kept, exit 5', async () => {
    const before = await tokenOf('github/work')
    const { code, out, err } = await reconnect('grace', ['github/work', '--json'])
    expect({ code, out }).toEqual({ code: 5, out: '' })
    expect(JSON.parse(err.trim().split('\n').at(-1) ?? '')).toMatchObject({ error: { code: 'connection.identity_mismatch' } })
    expect(await tokenOf('github/work')).toBe(before)
    expect(await core.ui.connections.get({ connectionId: 'github/work' })).toMatchObject({
      status: 'connected',
      identity: { accountId: 'ada' },
    })
  })

  test('another person, and somebody at a terminal: both are named, and the answer is carried out', async () => {
    const before = await tokenOf('github/work')
    const added = await reconnect('grace', ['github/work'], { answers: ['a'] })
    expect(added).toMatchObject({ code: 0, questions: [{ question: expect.stringContaining('[k]eep') }] })
    expect(added.err).toContain('Before: ada. Now: grace.')
    expect(added.err).toContain('a connection of its own now: github/1')
    expect(await tokenOf('github/work')).toBe(before)
    expect(await core.ui.connections.get({ connectionId: 'github/1' })).toMatchObject({ identity: { accountId: 'grace' } })
    expect(await reconnect('grace', ['github/work'], { answers: [''] })).toMatchObject({ code: 5 })
    expect(await reconnect('grace', ['github/work'], { answers: ['replace'] })).toMatchObject({ code: 0 })
    expect(await core.ui.connections.get({ connectionId: 'github/work' })).toMatchObject({ identity: { accountId: 'grace' } })
  })

  test('an API key comes from stdin; what the form asks besides stays', async () => {
    const fields = { baseUrl: 'https://n8n.example.test' }
    await core.cli.connect.start({ connectorId: 'n8n', label: 'Flows', fields, credentials: { apiKey: 'first-key-0123456789abcdef' } })
    const ran = await reconnect('', ['n8n/flows', '--credential', 'apiKey=-', '--json'], { input: 'second-key-0123456789ab9876\n' })
    expect(ran).toMatchObject({ code: 0, json: { handle: 'n8n/flows', identity: { displayName: 'API key ending 9876' } } })
  })

  test('a key that may not read credentials: said before anything is opened, and a yes goes on', async () => {
    const { profileId } = await core.cli.profiles.create({
      name: 'Narrow',
      kind: 'nango',
      nangoHost: nango.url,
      secretKey: NARROW_KEY,
      allowsInsecureHttp: true,
    })
    await core.cli.profiles.use({ profileId })
    await core.cli.sync.run({})
    const { connections } = await core.cli.connections.list({ connectorId: 'n8n' })
    const handle = connections[0]?.handle ?? ''
    const sessions = (): number => nango.requests.filter(({ path }) => path.startsWith('/connect/sessions/reconnect')).length
    const before = sessions()
    const refused = await reconnect('', [handle, '--credential', 'apiKey=-'], { input: 'third-key-0123456789abcdef' })
    expect(refused).toMatchObject({ code: 5, out: '' })
    expect(refused.err).toContain('cannot be kept aside')
    expect(sessions()).toBe(before)
    const ran = await reconnect('', [handle, '--credential', 'apiKey=-', '--yes', '--json'], { input: 'third-key-0123456789abcdef' })
    expect(ran).toMatchObject({ code: 0, json: { handle } })
  })
})
