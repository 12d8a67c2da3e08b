import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { csvCell } from '#core/bulk/connection-export'
import { parseImportFile } from '#shared/import-file'
import { type BulkWorld, ended, numbered, seedAccounts, startBulkWorld } from './bulk-world.ts'

const seed = Number(process.env['PATCHBAY_TEST_SEED'] ?? Date.now() % 1_000_000_000)

describe('cells of an export', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+49', "'+49"],
    ['-1', "'-1"],
    ['@cmd', "'@cmd"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['田中 🚀', '田中 🚀'],
    [null, ''],
    [['repo', 'user'], 'repo user'],
    [{ team: 'ops' }, '"{""team"":""ops""}"'],
  ])('%j is written as %j', (value, cell) => {
    expect(csvCell(value)).toBe(cell)
  })

  test(`are read again as they were, and none begins as a formula does (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const cell = csvCell(text)
        const { rows } = parseImportFile(`column\r\n"x"\r\n${cell === '' ? '""' : cell}\r\n`)
        const value = String(rows[1]?.values['column'] ?? '')
        expect([text, `'${text}`]).toContain(value)
        expect(value).not.toMatch(/^[=+\-@\t\r]/)
      }),
      { seed, numRuns: 100, examples: [['=HYPERLINK("x")'], ['\n=1'], ['"=1"']] },
    )
  })
})

describe('an export', () => {
  let world: BulkWorld
  beforeEach(async () => {
    world = await startBulkWorld()
  })
  afterEach(() => world.stop())

  test('is one CSV or JSON file in pieces, without what is gone meanwhile and without a secret', async () => {
    await seedAccounts(world, numbered('a', 520))
    const { cli } = world.core
    await cli.connections.update({ connectionId: 'github/a-003', label: '=cmd|calc', notes: 'first\nsecond, "third"' })
    const { bulk } = await cli.bulk.start({ action: 'export', connectorId: 'github' })
    const bulkId = (await ended(world.core, bulk)).bulkId
    await cli.connections.remove({ connectionId: 'github/a-000', forgetOnly: true })
    const whole = async (format: 'csv' | 'json'): Promise<{ text: string; pieces: number }> => {
      let text = ''
      let pieces = 0
      let cursor: string | undefined
      do {
        const piece = await cli.bulk.export({ bulkId, format, ...(cursor && { cursor }) })
        text += piece.text
        pieces += 1
        cursor = piece.nextCursor ?? undefined
      } while (cursor !== undefined)
      return { text, pieces }
    }
    const csv = await whole('csv')
    expect(csv.pieces).toBe(3)
    const { rows, columns } = parseImportFile(csv.text)
    expect(rows).toHaveLength(519)
    expect(columns.slice(0, 3)).toEqual(['handle', 'connectorId', 'label'])
    const row = rows.find(({ values }) => values['handle'] === 'github/a-003')?.values
    expect([row?.['label'], row?.['notes']]).toEqual(["'=cmd|calc", 'first\nsecond, "third"'])
    const list = JSON.parse((await whole('json')).text) as readonly Record<string, unknown>[]
    expect(list).toHaveLength(519)
    expect(list.find(({ handle }) => handle === 'github/a-003')).toMatchObject({ label: '=cmd|calc', tags: { team: 'ops' } })
    expect(csv.text).not.toMatch(/old-a-|access_token/)
  })
})
