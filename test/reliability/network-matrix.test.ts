import { expect, test } from 'vitest'
import { type Cell, describeCell, KINDS, limitsAt, playCell, playCells } from './network-cells.ts'
import { FAULTS } from './network-faults.ts'
import { count, HARNESS_SEED } from './seeded-random.ts'

const CELLS = 40
const SCALE = 1 / 20

/** Every fault and every kind of call appears; which of them meet changes with the seed. */
const chosenCells = (): Cell[] =>
  Array.from({ length: CELLS }, (_, index) => ({
    fault: FAULTS[index % FAULTS.length] ?? 'stall',
    kind: KINDS[(index + Math.floor(index / FAULTS.length) * 3 + HARNESS_SEED) % KINDS.length] ?? 'list',
    seed: HARNESS_SEED + index,
  }))

test(
  '40 faults of the network end as typed errors in time, within their limits, and leave every connection right',
  { timeout: 120_000 },
  async () => {
    const reports = await playCells(chosenCells(), SCALE)
    const bad = reports.filter(({ faults }) => faults.length > 0)
    const most = Math.max(...reports.map(({ rssBytes }) => rssBytes))
    count(`network cells: ${reports.length} played, ${bad.length} bad, at most ${(most / 1_048_576).toFixed(0)} MiB more`)
    expect(bad.map(describeCell)).toEqual([])
    expect(new Set(reports.map(({ fault }) => fault)).size).toBe(FAULTS.length)
    expect(new Set(reports.map(({ kind }) => kind)).size).toBe(KINDS.length)
  },
)

test('a way out without deadlines or without a limit is caught by the same cells', { timeout: 60_000 }, async () => {
  const endless = { ...limitsAt(1_000), bodyBytes: 1_000_000_000 }
  const [stalled, flooded] = await Promise.all([
    playCell({ fault: 'stall', kind: 'list', seed: HARNESS_SEED }, SCALE, endless),
    playCell({ fault: 'endless_body', kind: 'integrations', seed: HARNESS_SEED }, SCALE, endless),
  ])
  expect(stalled.faults.join()).toContain(' ms of ')
  expect(flooded.faults.join()).toContain('it read ')
})
