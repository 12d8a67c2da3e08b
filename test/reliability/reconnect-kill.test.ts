import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createNodePlatform } from '#cli/serve/platform-node'
import type { Flow } from '#shared/contract/connect'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { eventually } from '#test/helpers/make-core'
import { type OidcUpstream, startOidcUpstream } from '#test/helpers/oidc-upstream'
import { type SpawnedHost, spawnHost } from '#test/helpers/spawn-host'
import { type Planted, searchBytes, searchFiles, searchTables } from '../security/secret-search.ts'
import type { SocketPeer } from '../transports/socket-peer.ts'

let upstream: OidcUpstream
let nango: FakeNango
let folder: string
let host: SpawnedHost
let peer: SocketPeer
let frames: string

beforeEach(async () => {
  upstream = await startOidcUpstream()
  nango = await startFakeNango({ upstream, rateLimitPerMinute: 100_000 })
  folder = mkdtempSync(join(tmpdir(), 'patchbay-reconnect-'))
  frames = ''
})
afterEach(async () => {
  await host.end('SIGKILL')
  await nango.stop()
  await upstream.stop()
  rmSync(folder, { recursive: true, force: true })
})

const start = async (): Promise<void> => {
  host = await spawnHost({ folder, environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey, LOG_LEVEL: 'debug' } })
  peer = await host.connect()
}
const kill = async (): Promise<void> => {
  frames += JSON.stringify(peer.messages) + host.output()
  await host.end('SIGKILL')
}
const flowOf = async (flowId: string): Promise<Flow> => (await peer.call('connect.get', { flowId })).result as Flow
const signIn = async (method: string, params: object, login: string): Promise<string> => {
  const { flowId, authorizationUrl } = (await peer.call(method, { ...params, open: false })).result as Flow
  await upstream.approve(authorizationUrl ?? '', { login })
  return flowId
}
const credentials = async (): Promise<Record<string, string>> => {
  const { connections } = (await (await fetch(`${nango.url}/connections`, { headers: nango.authorization })).json()) as {
    connections: { connection_id: string }[]
  }
  expect(connections).toHaveLength(1)
  const url = `${nango.url}/connections/${connections[0]?.connection_id}?provider_config_key=github&refresh_token=true`
  return ((await (await fetch(url, { headers: nango.authorization })).json()) as { credentials: Record<string, string> }).credentials
}
const plantedOf = (which: string, { access_token: access = '', refresh_token: refresh = '' }: Record<string, string>): Planted[] => [
  { name: `${which} access token`, value: access },
  { name: `${which} refresh token`, value: refresh },
]

test('a reconnect by another account outlives a kill while it is asked and one while it is answered; no credential lies around', async () => {
  await start()
  const first = await signIn('connect.start', { connectorId: 'github', label: 'Work' }, 'ada')
  await eventually(async () => (await flowOf(first)).steps.find(({ id }) => id === 'account')?.state === 'done')
  const before = await credentials()
  const flowId = await signIn('connections.reconnect', { connectionId: 'github/work' }, 'grace')
  await eventually(async () => (await flowOf(flowId)).reconnect?.decision !== null)
  const planted = [...plantedOf('old', before), ...plantedOf('new', await credentials())]
  await kill()
  expect(searchFiles(folder, planted).found).toEqual([])

  await start()
  const asked = await flowOf(flowId)
  expect(asked).toMatchObject({ state: 'finishing', reconnect: { canPutBack: true, decision: { options: ['keep', 'replace', 'add'] } } })
  const held = nango.faults.holdNext('/connections', 'POST')
  void peer.call('connect.decide', { flowId, decision: 'keep' }).catch(() => {})
  await held.arrived
  await kill()
  held.release()

  await start()
  const ended = await eventually(async () => {
    const flow = await flowOf(flowId)
    return flow.state === 'failed' && flow
  })
  expect(ended.error).toMatchObject({ code: 'connection.identity_mismatch' })
  const after = await credentials()
  expect({ ...after, raw: undefined }).toEqual({ ...before, raw: undefined })
  expect((await peer.call('connections.refresh', { connectionId: 'github/work' })).result).toMatchObject({ outcome: 'refreshed' })
  frames += JSON.stringify(peer.messages) + host.output()
  expect(await host.end('SIGTERM')).toBe(0)
  expect(searchFiles(folder, planted).found).toEqual([])
  expect(searchBytes('frames and output', frames, planted)).toEqual([])
  const platform = createNodePlatform({ version: '0', isHeadless: true, environment: { PATCHBAY_HOME: folder } })
  const tables = await searchTables(platform, planted)
  expect(tables.found).toEqual([])
  expect(tables.cells).toBeGreaterThan(50)
}, 60_000)
