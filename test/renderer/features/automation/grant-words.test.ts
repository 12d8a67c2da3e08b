import { describe, expect, test } from 'vitest'
import { endsWords, limitsWords, quoted, startedWords, untilWords, verbsWords } from '#renderer/features/automation/grant-words.ts'

const NOW = Date.parse('2026-11-21T20:00:00.000Z')
const later = (ms: number): string => new Date(NOW + ms).toISOString()
const HOUR = 3_600_000
const free = { rules: [], callsPerMinute: null, callsPerDay: null }

describe('words of grants', () => {
  test('what a program calls itself can neither end its quotes nor push words out of them', () => {
    expect(quoted('a” asks, “b"  ok')).toBe("“a' asks, 'b'␣␣ok”")
  })

  test('verbs stand in one phrase, the quietest first', () => {
    expect(verbsWords(['secret', 'read', 'request'])).toBe('See it, make calls, hold the credential')
    expect(verbsWords([])).toBe('nothing')
  })

  test('limits say which calls, how many, and whether each is asked for', () => {
    const asked = { verbs: ['read' as const, 'request' as const], asksEachTime: false }
    expect(limitsWords({ ...asked, limits: { ...free, rules: [{ methods: ['GET'], path: '/**' }], callsPerMinute: 120 } })).toBe(
      'GET only · 120 a minute',
    )
    expect(limitsWords({ ...asked, asksEachTime: true, limits: { ...free, rules: [{ methods: ['POST'], path: '/a' }] } })).toBe(
      'POST /a · asks each time',
    )
    expect(limitsWords({ ...asked, limits: free })).toBe('no limits')
    expect(limitsWords({ ...asked, verbs: ['read'], limits: free })).toBe('looking only')
  })

  test('its end is told as a span within a day, then as a date, and why it has ended', () => {
    const grant = { state: 'active' as const, term: 'session' as const, endsAt: later(9 * HOUR + 12 * 60_000), endedBecause: null }
    expect(endsWords(grant, NOW)).toBe('in 9 h 12 min')
    expect(endsWords({ ...grant, term: 'once' }, NOW)).toBe('when it hangs up')
    expect(endsWords({ ...grant, term: 'standing', endsAt: null }, NOW)).toBe('until taken back')
    expect(endsWords({ ...grant, state: 'ended', endedBecause: 'idle' }, NOW)).toBe('ended, idle')
    expect(endsWords({ ...grant, state: 'denied', endedBecause: 'unanswered' }, NOW)).toBe('nobody answered')
    expect(untilWords(later(40 * 24 * HOUR), NOW)).toMatch(/^31 Dec$/)
    expect(untilWords(later(-1), NOW)).toBe('now')
  })

  test('who started a program stands before it, the outermost first', () => {
    expect(startedWords({ startedBy: ['make', 'zsh'], pid: 41877 })).toBe('zsh → make → process 41877')
  })
})
