import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { SlowestFirst } from './test/slowest-first.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: ['test/e2e/**', ...(process.env['PATCHBAY_TEST_LONG'] === '1' ? [] : ['test/long/**']), 'node_modules/**'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // As long as the journeys wait for what must come; the second of vitest is short on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    pool: 'forks',
    // Each test makes a world of its own; a new process for each file would spend half of its time on reading the same modules.
    isolate: false,
    // Many files wait for browsers, sockets and processes: five at a time even on a small machine.
    maxWorkers: Math.max(5, availableParallelism() - 1),
    sequence: { sequencer: SlowestFirst },
  },
})
