import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { verifyAudit } from '#core/automation/audit-verify'
import { openBeside, openDatabase } from '#core/database/open-database'
import type { WritableDb } from '#core/database/sql'
import { SILENT_LOG } from '#core/log'
import { PatchbayError } from '#shared/errors'
import { auditLine, type AuditWorld, openAuditWorld } from '#test/helpers/audit-world'

let world: AuditWorld
const opened = (...given: Parameters<typeof openAuditWorld>): AuditWorld => (world = openAuditWorld(...given))

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
})
afterEach(() => {
  world.close()
  vi.useRealTimers()
})

/** A disk that can be told what becomes of the next transactions. */
const fickle = () => {
  const state = { fails: null as Error | null, isDurableAllTheSame: false, transactions: 0 }
  const wrap = (db: WritableDb): WritableDb => ({
    ...db,
    transaction: (work) => {
      state.transactions += 1
      if (state.fails === null) return db.transaction(work)
      if (state.isDurableAllTheSame) db.transaction(work)
      throw state.fails
    },
  })
  return { state, wrap }
}

const failureOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise
    return 'none'
  } catch (error) {
    return error instanceof PatchbayError ? error.code : String(error)
  }
}

describe('calls that only look', () => {
  it('are on the disk 50 ms after the first, in one transaction', async () => {
    const disk = fickle()
    opened({ wrap: disk.wrap })
    for (let index = 0; index < 20; index++) world.log.note(auditLine({ connectionId: `con_${index}` }))
    expect(world.entries()).toEqual([])
    await vi.advanceTimersByTimeAsync(50)
    expect(world.entries().map(({ connectionId }) => connectionId)).toEqual(Array.from({ length: 20 }, (_, index) => `con_${index}`))
    expect(disk.state.transactions).toBe(1)
  })

  it('become one line with a count where they are alike, and only there', async () => {
    opened()
    world.log.note(auditLine({ at: '2026-01-02T03:04:05.001Z', durationMs: 2 }))
    world.log.note(auditLine({ at: '2026-01-02T03:04:05.002Z', durationMs: 9 }))
    world.log.note(auditLine({ at: '2026-01-02T03:04:05.003Z', durationMs: null }))
    const others = [
      { caller: 'cli' },
      { clientId: 'cli_2' },
      { grantId: 'gr_2' },
      { method: 'connections.list' },
      { connectionId: 'con_2' },
      { target: 'GET /user' },
      { outcome: 'denied' },
      { code: 'automation.denied' },
      { pid: 1 },
    ] as const
    for (const other of others) world.log.note(auditLine(other))
    await vi.advanceTimersByTimeAsync(50)
    const entries = world.entries()
    expect(entries).toHaveLength(1 + others.length)
    expect(entries[0]).toEqual({ sequence: 1, count: 3, ...auditLine({ at: '2026-01-02T03:04:05.001Z', durationMs: 9 }) })
    world.log.note(auditLine())
    await vi.advanceTimersByTimeAsync(50)
    expect(world.entries().at(-1)).toMatchObject({ sequence: 2 + others.length, count: 1 })
  })

  it('of programs are told of at most once a second, those of the person never', async () => {
    opened()
    world.log.note(auditLine({ caller: 'ui', via: 'window' }))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(world.announced).toEqual([])
    for (let index = 0; index < 30; index++) {
      world.log.note(auditLine())
      await vi.advanceTimersByTimeAsync(100)
    }
    await vi.advanceTimersByTimeAsync(3_000)
    expect(world.announced.length).toBeGreaterThan(2)
    expect(world.announced.length).toBeLessThan(6)
    expect(world.announced.at(-1)).toBe(31)
  })

  it('are kept as texts fit to be shown and as whole numbers, and the chain holds all the same', async () => {
    opened()
    world.log.note(
      auditLine({
        clientName: 'a\u202eb\ud800c\u0000',
        method: 'x'.repeat(5_000),
        durationMs: 1.6,
        program: '/home/e\u0301',
        pid: Number.NaN,
      }),
    )
    await vi.advanceTimersByTimeAsync(50)
    expect(world.entries()[0]).toMatchObject({ clientName: 'abc□', durationMs: 2, program: '/home/\u00e9', pid: null })
    expect(world.entries()[0]?.method).toHaveLength(200)
    expect((await verifyAudit(world.db, world.chain)).faults).toEqual([])
  })
})

