import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createNodePlatform } from '#cli/serve/platform-node'
import { type Agent, bundleMcp, startAgent } from '#test/helpers/agent'
import type { BundledProgram } from '#test/helpers/bundle-program'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { eventually } from '#test/helpers/make-core'
import { type OidcUpstream, startOidcUpstream } from '#test/helpers/oidc-upstream'
import { type SpawnedHost, spawnHost } from '#test/helpers/spawn-host'
import type { RpcMessage, SocketPeer } from '../transports/socket-peer.ts'
import { count } from '../reliability/seeded-random.ts'
import { tokensAtNango, useConnections } from './planted-use.ts'
import { type Planted, searchBytes, searchFiles, searchTables } from './secret-search.ts'

const SESSION = /nango_connect_session_[0-9a-f]{64}/g

/** What a journey left behind, to be searched. */
interface Traces {
  readonly planted: Planted[]
  readonly output: string
  readonly socketFrames: string
  readonly windowFrames: string
  /** All that an AI agent was told over MCP. */
  readonly agentFrames: string
  readonly commandLines: string
}

/** The one place where a session token may stand: the address that the command line is told to print. */
const withoutAddresses = (frames: readonly RpcMessage[]): string =>
  JSON.stringify(frames, (key, value: unknown) => (key === 'authorizationUrl' ? '[address]' : value))

const commandLines = (pid: number): string => {
  const read = (id: number | string): string => {
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'latin1')
    } catch {
      return ''
    }
  }
  const children = (() => {
    try {
      return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    } catch {
      return []
    }
  })()
  return [pid, ...children].map(read).join('\n')
}

/** A window without a page: the session a browser would get, and every frame that arrives. */
const openWindow = async (
  host: SpawnedHost,
): Promise<{ frames: string[]; call: (method: string, params: unknown) => Promise<string>; close: () => void }> => {
  const url = new URL(host.ready.url ?? '')
  const opened = await fetch(`http://127.0.0.1:${url.port}${url.pathname}${url.search}`, { headers: { host: url.host } }).catch(() => null)
  const { request } = await import('node:http')
  const cookie =
    opened?.headers.get('set-cookie') ??
    (await new Promise<string>((resolve, reject) => {
      request({ host: '127.0.0.1', port: url.port, path: `${url.pathname}${url.search}`, headers: { Host: url.host } }, (response) => {
        response.resume()
        resolve(response.headers['set-cookie']?.[0] ?? '')
      })
        .on('error', reject)
        .end()
    }))
  const socket = new WebSocket(`ws://127.0.0.1:${url.port}/rpc`, {
    headers: { Host: url.host, Origin: `http://${url.host}`, Cookie: cookie.split(';')[0] ?? '' },
  })
  const frames: string[] = []
  socket.on('message', (data) => frames.push(String(data)))
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  let ids = 0
  return {
    frames,
    call: (method, params) => {
      ids += 1
      const id = `w${ids}`
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
      return eventually(() => frames.find((frame) => frame.includes(`"id":"${id}"`)))
    },
    close: () => socket.terminate(),
  }
}

/** An AI agent that uses every tool it has, allowed all that an agent can be allowed. */
const useEveryTool = async (agent: Agent, peer: SocketPeer): Promise<void> => {
  const asking = agent.call('request_access', { purpose: 'All of it.', verbs: ['read', 'request', 'write'], connectors: ['github', 'n8n'] })
  await eventually(async () => {
    const { grants } = (await peer.call('grants.list', { state: 'waiting' })).result as { grants: { grantId: string }[] }
    const [waiting] = grants
    return waiting !== undefined && (await peer.call('grants.approve', { grantId: waiting.grantId })).result
  })
  expect((await asking).value).toMatchObject({ state: 'active' })
  for (const [name, input] of [
    ['connect_account', { connectorId: 'github', label: 'Of the agent', waitSeconds: 0 }],
    ['find_connectors', { search: 'git' }],
    ['find_connections', {}],
    ['get_connection_health', { connectionId: 'github/work' }],
    ['make_request', { connectionId: 'github/work', path: '/user' }],
    ['list_my_grants', {}],
  ] as const) {
    expect([name, (await agent.call(name, input)).isError]).toEqual([name, false])
  }
  expect((await agent.call('make_request', { connectionId: 'openai', path: '/v1/models' })).isError).toBe(true)
}

