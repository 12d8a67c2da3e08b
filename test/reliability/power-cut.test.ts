import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { StorageLedger } from '#test/helpers/storage-ledger'
import { cutPower, recordLives, SYNCS_LESS, SYNCS_NEVER, SYNCS_NO_FILES, type PowerCutReport } from './power-cut-harness.ts'
import { count, HARNESS_SEED, randomFrom } from './seeded-random.ts'

const hasStrace = spawnSync('strace', ['-V']).status === 0

describe.skipIf(!hasStrace)('power cuts (need strace)', () => {
  test(
    'nothing that was acknowledged is lost or half there after 400 power cuts, in a first life and in a second',
    { timeout: 300_000 },
    async () => {
      const random = randomFrom(HARNESS_SEED)
      const ledger = new StorageLedger()
      const reports: PowerCutReport[] = []
      for (const recording of await recordLives([60, 60])) reports.push(await cutPower(recording, 200, random, ledger))
      const sum = (of: (report: PowerCutReport) => number): number => reports.reduce((total, report) => total + of(report), 0)
      const faults = reports.flatMap((report) => report.faults)
      count(
        `power cuts: ${sum(({ cuts }) => cuts)} cuts in ${sum(({ changes }) => changes)} changes of the disk, up to ${ledger.acknowledged} acknowledged writes, ${faults.length} faults`,
      )
      expect(faults).toEqual([])
      expect(ledger.acknowledged).toBeGreaterThan(100)
    },
  )

  test.each([
    ['does not sync each commit', SYNCS_LESS],
    ['never syncs', SYNCS_NEVER],
    ['does not sync its files', SYNCS_NO_FILES],
  ])('a build that %s is caught by the same cuts', { timeout: 120_000 }, async (_name, weaknesses) => {
    const [recording] = await recordLives([30], weaknesses)
    if (recording === undefined) throw new Error('Nothing was recorded.')
    const report = await cutPower(recording, 40, randomFrom(HARNESS_SEED), new StorageLedger())
    expect(report.faults.length, `seed ${HARNESS_SEED}`).toBeGreaterThan(2)
  })
})
