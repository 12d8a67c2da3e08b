import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { runKills } from '../reliability/kill-harness.ts'

const seed = Number(process.env['PATCHBAY_TEST_SEED'] ?? randomInt(1_000_000))
const kills = Number(process.env['PATCHBAY_TEST_KILLS'] ?? 150)

test('no acknowledged write is lost in 150 kills at random moments', { timeout: 1_800_000 }, async () => {
  const report = await runKills(kills, seed)
  process.stderr.write(
    `count: kill -9: ${report.kills} kills, ${report.acknowledged} acknowledged writes, ${report.lost.length} lost, seed ${seed}\n`,
  )
  expect(report.lost).toEqual([])
  expect(report.damaged).toEqual([])
})
