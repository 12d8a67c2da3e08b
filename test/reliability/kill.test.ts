import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { runKills } from './kill-harness.ts'

const seed = Number(process.env['PATCHBAY_TEST_SEED'] ?? randomInt(1_000_000))

test('no acknowledged write is lost in 40 kills at random moments', { timeout: 300_000 }, async () => {
  const report = await runKills(40, seed)
  process.stderr.write(
    `count: kill -9: ${report.kills} kills, ${report.acknowledged} acknowledged writes, ${report.lost.length} lost, seed ${seed}\n`,
  )
  expect(report.lost).toEqual([])
  expect(report.damaged).toEqual([])
  expect(report.acknowledged).toBeGreaterThan(100)
})

test('a host that acknowledges too early is caught by the same kills', { timeout: 120_000 }, async () => {
  const report = await runKills(6, seed, 'faulty-host-process')
  expect(report.lost.length, `seed ${seed}`).toBeGreaterThan(0)
})
