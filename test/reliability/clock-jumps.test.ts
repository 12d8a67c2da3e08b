import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BundledProgram, bundleProgram } from '#test/helpers/bundle-program'
import { runClockJumps, runSleeps } from './clock-harness.ts'
import { FAKETIME } from './clock-host-driver.ts'
import { count, HARNESS_SEED } from './seeded-random.ts'

const TICK_MS = 150
const PACE = { tickMs: TICK_MS, limitMs: 15_000 }
const missing = FAKETIME === null ? ' (libfaketime is not installed)' : ''

describe.skipIf(FAKETIME === null)(`a host whose clock is not to be relied on${missing}`, () => {
  let program: BundledProgram
  beforeAll(async () => {
    program = await bundleProgram('clock-host-process')
  })
  afterAll(() => program?.remove())

  test.concurrent('12 jumps of its clock end no sign-in, start no storm, lose and reorder nothing', { timeout: 120_000 }, async () => {
    const report = await runClockJumps(12, HARNESS_SEED, program.file, TICK_MS)
    count(
      `clock jumps: ${report.rounds}, ${report.faults.length} faults, ${report.requests} requests, slowest ${Math.round(report.slowestMs)} ms`,
    )
    expect(report.faults).toEqual([])
  })

  test.concurrent('10 sleeps, its sockets dropped: it is right again soon after each', { timeout: 120_000 }, async () => {
    const report = await runSleeps(10, HARNESS_SEED, program.file, PACE)
    count(
      `sleeps: ${report.rounds}, ${report.faults.length} faults, ${report.requests} requests, slowest ${Math.round(report.slowestMs)} ms`,
    )
    expect(report.faults).toEqual([])
  })

  test.concurrent(
    'a host that trusts its wall clock, and one that never notices a sleep, are caught by the same runs',
    { timeout: 120_000 },
    async () => {
      const trusting = await bundleProgram('clock-host-process', [
        { file: 'core/connect/flow-watch.ts', from: 'timeAt(flow.profileId)', to: 'Date.now()' },
      ])
      const sleeper = await bundleProgram('clock-host-process', [
        { file: 'core/clock-watch.ts', from: 'lateMs > GAP_MS) onWake(', to: 'lateMs > GAP_MS) void (' },
      ])
      try {
        expect((await runClockJumps(1, HARNESS_SEED, trusting.file, TICK_MS)).faults.join()).toContain('the open sign-in is expired')
        expect((await runSleeps(2, HARNESS_SEED, sleeper.file, { tickMs: TICK_MS, limitMs: 3_000 })).faults.join()).toContain(
          'not right within',
        )
      } finally {
        trusting.remove()
        sleeper.remove()
      }
    },
  )
})
