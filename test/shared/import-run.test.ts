import { expect, test } from 'vitest'
import { parseImportFile } from '#shared/import-file'
import { type ImportAnswer, mergeResults, previewImport, PreviewStopped, rejectedFile, runImport, type SendRow } from '#shared/import-run'

const fileOf = (count: number, cell = 'x') =>
  parseImportFile(`id,key\n${Array.from({ length: count }, (_, index) => `c${index},${cell}`).join('\n')}`)

const resultOf = ({ line, values }: SendRow) => ({
  line,
  outcome: 'create' as const,
  handle: null,
  integrationId: 'n8n',
  nangoConnectionId: String(values['id']),
  reason: null,
})

const answering = (rows: SendRow[]): Promise<ImportAnswer> =>
  Promise.resolve({ mapping: [{ column: 'key', field: 'apiKey', isSecret: true }], results: rows.map(resultOf), stopped: null })

test('a slice fits into a message of the host, whatever the letters, and no row is lost or sent twice', async () => {
  const file = fileOf(30, 'ü€😀'.repeat(12_000))
  const lines: number[] = []
  const { results } = await previewImport(file.rows, (rows) => {
    expect(Buffer.byteLength(JSON.stringify(rows))).toBeLessThan(1_000_000)
    lines.push(...rows.map(({ line }) => line))
    return answering(rows)
  })
  expect(lines).toEqual(file.rows.map(({ line }) => line))
  expect(results).toHaveLength(30)
})

test('two rows about one connection are told though they travel in different slices', async () => {
  const file = parseImportFile(`id\n${Array.from({ length: 150 }, (_, index) => (index === 149 ? 'c0' : `c${index}`)).join('\n')}`)
  const { results } = await previewImport(file.rows, answering)
  expect(results.filter(({ outcome }) => outcome === 'refused')).toMatchObject([{ line: 151, reason: { code: 'duplicate' } }])
})

test('a run waits where Nango asks for it and goes on with the rows that are left; a stop is heard between two slices', async () => {
  const file = fileOf(50)
  const waited: number[] = []
  let calls = 0
  const limited = async (rows: SendRow[]): Promise<ImportAnswer> => {
    const answer = await answering(rows)
    calls += 1
    if (calls !== 2) return answer
    return { ...answer, results: answer.results.slice(0, 5), stopped: { code: 'nango.rate_limited', message: 'Slowly.', retryInMs: 30 } }
  }
  const whole = await runImport(file.rows, limited, {
    wait: (milliseconds) => {
      waited.push(milliseconds)
      return Promise.resolve()
    },
  })
  expect([whole.results.length, new Set(whole.results.map(({ line }) => line)).size, waited]).toEqual([50, 50, [30]])
  let done = 0
  const part = await runImport(file.rows, answering, {
    wait: () => Promise.resolve(),
    isStopped: () => done > 0,
    onProgress: (count) => {
      done = count
    },
  })
  expect([part.results.length, part.stopped]).toEqual([20, null])
  const merged = mergeResults((await previewImport(file.rows, answering)).results, part.results)
  expect(merged.filter(({ outcome }) => outcome === 'not_tried')).toHaveLength(30)
})

test('a preview that the host stops says why', async () => {
  const stop = { code: 'nango.unreachable', message: 'Gone.', retryInMs: null }
  await expect(previewImport(fileOf(1).rows, () => Promise.resolve({ mapping: [], results: [], stopped: stop }))).rejects.toSatisfy(
    (error: unknown) => error instanceof PreviewStopped && error.stop === stop,
  )
})

test('the file of what did not go in has the secrets only where they are wanted', async () => {
  const file = fileOf(2, 'canary')
  const { results } = await previewImport(file.rows, answering)
  const refused = results.map((result) => ({ ...result, outcome: 'refused' as const }))
  const mapping = [
    { column: 'id', field: 'connection_id', isSecret: false },
    { column: 'key', field: 'apiKey', isSecret: true },
  ]
  const reasonOf = () => 'Because.'
  expect(rejectedFile(file, mapping, refused, { withSecrets: false, reasonOf })).not.toContain('canary')
  expect(rejectedFile(file, mapping, refused, { withSecrets: true, reasonOf })).toContain('c1,canary,3,Because.')
  expect(rejectedFile(file, mapping, results, { withSecrets: true, reasonOf })).toBeNull()
})
