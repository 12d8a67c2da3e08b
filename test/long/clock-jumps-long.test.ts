import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BundledProgram, bundleProgram } from '#test/helpers/bundle-program'
import { runClockJumps, runSleeps } from '../reliability/clock-harness.ts'
import { FAKETIME } from '../reliability/clock-host-driver.ts'
import { count, HARNESS_SEED, sizeFrom } from '../reliability/seeded-random.ts'

const jumps = sizeFrom('PATCHBAY_CLOCK_JUMPS', 200)
const sleeps = sizeFrom('PATCHBAY_SLEEPS', 100)
const missing = FAKETIME === null ? ' (libfaketime is not installed)' : ''

describe.skipIf(FAKETIME === null)(`a host whose clock is not to be relied on${missing}`, () => {
  let program: BundledProgram
  beforeAll(async () => {
    program = await bundleProgram('clock-host-process')
  })
  afterAll(() => program?.remove())

  test(`${jumps} jumps of its clock end no sign-in, start no storm, lose and reorder nothing`, { timeout: 3_600_000 }, async () => {
    const report = await runClockJumps(jumps, HARNESS_SEED, program.file, 150)
    count(
      `clock jumps: ${report.rounds}, ${report.faults.length} faults, ${report.requests} requests, slowest ${Math.round(report.slowestMs)} ms`,
    )
    expect(report.faults, report.faults.join('\n')).toEqual([])
  })

  test(`after ${sleeps} sleeps it is right again within 60 s, at its true pace`, { timeout: 7_200_000 }, async () => {
    const report = await runSleeps(sleeps, HARNESS_SEED, program.file, { tickMs: 5_000, limitMs: 60_000 })
    count(
      `sleeps: ${report.rounds}, ${report.faults.length} faults, ${report.requests} requests, slowest ${Math.round(report.slowestMs)} ms`,
    )
    expect(report.faults, report.faults.join('\n')).toEqual([])
  })
})
