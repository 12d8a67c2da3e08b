import { expect, test } from 'vitest'
import { count, HARNESS_SEED, sizeFrom } from '../reliability/seeded-random.ts'
import { startFuzzTarget } from '../security/fuzz-target.ts'
import { fuzzCount, fuzzMethods, longestLogLine } from '../security/method-fuzz.ts'

const runs = sizeFrom('PATCHBAY_FUZZ', 10_000)

test(`${runs} refused inputs a method change nothing and are explained`, { timeout: 7_200_000 }, async () => {
  const target = await startFuzzTarget()
  try {
    const report = await fuzzMethods(target, runs, HARNESS_SEED)
    count(fuzzCount(report, runs))
    expect(report.faults).toEqual([])
    expect(report.refused).toBeGreaterThanOrEqual(runs * report.methods * 0.9)
    expect(longestLogLine(target.folder)).toBeLessThanOrEqual(2048)
  } finally {
    await target.stop()
  }
})
