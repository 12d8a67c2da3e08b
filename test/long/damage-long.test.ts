import { expect, test } from 'vitest'
import { damageFiles, damageWals, makeSpecimen, readWithCore, readWithProduct } from '../reliability/damage-harness.ts'
import { count, HARNESS_SEED, randomFrom, sizeFrom } from '../reliability/seeded-random.ts'

const flips = sizeFrom('PATCHBAY_BIT_FLIPS', 10_000)
const wals = sizeFrom('PATCHBAY_DAMAGED_WALS', 5000)

test(`none of ${flips} damages of the database goes unnoticed`, { timeout: 3_600_000 }, async () => {
  const specimen = await makeSpecimen('stopped', 200)
  const { damaged, outcomes, silent } = await damageFiles(specimen, flips, randomFrom(HARNESS_SEED), readWithProduct)
  count(`damaged databases: ${damaged}, ${outcomes.announced} announced, ${outcomes.harmless} without effect, ${outcomes.silent} silent`)
  expect(silent).toEqual([])
})

test(`a damaged WAL leaves a whole earlier state, ${wals} times, and each loss is announced`, { timeout: 3_600_000 }, async () => {
  const killed = [await makeSpecimen('killed', 200), await makeSpecimen('killed', 30)] as const
  const { damaged, lossless, announced, faults } = await damageWals(killed, wals, randomFrom(HARNESS_SEED), readWithCore)
  count(`damaged WALs: ${damaged}, ${lossless} without loss, ${announced} announced, ${faults.length} faults`)
  expect(faults).toEqual([])
})
