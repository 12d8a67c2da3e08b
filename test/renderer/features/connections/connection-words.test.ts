import { expect, test } from 'vitest'
import { type Connection, ConnectionStatus } from '#shared/contract/connections'
import { ERRORS } from '#shared/errors'
import { AUTH_ERROR } from '#core/connections/nango-facts'
import { setLanguage } from '#renderer/messages/translate.ts'
import { lacksOnlyScopes, troubleOf } from '#renderer/features/connections/connection-words.ts'
import { columnsFor } from '#renderer/features/connections/columns.ts'
import { eventWords } from '#renderer/features/connections/event-words.ts'
import { demoConnections } from '#test/renderer/demo-data'
import { PublicEventType } from '#shared/contract/events'

const now = new Date(2026, 10, 20, 14, 2, 0).getTime()
const one = (change: Partial<Connection>): Connection => {
  const [first] = demoConnections(now)
  if (first === undefined) throw new Error('no demo connection')
  return { ...first, ...change }
}

test('every status but connected and paused has a notice with at most one action', () => {
  for (const status of ConnectionStatus.options) {
    const trouble = troubleOf(one({ status }), 'Google Mail', now, false)
    if (status === 'connected' || status === 'paused') expect(trouble).toBeNull()
    else expect(trouble?.action).toEqual(expect.any(String))
  }
})

test('the notice carries the last answer and its time', () => {
  const lastError = { code: 'connection.refresh_failed', message: 'invalid_grant.', at: new Date(now).toISOString() }
  expect(troubleOf(one({ status: 'attention', lastError }), 'Google Mail', now, false)?.body).toContain('At 14:02: invalid_grant.')
})

test('an answer that only repeats the title gives its time alone, and one of the table of errors is in the language of the window', async () => {
  const at = new Date(now).toISOString()
  const body = (code: string, message: string): string =>
    troubleOf(one({ status: 'attention', lastError: { code, message, at } }), 'Google Mail', now, false)?.body ?? ''
  expect(body(AUTH_ERROR.code, AUTH_ERROR.message)).toMatch(/each of them\. Noticed at 14:02\.$/)
  await setLanguage('de')
  try {
    expect(body('connection.refresh_failed', ERRORS['connection.refresh_failed'].message)).toMatch(/ Bemerkt um 14:02\.$/)
    expect(body('nango.unreachable', ERRORS['nango.unreachable'].message)).not.toContain(ERRORS['nango.unreachable'].message)
    expect(body('nango.unreachable', 'ECONNREFUSED')).toMatch(/Um 14:02: ECONNREFUSED$/)
  } finally {
    await setLanguage('en')
  }
})

test('missing scopes alone leave it working; where it was refused too, the notice says so', () => {
  const scopes = { requested: ['a', 'b'], granted: ['a'] }
  const lastError = { code: 'connection.refresh_failed', message: 'invalid_grant.', at: new Date(now).toISOString() }
  const short = one({ status: 'attention', scopes, lastError: null })
  const refused = one({ status: 'attention', scopes, lastError })
  expect([short, refused, one({ status: 'connected', scopes, lastError: null })].map(lacksOnlyScopes)).toEqual([true, false, false])
  expect(troubleOf(short, 'Jira', now, false)?.body).toBe('Missing: b.')
  expect(troubleOf(refused, 'Jira', now, false)?.body).toBe('Missing: b. At 14:02: invalid_grant.')
})

test('offline, what is unknown needs no notice of its own', () => {
  expect(troubleOf(one({ status: 'unknown' }), 'Zendesk', now, true)).toBeNull()
})

test('connection and status are shown at every width, and the panel never takes them away', () => {
  for (const [isWide, isFull] of [
    [false, false],
    [true, false],
    [true, true],
  ] as const) {
    for (const hasPanel of [true, false])
      expect(columnsFor(isWide, isFull, hasPanel)).toEqual(expect.arrayContaining(['connection', 'status']))
  }
})

test('another account than the one known is told as that, and is to be decided upon', () => {
  const lastError = { code: 'connection.identity_mismatch', message: 'Another account', at: new Date(now).toISOString() }
  const told = troubleOf(one({ status: 'attention', lastError, scopes: { requested: null, granted: null } }), 'GitHub', now, false)
  expect(told).toMatchObject({ title: 'A different account answered', action: 'decide' })
  expect(told?.body).not.toContain('password')
})

test('every public event has words, and codes are shown apart from them', () => {
  for (const type of PublicEventType.options) {
    expect(eventWords({ sequence: 1, type, at: new Date(now).toISOString(), data: {} }).words).not.toBe('')
  }
  const refreshed = {
    sequence: 1,
    type: 'connection.refreshed' as const,
    at: new Date(now).toISOString(),
    data: { expiresAt: new Date(now + 3_600_000).toISOString() },
  }
  expect(eventWords(refreshed).words).toBe('Refreshed, valid for 1 h')
  expect(eventWords({ sequence: 1, type: 'connection.attention', at: new Date(now).toISOString(), data: { code: 'x.y' } }).code).toBe('x.y')
  const changed = (what: unknown) => eventWords({ ...refreshed, type: 'connection.updated', data: { changed: what } }).words
  expect(changed(['tags'])).toBe('Tags changed')
  expect(changed(['tags', 'label'])).toBe('Changed')
  expect(changed('tags')).toBe('Changed')
})
