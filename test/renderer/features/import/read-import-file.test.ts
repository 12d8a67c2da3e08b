import { expect, test } from 'vitest'
import { IMPORT_LIMITS, readImportFile } from '#renderer/features/import/read-import-file.ts'

const read = (content: string | Uint8Array<ArrayBuffer>) => readImportFile(new File([content], 'accounts.csv'))

test('CSV and JSON are read, a byte order mark and foreign letters included', async () => {
  expect(await read('\uFEFFname;api_key\r\nMüller;k')).toMatchObject({
    format: 'csv',
    rows: [{ values: { name: 'Müller', api_key: 'k' } }],
  })
  expect(await read('[{"connector":"n8n"}]')).toMatchObject({ format: 'json', rows: [{ values: { connector: 'n8n' } }] })
})

test('what cannot be read is told by its kind and its column, and nothing of it comes along', async () => {
  for (const [content, problem] of [
    ['', { reason: 'empty', column: null }],
    ['canary,canary\n1,2', { reason: 'double_column', column: 2 }],
    ['[{"canary', { reason: 'bad_json', column: null }],
    [`a,${'b'.repeat(IMPORT_LIMITS.columnName + 1)}\n1,2`, { reason: 'long_column', column: 2 }],
    [new Uint8Array([0x50, 0x4b, 0x03, 0x04]), { reason: 'spreadsheet', column: null }],
    // `Müller` as older spreadsheets write it.
    [new Uint8Array([0x61, 0x0a, 0x4d, 0xfc, 0x6c]), { reason: 'not_text', column: null }],
    ['a\n\u0000', { reason: 'not_text', column: null }],
  ] as const)
    expect(await read(content)).toEqual(problem)
})

test('what is too large is not read at all', async () => {
  const tooLarge = { size: IMPORT_LIMITS.bytes + 1, arrayBuffer: () => Promise.reject(new Error('it was read')) }
  expect(await readImportFile(tooLarge)).toEqual({ reason: 'too_large', column: null })
  expect(await read(`a\n${'1\n'.repeat(IMPORT_LIMITS.rows + 1)}`)).toEqual({ reason: 'too_many_rows', column: null })
  const columns = Array.from({ length: IMPORT_LIMITS.columns + 1 }, (_, index) => `c${index}`).join(',')
  expect(await read(`${columns}\n1`)).toEqual({ reason: 'too_many_columns', column: null })
})