describe('a commit', () => {
  it('is durable before it resolves, with all that was noted before it, in order', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-audit-'))
    const key = randomBytes(32)
    const file = join(folder, 'patchbay.db')
    const look = () => {
      const beside = openBeside(file, key, { readonly: true })
      const found = beside.all<{ method: string }>('SELECT method FROM audit ORDER BY sequence').map(({ method }) => method)
      beside.close()
      return found
    }
    try {
      opened({ database: openDatabase({ file, key, now: Date.now, log: SILENT_LOG }) })
      world.log.note(auditLine({ method: 'connections.list' }))
      world.log.note(auditLine({ method: 'connections.get' }))
      const committed = world.log.commit(auditLine({ method: 'connections.request' }))
      expect(look()).toEqual([])
      await committed
      expect(look()).toEqual(['connections.list', 'connections.get', 'connections.request'])
    } finally {
      world.close()
      rmSync(folder, { recursive: true })
    }
  })

  it('shares its transaction with those of the same turn, and each keeps a line of its own', async () => {
    const disk = fickle()
    opened({ wrap: disk.wrap })
    await Promise.all([1, 2, 3, 4].map(() => world.log.commit(auditLine({ method: 'connections.request' }))))
    expect(disk.state.transactions).toBe(1)
    expect(world.entries().map(({ sequence, count }) => [sequence, count])).toEqual([1, 2, 3, 4].map((sequence) => [sequence, 1]))
  })

  it('of a thousand at once leaves others their turn', async () => {
    const disk = fickle()
    opened({ wrap: disk.wrap })
    let turns = 0
    const count = (): void => void (turns++ < 100 && setImmediate(count))
    const all = Promise.all(Array.from({ length: 1_000 }, () => world.log.commit(auditLine())))
    setImmediate(count)
    await all
    expect(disk.state.transactions).toBe(10)
    expect(turns).toBeGreaterThanOrEqual(3)
    expect((await verifyAudit(world.db, world.chain)).faults).toEqual([])
  })
})

describe('while nothing can be written', () => {
  it('programs are refused, the lines are kept in order, and it mends itself', async () => {
    const disk = fickle()
    opened({ wrap: disk.wrap })
    world.log.requireWritable()
    disk.state.fails = new PatchbayError('storage.full')
    world.log.note(auditLine({ method: 'connections.list' }))
    expect(await failureOf(world.log.commit(auditLine({ method: 'connections.request' })))).toBe('audit.unavailable')
    expect(() => world.log.requireWritable()).toThrow(new PatchbayError('audit.unavailable'))
    expect(world.log.trouble).toMatchObject({ waiting: 2, lost: 0 })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(disk.state.transactions).toBeGreaterThan(2)
    expect(disk.state.transactions).toBeLessThan(40)
    world.log.note(auditLine({ method: 'connections.get' }))
    disk.state.fails = null
    await vi.advanceTimersByTimeAsync(10_000)
    expect(world.log.trouble).toBeNull()
    world.log.requireWritable()
    expect(world.entries().map(({ method }) => method)).toEqual(['connections.list', 'connections.request', 'connections.get'])
    expect((await verifyAudit(world.db, world.chain, () => world.log.head)).faults).toEqual([])
  })

  it('no more than so many lines are kept; a line of its own tells how many calls were lost', async () => {
    const disk = fickle()
    opened({ wrap: disk.wrap, mostWaiting: 3 })
    disk.state.fails = new PatchbayError('storage.read_only')
    for (let index = 0; index < 10; index++) world.log.note(auditLine({ connectionId: `con_${index}` }))
    expect(await failureOf(world.log.commit(auditLine()))).toBe('audit.unavailable')
    await vi.advanceTimersByTimeAsync(1_000)
    disk.state.fails = null
    await vi.advanceTimersByTimeAsync(6_000)
    expect(world.entries().map(({ method, count, connectionId }) => [method, count, connectionId])).toEqual([
      ['connections.get', 1, 'con_0'],
      ['connections.get', 1, 'con_1'],
      ['connections.get', 1, 'con_2'],
      ['audit.lost', 8, null],
    ])
  })

  it('a commit that was refused and is on the disk all the same is not written twice', async () => {
    const disk = fickle()
    opened({ wrap: disk.wrap })
    await world.log.commit(auditLine({ method: 'one' }))
    disk.state.fails = new PatchbayError('storage.failed')
    disk.state.isDurableAllTheSame = true
    expect(await failureOf(world.log.commit(auditLine({ method: 'two' })))).toBe('audit.unavailable')
    disk.state.fails = null
    await world.log.commit(auditLine({ method: 'three' }))
    expect(world.entries().map(({ method }) => method)).toEqual(['one', 'two', 'three'])
    expect((await verifyAudit(world.db, world.chain, () => world.log.head)).faults).toEqual([])
  })

  it('a line that the database does not take holds up no other', async () => {
    opened()
    world.log.note(auditLine({ method: 'before' }))
    const broken = world.log.commit(auditLine({ outcome: 'nonsense' as 'done' }))
    world.log.note(auditLine({ method: 'after' }))
    expect(await failureOf(broken)).toBe('audit.unavailable')
    await vi.advanceTimersByTimeAsync(50)
    expect(world.entries().map(({ method }) => method)).toEqual(['before', 'after', 'audit.lost'])
    world.log.requireWritable()
  })

  it('what waits for a database that is closed is written into the next one', async () => {
    opened()
    await world.log.commit(auditLine({ method: 'one' }))
    world.log.note(auditLine({ method: 'two' }))
    world.log.close()
    expect(() => world.log.requireWritable()).toThrow(new PatchbayError('audit.unavailable'))
    world.log.note(auditLine({ method: 'three' }))
    expect(await failureOf(world.log.commit(auditLine({ method: 'four' })))).toBe('audit.unavailable')
    world.log.open(world.db, world.chain)
    await vi.advanceTimersByTimeAsync(50)
    expect(world.entries().map(({ method }) => method)).toEqual(['one', 'two', 'three', 'four'])
  })
})

