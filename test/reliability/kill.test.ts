import { expect, test } from 'vitest'
import { COMMITS_LATE, runCoreKills } from './core-kill-harness.ts'
import { runKills } from './kill-harness.ts'
import { count, HARNESS_SEED } from './seeded-random.ts'

const seed = HARNESS_SEED

test('no acknowledged write is lost in 50 kills of a whole host at random moments', { timeout: 300_000 }, async () => {
  const report = await runKills(50, seed)
  count(
    `kill -9 of the host: ${report.kills} kills, ${report.acknowledged} acknowledged writes, ${report.lost.length} lost, ${report.damaged.length} damaged`,
  )
  expect(report.lost).toEqual([])
  expect(report.damaged).toEqual([])
  // Some in each life, whatever the disk's pace.
  expect(report.acknowledged).toBeGreaterThan(report.kills)
})

test(
  'no acknowledged write is lost or half there in 100 kills of a core at any moment, its start included',
  { timeout: 300_000 },
  async () => {
    const report = await runCoreKills(100, seed)
    count(
      `kill -9 of the core: ${report.kills} kills, ${report.atStart} of them at the start, ${report.acknowledged} acknowledged writes, ${report.faults.length} faults`,
    )
    expect(report.faults).toEqual([])
    expect(report.atStart).toBeGreaterThan(0)
    expect(report.acknowledged).toBeGreaterThan(report.kills)
  },
)

test('a host that acknowledges too early is caught by the same kills', { timeout: 120_000 }, async () => {
  const report = await runKills(6, seed, 'faulty-host-process')
  expect(report.lost.length, `seed ${seed}`).toBeGreaterThan(0)
})

test('a core that commits only when it is closed is caught by the same kills', { timeout: 120_000 }, async () => {
  const report = await runCoreKills(15, seed, COMMITS_LATE)
  expect(report.faults.filter((fault) => /lost|rolled_back/.test(fault)).length, `seed ${seed}`).toBeGreaterThan(0)
})
