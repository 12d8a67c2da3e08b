import { expect, test } from 'vitest'
import type { Bulk } from '#shared/contract/bulk'
import { ERRORS } from '#shared/errors'
import { setLanguage } from '#renderer/messages/translate.ts'
import { EMPTY_FORM, isNumberTyped, taskOf } from '#renderer/features/connections/bulk-form.ts'
import { paceOf, withSample } from '#renderer/features/connections/bulk-pace.ts'
import { filterTarget, isTooMany } from '#renderer/features/connections/bulk-target.ts'
import { leftOver, pauseWords, resultsCsv, rowWords, runFacts, runTitle } from '#renderer/features/connections/bulk-words.ts'
import { NO_FILTER } from '#renderer/features/connections/use-connection-list.ts'

const RUN: Bulk = {
  bulkId: 'blk_1',
  profileId: 'p1',
  action: 'refresh',
  state: 'running',
  retryOf: null,
  undoOf: null,
  canUndo: false,
  total: 500,
  counts: { done: 200, unchanged: 5, refused: 2, failed: 5, waiting: 288 },
  createdAt: '2026-01-02T03:04:05.000Z',
  startedAt: '2026-01-02T03:04:05.000Z',
  endedAt: null,
  pausedUntil: null,
  pauseReason: null,
  error: null,
}

test('a run says what it does to how many, what became of them, and why it waits', () => {
  expect(runTitle(RUN)).toBe('Refreshing 500 connections')
  expect(runFacts(RUN)).toBe('200 refreshed · 5 failed · 2 not possible · 5 with nothing to refresh · 288 to go')
  expect(pauseWords(RUN, 'Nango')).toBeNull()
  const until = '2026-01-02T03:05:06.000Z'
  const paused = { ...RUN, pausedUntil: until, pauseReason: 'nango.rate_limited' }
  expect(pauseWords(paused, 'Nango')).toMatch(/^Nango allows no more requests until \d\d:05:06\. 212 of 500 done; it goes on by itself\.$/)
  expect(pauseWords({ ...paused, pauseReason: 'vault.locked' }, 'Nango')).toMatch(/^The vault is locked\./)
  expect(pauseWords({ ...paused, pauseReason: 'nango.unreachable' }, 'Nango')).toMatch(/^Nango cannot be reached; next try at \d\d:05:06\./)
  expect(pauseWords({ ...RUN, state: 'waiting' }, 'Nango')).toBe('Waits for the run before it.')
  const ended: Bulk = { ...RUN, state: 'cancelled', endedAt: until }
  expect(runTitle(ended)).toBe('Stopped by you: refresh of 500 connections')
  expect(runFacts(ended)).toContain('288 not reached')
  expect(leftOver(ended)).toBe(295)
})

test('why a row ended is said from its facts in the language of the window, and the words of another are told apart', async () => {
  const refused = {
    error: { code: 'connection.refused', message: 'The service refused it at the last look. One look proves nothing.' },
    detail: { state: 'unknown', cause: 'refused_once', summary: 'The service refused it at the last look. One look proves nothing.' },
  }
  const revoked = {
    error: { code: 'connection.revoke_failed', message: 'The provider did not end access.' },
    detail: { outcome: 'failed' },
  }
  const table = { error: { code: 'connection.not_found', message: ERRORS['connection.not_found'].message }, detail: null }
  const foreign = { error: { code: 'nango.rejected', message: 'invalid tag "x"' }, detail: null }
  expect(rowWords(refused)).toEqual({ text: refused.error.message, isForeign: false })
  await setLanguage('de')
  expect(rowWords(refused)).toEqual({
    text: 'Der Dienst hat sie beim letzten Blick abgelehnt. Ein Blick beweist nichts.',
    isForeign: false,
  })
  expect(rowWords(revoked)).toEqual({ text: 'Der Dienst hat den Zugang nicht beendet.', isForeign: false })
  expect(rowWords(table)?.text).not.toBe(table.error.message)
  expect(rowWords(foreign)).toEqual({ text: 'invalid tag "x"', isForeign: true })
  expect(rowWords({ error: null, detail: { outcome: 'refreshed' } })).toBeNull()
  await setLanguage('en')
})

test('results are saved so that a spreadsheet takes none of them for a formula', () => {
  const row = (handle: string, message: string) => ({ handle, outcome: 'failed', error: { code: 'internal', message }, detail: null })
  expect(resultsCsv([row('=cmd()', 'said "no", twice')])).toBe(
    'handle,outcome,code,reason\r\n\'=cmd(),failed,internal,"said ""no"", twice"\r\n',
  )
})

test('an action is not begun before it is told what it needs', () => {
  expect(taskOf('label', EMPTY_FORM)).toBeNull()
  expect(taskOf('label', { ...EMPTY_FORM, isLabelTaken: true })).toEqual({ action: 'label', label: null })
  expect(taskOf('tag', EMPTY_FORM)).toBeNull()
  const tags = [
    { key: 'team', value: 'ops' },
    { key: ' ', value: '' },
  ]
  expect(taskOf('tag', { ...EMPTY_FORM, tags })).toEqual({ action: 'tag', tagMode: 'add', tags: { team: 'ops' } })
  expect(taskOf('tag', { ...EMPTY_FORM, tagMode: 'remove', tags })).toEqual({ action: 'tag', tagMode: 'remove', tagKeys: ['team'] })
  expect(taskOf('remove', { ...EMPTY_FORM, way: 'revoke' })).toEqual({ action: 'remove', revoke: true })
  expect([isNumberTyped('3,412', 3412), isNumberTyped('3 412', 3412), isNumberTyped('341', 3412), isNumberTyped('', 0)]).toEqual([
    true,
    true,
    false,
    false,
  ])
})

test('all is only meant where it is said, and single rows left out of very many cannot be named', () => {
  expect(filterTarget(NO_FILTER)).toEqual({ all: true })
  expect(filterTarget({ ...NO_FILTER, search: ' mail ', group: 'needs_you', unusedForDays: 90 })).toEqual({
    search: 'mail',
    group: 'needs_you',
    unusedForDays: 90,
  })
  expect(isTooMany({ kind: 'filter', except: new Set() }, 100_000)).toBe(false)
  expect(isTooMany({ kind: 'filter', except: new Set(['c1']) }, 100_000)).toBe(true)
  expect(isTooMany({ kind: 'filter', except: new Set(['c1']) }, 900)).toBe(false)
})

test('a pace is told once some seconds were seen, from the last minute alone', () => {
  const at = (seconds: number, ended: number) => ({ at: seconds * 1000, ended })
  expect(paceOf([at(0, 0), at(2, 10)], 100)).toBeNull()
  expect(paceOf([at(0, 0), at(30, 90)], 90)).toEqual({ perMinute: 180, leftMs: 30_000 })
  expect(withSample([at(0, 0), at(50, 10)], at(100, 20))).toEqual([at(50, 10), at(100, 20)])
})