describe('when a connection was last used', () => {
  const usedAt = (): (string | null)[] =>
    world.db.all<{ at: string | null }>('SELECT last_used_at AS at FROM connections ORDER BY connection_id').map(({ at }) => at)

  it('is written for what used the account, at most once a minute each, and never goes back', async () => {
    let now = Date.parse('2026-01-02T03:00:00.000Z')
    opened({ now: () => now })
    for (const id of ['con_1', 'con_2'])
      world.db.run(
        `INSERT INTO connections (connection_id, profile_id, handle, connector_id, provider_config_key, oauth_method, auth_mode, status,
           status_rank, label, sort_name, created_at, updated_at, search_text)
         VALUES (?, 'env', ?, 'github', 'github', 'nango', 'OAUTH2', 'connected', 5, NULL, '', '2026', '2026', '')`,
        id,
        `github/${id}`,
      )
    const call = (changes: Parameters<typeof auditLine>[0]): Promise<void> =>
      world.log.commit(auditLine({ at: new Date(now).toISOString(), ...changes }))
    const request = { method: 'connections.request', code: '200' }
    await call({ method: 'connections.get' })
    await call({ ...request, outcome: 'denied', code: 'automation.denied' })
    await call({ ...request, outcome: 'failed', code: 'connection.not_usable' })
    await call({ ...request, caller: 'ui', via: 'window' })
    expect(usedAt()).toEqual([null, null])
    await call(request)
    await call({ method: 'connections.refresh', caller: 'cli', via: 'terminal', connectionId: 'con_2' })
    expect(usedAt()).toEqual(['2026-01-02T03:00:00.000Z', null])
    await call({ method: 'connections.getCredentials', caller: 'cli', via: 'terminal', connectionId: 'con_2' })
    expect(usedAt()).toEqual(['2026-01-02T03:00:00.000Z', '2026-01-02T03:00:00.000Z'])
    now += 30_000
    await call(request)
    expect(usedAt()[0]).toBe('2026-01-02T03:00:00.000Z')
    now += 30_000
    await call({ ...request, outcome: 'failed', code: '404' })
    expect(usedAt()[0]).toBe('2026-01-02T03:01:00.000Z')
    now -= 3_600_000
    await call(request)
    expect(usedAt()[0]).toBe('2026-01-02T03:01:00.000Z')
  })
})
