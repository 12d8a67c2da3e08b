import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readLogLine, readLogLines } from '#core/health/log-reader'
import { createLog, inAttempt, openLogFile } from '#core/log'

describe('reading the log', () => {
  let folder: string
  const file = (): string => join(folder, 'logs', 'patchbay.log')
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-log-'))
    mkdirSync(join(folder, 'logs'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const line = (index: number, more: object = {}): string =>
    `${JSON.stringify({ at: new Date(1_800_000_000_000 + index * 1000).toISOString(), level: 'info', event: `event.${index}`, ...more })}\n`
  const eventsOf = (lines: readonly { readonly event: string }[]): string[] => lines.map(({ event }) => event)

  test('is newest first, page by page over the rotated file, each line once', () => {
    writeFileSync(`${file()}.1`, Array.from({ length: 700 }, (_, index) => line(index, { pad: 'x'.repeat(200) })).join(''))
    writeFileSync(file(), Array.from({ length: 50 }, (_, index) => line(700 + index)).join(''))
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = readLogLines(folder, { limit: 60, cursor })
      seen.push(...eventsOf(page.lines))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(seen).toEqual(Array.from({ length: 750 }, (_, index) => `event.${749 - index}`))
  })

  test('goes on where it was when the file is rotated between two pages', () => {
    writeFileSync(file(), Array.from({ length: 20 }, (_, index) => line(index)).join(''))
    const first = readLogLines(folder, { limit: 5 })
    renameSync(file(), `${file()}.1`)
    writeFileSync(file(), line(20))
    const second = readLogLines(folder, { limit: 5, cursor: first.nextCursor ?? '' })
    expect(eventsOf(second.lines)).toEqual(['event.14', 'event.13', 'event.12', 'event.11', 'event.10'])
    rmSync(`${file()}.1`)
    expect(readLogLines(folder, { limit: 5, cursor: second.nextCursor ?? '' })).toEqual({ lines: [], nextCursor: null })
  })

  test('keeps to a level and the graver ones, to a word, and to one attempt', () => {
    writeFileSync(
      file(),
      [
        line(1, { level: 'debug' }),
        line(2, { level: 'warn', attemptId: 'flw_1' }),
        line(3, { level: 'error', reference: 'abc123' }),
        line(4, { flowId: 'flw_1' }),
      ].join(''),
    )
    expect(eventsOf(readLogLines(folder, { level: 'warn', limit: 10 }).lines)).toEqual(['event.3', 'event.2'])
    expect(eventsOf(readLogLines(folder, { search: 'ABC123', limit: 10 }).lines)).toEqual(['event.3'])
    expect(eventsOf(readLogLines(folder, { attemptId: 'flw_1', limit: 10 }).lines)).toEqual(['event.4', 'event.2'])
  })

  test('shows a torn line as it stands and is not led astray by hostile ones', () => {
    writeFileSync(file(), `${line(1)}${'\u001b[2J\u202e'.repeat(3)}<script>\n[1,2]\n{"at":5,"level":"loud","event":{"a":1}}\n{"at":"2026`)
    const { lines } = readLogLines(folder, { limit: 10 })
    expect(lines.map(({ event, level, at }) => [event, level, at === null])).toEqual([
      ['unreadable', null, true],
      ['unnamed', null, true],
      ['unreadable', null, true],
      ['unreadable', null, true],
      ['event.1', 'info', false],
    ])
    expect(readLogLine(`{"event":"${'x'.repeat(5000)}"}`, '1:1').event).toHaveLength(200)
  })

  test('reads a bounded piece of a long log at once and says where to go on', () => {
    const block = line(1, { pad: 'x'.repeat(1500) }).repeat(200)
    for (let count = 0; count < 18; count += 1) appendFileSync(file(), block)
    const page = readLogLines(folder, { search: 'never written', limit: 10 })
    expect(page.lines).toEqual([])
    expect(page.nextCursor).not.toBeNull()
    expect(readLogLines(folder, { search: 'never written', limit: 10, cursor: page.nextCursor ?? '' }).nextCursor).toBeNull()
  })

  test('without a log there is nothing, and that is no error', () => {
    expect(readLogLines(join(folder, 'nowhere'), { limit: 10 })).toEqual({ lines: [], nextCursor: null })
  })

  test('every line written during an attempt carries its id, also what it left running', async () => {
    const log = createLog('info', openLogFile(folder))
    const later = inAttempt('flw_2', async () => {
      log.info('during')
      await new Promise((resolve) => setImmediate(resolve))
      log.info('afterwards')
    })
    log.info('outside')
    await later
    expect(eventsOf(readLogLines(folder, { attemptId: 'flw_2', limit: 10 }).lines)).toEqual(['afterwards', 'during'])
  })
})
