import { expect, test } from 'vitest'
import { killBackups, NAMES_TOO_EARLY } from './backup-kill-harness.ts'
import { count, HARNESS_SEED, randomFrom } from './seeded-random.ts'

test('whatever has the name of a backup can be restored, after 20 kills while backups are made', { timeout: 120_000 }, async () => {
  const { kills, backups, faults } = await killBackups(20, randomFrom(HARNESS_SEED))
  count(`kill -9 during backups: ${kills} kills, ${backups} backups, ${faults.length} faults, one restored`)
  expect(faults).toEqual([])
  expect(backups).toBeGreaterThan(0)
})

test('a build that gives a backup its name too early is caught by the same kills', { timeout: 60_000 }, async () => {
  const { faults } = await killBackups(8, randomFrom(HARNESS_SEED), NAMES_TOO_EARLY)
  expect(faults.filter((fault) => fault.includes('is no backup')).length, `seed ${HARNESS_SEED}`).toBeGreaterThan(0)
})
