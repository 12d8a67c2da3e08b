import { expect, test } from 'vitest'
import { StorageLedger } from '#test/helpers/storage-ledger'
import { cutPower, recordLives } from '../reliability/power-cut-harness.ts'
import { count, HARNESS_SEED, randomFrom, sizeFrom } from '../reliability/seeded-random.ts'

const cuts = sizeFrom('PATCHBAY_POWER_CUTS', 20_000)

/** Twelve lives of one folder: short ones that are mostly start and stop, and one long enough for checkpoints while it runs. */
const LIVES = [1, 60, 5, 120, 20, 60, 2, 700, 40, 10, 90, 30]

test(
  `nothing that was acknowledged is lost or half there after ${cuts} power cuts in ${LIVES.length} lives`,
  { timeout: 7_200_000 },
  async () => {
    const random = randomFrom(HARNESS_SEED)
    const ledger = new StorageLedger()
    const faults: string[] = []
    let done = 0
    for (const [life, recording] of (await recordLives(LIVES)).entries()) {
      const own = Math.floor((cuts + life) / LIVES.length)
      const report = await cutPower(recording, own, random, ledger)
      done += report.cuts
      faults.push(...report.faults.map((fault) => `life ${life}: ${fault}`))
    }
    count(`power cuts: ${done} cuts in ${LIVES.length} lives, ${ledger.acknowledged} acknowledged writes, ${faults.length} faults`)
    expect(faults).toEqual([])
  },
)
