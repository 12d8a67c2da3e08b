import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { NEVER_REOPENS, runIoFaults } from './io-fault-harness.ts'
import { count, HARNESS_SEED, randomFrom } from './seeded-random.ts'

const hasCompiler = spawnSync('gcc', ['--version']).status === 0 && process.platform === 'linux'

describe.skipIf(!hasCompiler)('failing calls of the system (need gcc)', () => {
  test(
    'nothing is lost, every error has a name and a core mends itself, after 200 failures of a write, a sync or an open',
    { timeout: 240_000 },
    async () => {
      const { runs, failed, acknowledged, faults } = await runIoFaults(200, randomFrom(HARNESS_SEED))
      count(`failing calls: ${runs} runs, ${failed} calls failed, ${acknowledged} acknowledged writes, ${faults.length} faults`)
      expect(faults).toEqual([])
      expect(failed).toBeGreaterThanOrEqual(runs / 2)
    },
  )

  test('a build that does not open its database again after a failure is caught by the same failures', { timeout: 120_000 }, async () => {
    const { faults } = await runIoFaults(24, randomFrom(HARNESS_SEED), NEVER_REOPENS)
    expect(faults.length, `seed ${HARNESS_SEED}`).toBeGreaterThan(0)
  })
})