describe('planted secrets after a whole journey', () => {
  let upstream: OidcUpstream
  let nango: FakeNango
  let folder: string
  let server: BundledProgram
  const secrets = {
    apiKey: `planted-api-key-${randomBytes(12).toString('hex')}`,
    wrongKey: `planted-wrong-key-${randomBytes(12).toString('hex')}`,
    password: `planted-password-${randomBytes(12).toString('hex')}`,
    otherNangoKey: randomUUID(),
    clientSecret: `planted-client-secret-${randomBytes(12).toString('hex')}`,
    signingKey: `planted-signing-key-${randomBytes(12).toString('hex')}`,
    importedKey: `planted-imported-key-${randomBytes(12).toString('hex')}`,
  }

  beforeAll(async () => {
    upstream = await startOidcUpstream()
    server = await bundleMcp()
  })
  afterAll(async () => {
    await upstream.stop()
    server.remove()
  })
  beforeEach(async () => {
    nango = await startFakeNango({ upstream, rateLimitPerMinute: 100_000 })
    folder = mkdtempSync(join(tmpdir(), 'patchbay-planted-'))
  })
  afterEach(async () => {
    await nango.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const environment = (): Record<string, string> => ({
    NANGO_HOST: nango.url,
    NANGO_SECRET_KEY: nango.secretKey,
    NANGO_WEBHOOK_SECRET: secrets.signingKey,
    LOG_LEVEL: 'debug',
  })

  const connectOverOauth = async (peer: SocketPeer, label: string, choice: { deny?: boolean } = {}): Promise<string> => {
    const started = (await peer.call('connect.start', { connectorId: 'github', label, open: false })).result as {
      flowId: string
      authorizationUrl: string
    }
    await upstream.approve(started.authorizationUrl, choice)
    await eventually(async () => {
      const { state } = (await peer.call('connect.get', { flowId: started.flowId })).result as { state: string }
      return state === 'connected' || state === 'failed'
    })
    return started.authorizationUrl
  }

  const travel = async (host: SpawnedHost, peer: SocketPeer, hasWindow: boolean): Promise<Traces> => {
    const window = hasWindow ? await openWindow(host) : null
    const addresses = [await connectOverOauth(peer, 'Work'), await connectOverOauth(peer, 'Denied', { deny: true })]
    await peer.call('connect.start', {
      connectorId: 'n8n',
      fields: { baseUrl: 'https://n8n.example.test' },
      credentials: { apiKey: secrets.apiKey },
    })
    await peer.call('connect.start', { connectorId: 'openai', credentials: { apiKey: secrets.wrongKey } })
    await peer.call('connect.start', { connectorId: 'openai', credentials: { apiKey: secrets.wrongKey, nope: secrets.password } })
    await peer.call('connect.start', {
      connectorId: 'jira-data-center-basic',
      fields: { baseUrl: 'https://jira.example.test' },
      credentials: { username: 'mara', password: secrets.password },
    })
    // A server that gives back what it was sent, in its words.
    nango.faults.answerNext({
      path: /^\/api-auth/,
      status: 400,
      body: { error: { code: 'invalid_body', message: `apiKey ${secrets.wrongKey} is no good` } },
    })
    await peer.call('connect.start', { connectorId: 'openai', credentials: { apiKey: secrets.wrongKey } })
    const n8n = { service: 'n8n', 'config.baseUrl': 'https://n8n.example.test' }
    nango.faults.answerNext({
      path: '/connections',
      method: 'POST',
      status: 400,
      body: { error: { code: 'invalid_body', message: `apiKey ${secrets.importedKey} is no good` } },
    })
    const cells = [
      { ...n8n, api_key: secrets.importedKey, label: 'Refused' },
      { ...n8n, api_key: secrets.importedKey, colour: secrets.importedKey },
      { service: 'openai', api_key: secrets.importedKey },
      { ...n8n, api_key: secrets.importedKey.repeat(40) },
      // In the wrong column, as when the first line is missing.
      { ...n8n, service: secrets.importedKey, api_key: 'n8n' },
      { ...n8n, api_key: 'n8n', tags: secrets.importedKey },
    ]
    const rows = cells.map((values, index) => ({ line: index + 2, values }))
    await peer.call('connections.import', { rows, preview: true })
    expect(await peer.call('connections.import', { rows })).toMatchObject({
      result: { results: ['refused', 'create', 'refused', 'refused', 'refused', 'refused'].map((outcome) => ({ outcome })) },
    })
    await peer.call('connections.refresh', { connectionId: 'github/work' })
    await useConnections(host, peer, nango, secrets)
    const planted: Planted[] = [...(await tokensAtNango(nango))]
    const agent = hasWindow ? await startAgent(server, folder) : null
    if (agent !== null) await useEveryTool(agent, peer)
    nango.faults.failRefresh = true
    await peer.call('connections.refresh', { connectionId: 'github/work' })
    await peer.call('profiles.create', { name: 'Other', kind: 'nango', nangoHost: nango.url, secretKey: secrets.otherNangoKey, use: false })
    await peer.call('profiles.test', {})
    for (const status of [401, 403, 500]) {
      nango.faults.answerNext({
        path: '/connections',
        status,
        body: { error: { code: 'x', message: `echo ${nango.secretKey}` } },
      })
      await peer.call('sync.run', {})
    }
    nango.faults.answerNext({ path: '/connections', html: `<p>${nango.secretKey}</p>` })
    await peer.call('sync.run', {})
    if (window !== null) {
      await window.call('connect.start', { connectorId: 'github', label: 'From the window', open: true })
      await window.call('connect.list', {})
      await window.call('connections.list', {})
      await window.call('system.doctor', {})
      await window.call('profiles.list', {})
      await window.call('events.list', {})
    }
    await peer.call('integrations.create', {
      connectorId: 'gitlab',
      integrationId: 'gitlab-planted',
      clientId: 'client-of-the-app',
      clientSecret: secrets.clientSecret,
    })
    // A refusal that gives the secret back in its words.
    nango.faults.answerNext({
      path: /^\/integrations/,
      method: 'PATCH',
      status: 400,
      body: { error: { code: 'invalid_body', message: `no: ${secrets.clientSecret}` } },
    })
    await peer.call('integrations.update', { integrationId: 'gitlab-planted', clientSecret: secrets.clientSecret })
    await peer.call('system.checkSignature', { body: '{}', signature: '0'.repeat(64) })
    const phone = (await peer.call('connect.start', { connectorId: 'github', label: 'Phone', open: false })).result as { flowId: string }
    await peer.call('connect.qrCode', { flowId: phone.flowId })
    await peer.call('connect.start', { connectorId: 'github', label: 'Of Nango', page: 'connect_ui', anyOf: ['n8n'], open: false })
    await peer.call('backup.create', {})
    await peer.call('system.saveBundle', {})
    await peer.call('system.bundle', {})
    await peer.call('system.logs', { limit: 500 })
    for (const method of [
      'integrations.list',
      'backup.list',
      'system.status',
      'system.doctor',
      'connections.list',
      'events.list',
      'connect.list',
      'catalogue.categories',
    ])
      await peer.call(method, {})
    const sessions = [...addresses.join(' ').matchAll(SESSION)].map(([value]) => ({ name: 'session token', value }))
    planted.push(
      ...sessions,
      { name: 'Nango key', value: nango.secretKey },
      { name: 'another Nango key', value: secrets.otherNangoKey },
      { name: 'API key', value: secrets.apiKey },
      { name: 'refused API key', value: secrets.wrongKey },
      { name: 'password', value: secrets.password },
      { name: 'client secret', value: secrets.clientSecret },
      { name: 'signing key', value: secrets.signingKey },
      { name: 'imported key', value: secrets.importedKey },
    )
    const traces = {
      planted,
      output: host.output().replace(/"url":"[^"]*"/, ''),
      socketFrames: withoutAddresses(peer.messages),
      windowFrames: window?.frames.join('\n') ?? '',
      agentFrames: agent?.frames() ?? '',
      commandLines: commandLines(host.ready.pid),
    }
    window?.close()
    await agent?.stop()
    return traces
  }

  test('are in no file, table, log, output, argument list or frame', { timeout: 60_000 }, async () => {
    const host = await spawnHost({ folder, environment: environment() })
    const peer = await host.connect()
    const traces = await travel(host, peer, true)
    const kinds = new Set(traces.planted.map(({ name }) => name))
    expect([...kinds].toSorted()).toEqual([
      'API key',
      'Nango key',
      'access_token',
      'another Nango key',
      'client secret',
      'imported key',
      'password',
      'refresh_token',
      'refused API key',
      'session token',
      'signing key',
    ])
    const running = searchFiles(folder, traces.planted)
    expect(running.found).toEqual([])
    for (const [place, content] of Object.entries({
      output: traces.output,
      'socket frames': traces.socketFrames,
      'window frames': traces.windowFrames,
      'frames of an agent': traces.agentFrames,
      'argument lists': traces.commandLines,
    })) {
      expect(searchBytes(place, content, traces.planted), place).toEqual([])
    }
    // The session token of the flow that the window began is known to nobody here: no frame may hold one at all.
    expect(traces.windowFrames).not.toMatch(SESSION)
    expect(traces.windowFrames).toContain('From the window')
    expect(traces.agentFrames).not.toMatch(SESSION)
    expect(traces.agentFrames).toContain('Of the agent')
    expect(await host.end('SIGTERM')).toBe(0)
    const stopped = searchFiles(folder, traces.planted)
    expect(stopped.found).toEqual([])
    expect(stopped.files).toBeGreaterThan(3)
    expect(readFileSync(join(folder, 'logs', 'patchbay.log'), 'utf8')).toContain('"event"')
    const platform = createNodePlatform({ version: '0', isHeadless: true, environment: { PATCHBAY_HOME: folder } })
    const tables = await searchTables(platform, traces.planted)
    expect(tables.found).toEqual([])
    expect(tables.cells).toBeGreaterThan(100)
  })

  test('are in nothing that a lock, a crash, a kill or the start after them leaves', { timeout: 90_000 }, async () => {
    let planted: Planted[] = []
    for (const end of ['lock', 'SIGABRT', 'SIGKILL'] as const) {
      const host = await spawnHost({ folder, environment: environment() })
      const peer = await host.connect()
      if (planted.length === 0) planted = (await travel(host, peer, false)).planted
      if (end === 'lock') {
        await peer.call('vault.lock', {})
        for (const method of ['connections.list', 'system.status', 'system.doctor', 'system.bundle', 'profiles.list'])
          await peer.call(method, {})
        expect(searchFiles(folder, planted).found, 'locked').toEqual([])
        await peer.call('vault.unlock', {})
        await host.end('SIGTERM')
      } else {
        await connectOverOauth(peer, `Before ${end}`)
        await host.end(end)
      }
      expect(searchBytes(`answers before ${end}`, withoutAddresses(peer.messages), planted)).toEqual([])
      expect(searchBytes(`output before ${end}`, host.output().replace(/"url":"[^"]*"/, ''), planted)).toEqual([])
      expect(searchFiles(folder, planted).found, end).toEqual([])
    }
    const left = searchFiles(folder, planted)
    count(
      `planted secrets: ${planted.length} of ${new Set(planted.map(({ name }) => name)).size} kinds, ${left.files} files after lock, abort and kill, ${left.found.length} found`,
    )
  })

  test('are found in a build that keeps one of them in plain', { timeout: 60_000 }, async () => {
    const host = await spawnHost({ folder, environment: { ...environment(), PATCHBAY_TEST_FAULT: 'leaky' }, script: 'faulty-host-process' })
    const peer = await host.connect()
    const { planted } = await travel(host, peer, false)
    await host.end('SIGTERM')
    const platform = createNodePlatform({ version: '0', isHeadless: true, environment: { PATCHBAY_HOME: folder } })
    expect((await searchTables(platform, planted)).found).toContain('table connections.notes: API key')
  })

  test('are found in every form that the search knows', () => {
    const planted = [{ name: 'key', value: secrets.apiKey }]
    const { apiKey } = secrets
    for (const text of [
      apiKey,
      Buffer.from(`a${apiKey}`).toString('base64'),
      Buffer.from(apiKey).toString('hex'),
      encodeURIComponent(apiKey),
    ]) {
      expect(searchBytes('text', `before ${text} after`, planted)).toEqual(['text: key'])
    }
    expect(searchBytes('text', Buffer.from(apiKey, 'utf16le'), planted)).toEqual(['text: key'])
  })
})
