import { expect, test } from 'vitest'
import { runIoFaults } from '../reliability/io-fault-harness.ts'
import { count, HARNESS_SEED, randomFrom, sizeFrom } from '../reliability/seeded-random.ts'

const times = process.env['PATCHBAY_IO_FAULTS'] === undefined ? 'all' : sizeFrom('PATCHBAY_IO_FAULTS', 200)

test(
  'nothing is lost, every error has a name and a core mends itself, whichever call of a script of work fails',
  { timeout: 7_200_000 },
  async () => {
    const { runs, failed, acknowledged, faults } = await runIoFaults(times, randomFrom(HARNESS_SEED))
    count(`failing calls: ${runs} runs, ${failed} calls failed, ${acknowledged} acknowledged writes, ${faults.length} faults`)
    expect(faults).toEqual([])
  },
)
