import { expect, test } from 'vitest'
import { runKills } from '../reliability/kill-harness.ts'
import { count, HARNESS_SEED, sizeFrom } from '../reliability/seeded-random.ts'

const kills = sizeFrom('PATCHBAY_KILLS', 5000)

test(`no acknowledged write is lost in ${kills} kills at random moments`, { timeout: 7_200_000 }, async () => {
  const report = await runKills(kills, HARNESS_SEED)
  count(
    `kill -9: ${report.kills} kills, ${report.acknowledged} acknowledged writes, ${report.lost.length} lost, ${report.damaged.length} damaged`,
  )
  expect(report.lost).toEqual([])
  expect(report.damaged).toEqual([])
})
