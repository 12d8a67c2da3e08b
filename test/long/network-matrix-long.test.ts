import { describe, expect, test } from 'vitest'
import { type CellReport, describeCell, KINDS, playCells } from '../reliability/network-cells.ts'
import { type Fault, FAULTS } from '../reliability/network-faults.ts'
import { count, HARNESS_SEED, sizeFrom } from '../reliability/seeded-random.ts'

const seeds = sizeFrom('PATCHBAY_NETWORK_SEEDS', 3)

const judge = (name: string, reports: readonly CellReport[]): void => {
  const bad = reports.filter(({ faults }) => faults.length > 0)
  const mebibytes = (values: readonly number[]): string => (Math.max(...values) / 1_048_576).toFixed(1)
  const read = mebibytes(reports.map(({ bytesRead }) => bytesRead))
  const grown = mebibytes(reports.map(({ rssBytes }) => rssBytes))
  count(`${name}: ${reports.length} played, ${bad.length} bad, at most ${read} MiB read and ${grown} MiB more memory`)
  for (const cell of bad) count(`  ${describeCell(cell)}`)
  expect(bad).toHaveLength(0)
}

test(`every fault of the network against every call, with ${seeds} seeds`, { timeout: 3_600_000 }, async () => {
  const cells = Array.from({ length: seeds }, (_, round) =>
    FAULTS.flatMap((fault, row) => KINDS.map((kind, column) => ({ fault, kind, seed: HARNESS_SEED + round * 1_000 + row * 7 + column }))),
  ).flat()
  judge('network cells', await playCells(cells, 1 / 20))
})

describe('at their true length', () => {
  const SLOW: readonly Fault[] = ['black_hole', 'tls_hang', 'stall', 'one_byte_at_a_time', 'endless_body', 'latency']

  test('the deadlines hold for one cell of each kind of waiting', { timeout: 300_000 }, async () => {
    const cells = SLOW.map((fault, index) => ({ fault, kind: KINDS[(HARNESS_SEED + index) % 4] ?? 'list', seed: HARNESS_SEED + index }))
    judge('network cells at true length', await playCells(cells, 1))
  })
})
