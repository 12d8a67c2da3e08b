import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Bulk, BulkRow } from '#shared/contract/bulk'
import { eventually } from '#test/helpers/make-core'
import { spawnHost, type SpawnedHost } from '#test/helpers/spawn-host'
import type { SocketPeer } from '#test/transports/socket-peer'
import { type BulkWorld, numbered, seedAccounts, startBulkWorld } from './bulk-world.ts'

let world: BulkWorld
let folder: string
const hosts: SpawnedHost[] = []
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-bulk-kill-'))
  world = await startBulkWorld()
})
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.end('SIGKILL')
  await world.stop()
  rmSync(folder, { recursive: true, force: true })
})

const startHost = async (): Promise<{ readonly host: SpawnedHost; readonly peer: SocketPeer }> => {
  const host = await spawnHost({ folder, environment: { NANGO_HOST: world.nango.url, NANGO_SECRET_KEY: world.nango.secretKey } })
  hosts.push(host)
  return { host, peer: await host.connect() }
}
const call = async <T>(peer: SocketPeer, method: string, params: unknown): Promise<T> => {
  const { result, error } = await peer.call(method, params)
  if (error !== undefined) throw new Error(`${method}: ${error.message}`)
  return result as T
}

test(
  'a run goes on where it was after kill -9, and looks at what was under way before it does that again',
  { timeout: 60_000 },
  async () => {
    const names = [...numbered('a', 36), ...numbered('bad', 4)]
    await seedAccounts(world, names)
    const first = await startHost()
    await call(first.peer, 'sync.run', {})
    // Some are refreshed; of those under way then, one is answered by the provider and killed before its host hears of it.
    const { bulk } = await call<{ bulk: Bulk }>(first.peer, 'bulk.start', { action: 'refresh', all: true })
    await eventually(() => world.renewals.size >= 8)
    world.nango.faults.delayMs = 300
    await eventually(() => world.renewals.size >= 9)
    await first.host.end('SIGKILL')
    world.nango.faults.delayMs = 0
    const before = world.renewals.size
    expect(before).toBeLessThan(40)

    const second = await startHost()
    const over = await eventually(async () => {
      const now = await call<Bulk>(second.peer, 'bulk.get', { bulkId: bulk.bulkId })
      return now.endedAt !== null && now
    }, 30_000)
    expect(over).toMatchObject({ state: 'done', total: 40, counts: { done: 36, failed: 4, waiting: 0 } })
    const { rows } = await call<{ rows: BulkRow[] }>(second.peer, 'bulk.results', { bulkId: bulk.bulkId, limit: 500 })
    expect(
      rows
        .filter(({ outcome }) => outcome === 'failed')
        .map(({ handle }) => handle)
        .toSorted(),
    ).toEqual(numbered('github/bad', 4))
    expect(world.renewals.size).toBe(40)
    // Never more than the four that were under way; one that had failed by then is not tried a second time.
    const repeated = [...world.renewals].filter(([, times]) => times > 1)
    expect(repeated.length).toBeLessThanOrEqual(4)
    expect(repeated.filter(([name, times]) => times > 2 || name.startsWith('bad-'))).toEqual([])
  },
)
