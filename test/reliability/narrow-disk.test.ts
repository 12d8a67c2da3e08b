import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { bundleProgram, type Weakness } from '#test/helpers/bundle-program'
import { CATALOGUE_FILE } from '#test/helpers/make-core'
import { count } from './seeded-random.ts'

const run = promisify(execFile)
const place = mkdtempSync(join(tmpdir(), 'patchbay-narrow-'))
const NAMESPACE = ['-Urm', 'sh', '-c']
const canMount = spawnSync('unshare', [...NAMESPACE, 'mount -t tmpfs -o size=1m tmpfs "$1"', 'sh', place]).status === 0

afterAll(() => rmSync(place, { recursive: true, force: true }))

describe.skipIf(!canMount)('a disk that is full or read-only (needs unshare)', () => {
  const runOn = async (size: string, weaknesses: readonly Weakness[] = []): Promise<{ acknowledged: number; faults: string[] }> => {
    const program = await bundleProgram('narrow-disk-host', weaknesses)
    try {
      const script = `mount -t tmpfs -o mode=0700,size=${size} tmpfs "$1" && exec "$2" "$3" "$1" "$4"`
      const { stdout } = await run('unshare', [...NAMESPACE, script, 'sh', place, process.execPath, program.file, CATALOGUE_FILE])
      return JSON.parse(stdout) as { acknowledged: number; faults: string[] }
    } finally {
      program.remove()
    }
  }

  test('is named, loses nothing, can still be read, and is used again without a restart', { timeout: 120_000 }, async () => {
    const reports = [await runOn('8m'), await runOn('24m')]
    const faults = reports.flatMap((report) => report.faults)
    count(
      `disks full and read-only: 2 of each, ${reports.reduce((sum, { acknowledged }) => sum + acknowledged, 0)} acknowledged writes, ${faults.length} faults`,
    )
    expect(faults).toEqual([])
  })

  test('a build that never looks again is caught on the same disk', { timeout: 60_000 }, async () => {
    const weakness = { file: 'core/database/storage-trouble.ts', from: 'LOOK_EVERY_MS = 1_000', to: 'LOOK_EVERY_MS = 100_000_000' }
    const { faults } = await runOn('8m', [weakness])
    expect(faults.filter((fault) => fault.includes('not mended')).length).toBeGreaterThan(0)
  })
})
