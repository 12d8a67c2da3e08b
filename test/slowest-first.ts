import { join, relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const root = join(import.meta.dirname, '..')

/** The files of tests that take more than eight seconds, the slowest first: begun late, one would keep the others waiting for its end. */
export const SLOWEST: readonly string[] = [
  // Between browsers, which mostly wait: the kills want to see many writes in a short life.
  'test/renderer/window-in-a-browser.test.ts',
  'test/reliability/kill.test.ts',
  'test/renderer/features/accounts-in-a-browser.test.ts',
  'test/reliability/power-cut.test.ts',
  'test/renderer/features/connect/reconnect-in-a-browser.test.ts',
  'test/renderer/features/life-in-a-browser.test.ts',
  'test/renderer/features/bulk-in-a-browser.test.ts',
  'test/renderer/features/bring-in-in-a-browser.test.ts',
  'test/renderer/features/features-in-a-browser.test.ts',
  'test/reliability/io-faults.test.ts',
  'test/reliability/backup-kill.test.ts',
  'test/renderer/features/diagnostics/trouble-in-a-browser.test.ts',
  'test/security/planted-secrets.test.ts',
  'test/cli/patchbay-process.test.ts',
  'test/reliability/narrow-disk.test.ts',
  'test/renderer/features/queue/queue-in-a-browser.test.ts',
  'test/security/hostile-text.test.ts',
  'test/core/database/storage-trouble.test.ts',
  'test/reliability/races.test.ts',
  'test/security/hostile-page.test.ts',
  'test/reliability/damage.test.ts',
  'test/reliability/network-matrix.test.ts',
  'test/core/connections/connection-size.test.ts',
  'test/reliability/clock-jumps.test.ts',
  'test/core/http.test.ts',
  'test/scripts/run.test.ts',
  'test/core/connections/nango-faults.test.ts',
  'test/core/database/storage.test.ts',
  'test/security/http.test.ts',
]

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = SLOWEST.indexOf(relative(root, moduleId).replaceAll('\\', '/'))
  return place === -1 ? SLOWEST.length : place
}

/** Begins with the slowest files, in a checkout without results of an earlier run too; the rest comes in vitest's own order. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}
