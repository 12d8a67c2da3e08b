import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatImportFile, parseImportFile, UnreadableFile } from '#shared/import-file'

const rows = (text: string) => parseImportFile(text).rows.map(({ line, values }) => [line, ...Object.values(values)])
const reasonOf = (text: string): unknown => {
  try {
    return parseImportFile(text).rows.length
  } catch (error) {
    return error instanceof UnreadableFile ? [error.reason, error.column] : error
  }
}

describe('a CSV file', () => {
  test('has its cells by column, and each row its line, also after cells of several lines', () => {
    const text = 'a,b\r\n1,"x, ""y"""\r\n2,"two\nlines"\r\n3,\r\n\r\n4,last'
    expect(rows(text)).toEqual([
      [2, '1', 'x, "y"'],
      [3, '2', 'two\nlines'],
      [5, '3', ''],
      [7, '4', 'last'],
    ])
  })

  test('may begin with a byte order mark, be separated by semicolons or tabs, and have short rows and empty last columns', () => {
    expect(parseImportFile('\ufeffa;b;\n1;2;\n')).toMatchObject({
      columns: ['a', 'b'],
      separator: ';',
      rows: [{ values: { a: '1', b: '2' } }],
    })
    expect(rows('a\tb\r1\t2')).toEqual([[2, '1', '2']])
    expect(rows('a,b\n1')).toEqual([[2, '1', '']])
  })

  test('tells rows that cannot be right, and reads on after them where it can', () => {
    const { rows: found } = parseImportFile('a,b\n1,2,3\n4,5\n6,"open\n7,8')
    expect(found.map(({ line, problem }) => [line, problem])).toEqual([
      [2, 'too_many_cells'],
      [3, null],
      [4, 'open_quote'],
    ])
  })

  test('cannot be read without rows, or with columns of the same or no name', () => {
    expect([reasonOf('\n \n'), reasonOf('a,b\n'), reasonOf('a,a\n1,2'), reasonOf('a,,b\n1,2,3')]).toEqual([
      ['empty', null],
      ['no_rows', null],
      ['double_column', 2],
      ['empty_column', 2],
    ])
  })

  test('comes back as it was written, whatever is in its cells', () => {
    const seed = Number(process.env['PATCHBAY_TEST_SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', ' ', 'ü', '\t'), maxLength: 6 })
    const table = fc.array(fc.record({ one: cell, two: cell.map((text) => `x${text}`) }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(table, fc.constantFrom(',', ';', '\t'), (given, separator) => {
        const text = formatImportFile({ format: 'csv', separator }, ['one', 'two'], given)
        expect(parseImportFile(text).rows.map(({ values }) => values)).toEqual(given)
      }),
      { seed },
    )
  })

  test('of ten thousand rows is read in no time that anybody would notice', () => {
    const text = `a,b\n${Array.from({ length: 10_000 }, (_, index) => `${index},"${'x'.repeat(500)}"`).join('\n')}`
    const begun = performance.now()
    expect(parseImportFile(text).rows).toHaveLength(10_000)
    expect(performance.now() - begun).toBeLessThan(5_000)
  })
})

describe('a JSON file', () => {
  test('is a list, a list under a name, one object, or one object a line', () => {
    const expected = [{ line: 1, values: { a: 1, b: { c: true } }, problem: null }]
    for (const text of ['[{"a":1,"b":{"c":true}}]', '{"connections":[{"a":1,"b":{"c":true}}]}', '{"a":1,"b":{"c":true}}'])
      expect(parseImportFile(text).rows).toEqual(expected)
    expect(parseImportFile('{"a":1}\n{"b":2}\n')).toMatchObject({ columns: ['a', 'b'], rows: [{ line: 1 }, { line: 2 }] })
  })

  test('tells elements that are no rows, and is unreadable where nothing in it is JSON', () => {
    expect(parseImportFile('[{"a":1},7]').rows[1]).toEqual({ line: 2, values: {}, problem: 'not_an_object' })
    expect(parseImportFile('{"a":1}\n{"b"').rows[1]).toMatchObject({ problem: 'not_an_object' })
    expect([reasonOf('{"a"'), reasonOf('[]')]).toEqual([
      ['bad_json', null],
      ['no_rows', null],
    ])
  })
})
