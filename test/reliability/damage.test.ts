import { beforeAll, expect, test } from 'vitest'
import {
  damageFile,
  damageFiles,
  damageWals,
  makeSpecimen,
  plainSpecimen,
  readPlain,
  readWithCore,
  readWithoutMark,
  readWithProduct,
  startOnDamage,
  type Specimen,
} from './damage-harness.ts'
import { count, HARNESS_SEED, randomFrom } from './seeded-random.ts'

let specimen: Specimen
let killed: [Specimen, Specimen]

beforeAll(async () => {
  specimen = await makeSpecimen('stopped', 60)
  killed = [await makeSpecimen('killed', 80), await makeSpecimen('killed', 30)]
})

test('none of 500 damages of the database goes unnoticed', { timeout: 120_000 }, async () => {
  const { damaged, outcomes, silent } = await damageFiles(specimen, 500, randomFrom(HARNESS_SEED), readWithProduct)
  count(`damaged databases: ${damaged}, ${outcomes.announced} announced, ${outcomes.harmless} without effect, ${outcomes.silent} silent`)
  expect(silent).toEqual([])
  expect(outcomes.announced).toBeGreaterThan(250)
})

test('a core starts on each of 40 damaged databases, says so, and leaves the files as they are', { timeout: 120_000 }, async () => {
  const random = randomFrom(HARNESS_SEED)
  let rescued = 0
  for (let time = 0; time < 40; time += 1) {
    const { image, what } = damageFile(specimen.image, random)
    const { storage, note, isKept } = await startOnDamage(image)
    if (storage.state === 'rescue') {
      rescued += 1
      expect({ what, reason: storage.reason, isKept }).toEqual({ what, reason: 'corrupt', isKept: true })
    } else expect({ what, note }).toEqual({ what, note: specimen.note })
  }
  count(`starts on a damaged database: 40, ${rescued} in rescue`)
  expect(rescued).toBeGreaterThan(5)
})

test('a database without a MAC on its pages is caught by the same damages', { timeout: 120_000 }, async () => {
  const { silent } = await damageFiles(await plainSpecimen(specimen), 200, randomFrom(HARNESS_SEED), readPlain)
  expect(silent.length, `seed ${HARNESS_SEED}`).toBeGreaterThan(10)
})

test('a damaged WAL leaves a whole earlier state, 300 times, and each loss is announced', { timeout: 120_000 }, async () => {
  const { damaged, lossless, announced, faults } = await damageWals(killed, 300, randomFrom(HARNESS_SEED), readWithCore)
  count(`damaged WALs: ${damaged}, ${lossless} without loss, ${announced} announced, ${faults.length} faults`)
  expect(faults).toEqual([])
  // Where the kill came soon after a checkpoint, most of the WAL is behind its end, and harm there takes nothing.
  expect(announced).toBeGreaterThan(50)
})

test('a build without a mark outside the database is caught by the same WALs', { timeout: 120_000 }, async () => {
  const { faults } = await damageWals(killed, 60, randomFrom(HARNESS_SEED), readWithoutMark)
  expect(faults.length, `seed ${HARNESS_SEED}`).toBeGreaterThan(10)
})
