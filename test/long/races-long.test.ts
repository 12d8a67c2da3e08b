import { expect, test } from 'vitest'
import { runRaces } from '../reliability/races.ts'
import { count, sizeFrom } from '../reliability/seeded-random.ts'

const rounds = sizeFrom('PATCHBAY_RACES', 200)
const racers = sizeFrom('PATCHBAY_RACERS', 100)

test(`of ${racers} processes that want one data folder exactly one gets it, ${rounds} times`, { timeout: 3_600_000 }, async () => {
  const report = await runRaces(rounds, racers)
  count(`racing starts: ${report.rounds} rounds of ${racers}, ${report.starts} processes, ${report.faults.length} faults`)
  expect(report.faults).toEqual([])
})
