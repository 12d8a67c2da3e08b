import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readHead } from '#core/automation/audit-store'
import { verifyAudit } from '#core/automation/audit-verify'
import { auditLine, type AuditWorld, openAuditWorld } from '#test/helpers/audit-world'

const DAY_MS = 86_400_000
const START = Date.parse('2026-01-02T00:00:00.000Z')
let world: AuditWorld
let now = START

beforeEach(() => {
  now = START
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  world.close()
  vi.useRealTimers()
})

const write = (lines: number, prefix: string): void => {
  for (let index = 0; index < lines; index++) world.log.note(auditLine({ at: new Date(now).toISOString(), target: `${prefix} ${index}` }))
  world.log.settle()
}
const kept = (): (string | null)[] => world.entries().map(({ target }) => target)

it('lets the oldest go beyond so many lines, a few at once, and the rest can still be proved', async () => {
  world = openAuditWorld({ kept: { lines: 100, part: 20 }, now: () => now })
  await vi.advanceTimersByTimeAsync(1_000)
  write(119, 'a')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(world.entries()).toHaveLength(119)
  write(140, 'b')
  await vi.advanceTimersByTimeAsync(25)
  expect(world.entries()).toHaveLength(239)
  await vi.advanceTimersByTimeAsync(20)
  expect(world.entries()).toHaveLength(219)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(world.entries()).toHaveLength(100)
  expect(kept().at(-1)).toBe('b 139')
  const verdict = await verifyAudit(world.db, world.chain)
  expect(verdict).toEqual({ checked: 100, firstSequence: 160, lastSequence: 259, faults: [] })
  world.db.run('DELETE FROM audit WHERE sequence = 160')
  expect((await verifyAudit(world.db, world.chain)).faults).toEqual([{ sequence: 160, kind: 'missing' }])
})

it('lets go what is older than so many days, and keeps the last line, which the chain goes on from', async () => {
  world = openAuditWorld({ kept: { ms: 400 * DAY_MS, part: 20 }, now: () => now })
  write(30, 'old')
  now += 300 * DAY_MS
  write(30, 'later')
  await vi.advanceTimersByTimeAsync(3_600_100)
  expect(world.entries()).toHaveLength(60)
  now += 101 * DAY_MS
  await vi.advanceTimersByTimeAsync(3_600_100)
  expect(kept()[0]).toBe('old 20')
  await vi.advanceTimersByTimeAsync(3_600_100)
  expect(kept()[0]).toBe('later 0')
  await vi.advanceTimersByTimeAsync(3_600_100)
  expect(world.entries()).toHaveLength(30)
  now += 1_000 * DAY_MS
  await vi.advanceTimersByTimeAsync(2 * 3_600_100)
  expect(kept()).toEqual(['later 29'])
  write(1, 'new')
  expect(await verifyAudit(world.db, world.chain)).toEqual({ checked: 2, firstSequence: 60, lastSequence: 61, faults: [] })
  expect(readHead(world.db, world.chain)?.firstSequence).toBe(60)
})

it('loses only a few of its oldest lines to a clock that leaps ahead by years for an hour', async () => {
  world = openAuditWorld({ kept: { part: 20 }, now: () => now })
  write(200, 'a')
  now += 3_000 * DAY_MS
  await vi.advanceTimersByTimeAsync(3_600_100)
  now -= 3_000 * DAY_MS
  await vi.advanceTimersByTimeAsync(10 * 3_600_000)
  expect(world.entries().length).toBeGreaterThanOrEqual(160)
})

it('does not wash a gap away: what was missing stays missing, or the line after it stays unproved', async () => {
  world = openAuditWorld({ kept: { lines: 100, part: 20 }, now: () => now })
  write(110, 'a')
  world.db.run('DELETE FROM audit WHERE sequence BETWEEN 15 AND 60')
  write(30, 'b')
  await vi.advanceTimersByTimeAsync(30)
  expect(await verifyAudit(world.db, world.chain)).toMatchObject({
    faults: expect.arrayContaining([{ sequence: 15, kind: 'missing' }]) as unknown,
  })
  write(10, 'c')
  await vi.advanceTimersByTimeAsync(2_000)
  const { faults } = await verifyAudit(world.db, world.chain)
  expect(faults.length).toBeGreaterThan(0)
})
