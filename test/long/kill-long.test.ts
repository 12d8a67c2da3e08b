import { expect, test } from 'vitest'
import { runCoreKills } from '../reliability/core-kill-harness.ts'
import { runKills } from '../reliability/kill-harness.ts'
import { count, HARNESS_SEED, sizeFrom } from '../reliability/seeded-random.ts'

// One in three is of a whole host, as in the short form.
const kills = sizeFrom('PATCHBAY_KILLS', 5000)
const ofHosts = Math.ceil(kills / 3)

test(`no acknowledged write is lost in ${ofHosts} kills of a whole host at random moments`, { timeout: 7_200_000 }, async () => {
  const report = await runKills(ofHosts, HARNESS_SEED)
  count(
    `kill -9 of the host: ${report.kills} kills, ${report.acknowledged} acknowledged writes, ${report.lost.length} lost, ${report.damaged.length} damaged`,
  )
  expect(report.lost).toEqual([])
  expect(report.damaged).toEqual([])
})

test.skipIf(kills === ofHosts)(
  `no acknowledged write is lost or half there in ${kills - ofHosts} kills of a core at any moment, its start included`,
  { timeout: 7_200_000 },
  async () => {
    const report = await runCoreKills(kills - ofHosts, HARNESS_SEED)
    count(
      `kill -9 of the core: ${report.kills} kills, ${report.atStart} of them at the start, ${report.acknowledged} acknowledged writes, ${report.faults.length} faults`,
    )
    expect(report.faults).toEqual([])
  },
)
