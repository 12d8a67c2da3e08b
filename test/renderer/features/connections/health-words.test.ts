import { expect, test } from 'vitest'
import type { ConnectionHealth } from '#shared/contract/connection-health'
import { LIFETIME_RULES } from '#core/connections/known-lifetimes'
import { provedTrouble } from '#renderer/features/connections/health-trouble.ts'
import { evidenceWords, ruleWords, stateWords } from '#renderer/features/connections/health-words.ts'
import { isUnused } from '#renderer/features/connections/unused.ts'

const now = Date.parse('2026-11-21T10:00:00Z')
const ago = (days: number): string => new Date(now - days * 86_400_000).toISOString()
const health = (cause: ConnectionHealth['cause']): ConnectionHealth => ({
  connectionId: 'c1',
  handle: 'github/work',
  state: 'last_known',
  verifiedAt: ago(2),
  checkedAt: ago(0),
  probe: 'GET /user',
  cause,
  summary: '',
  evidence: [],
  next: { action: 'none', words: '' },
  missingScopes: null,
  lifetime: null,
})

test('health has three values, each with its time', () => {
  expect(stateWords({ state: 'verified', verifiedAt: ago(2) }, now)).toBe('Verified 2 d ago')
  expect(stateWords({ state: 'last_known', verifiedAt: ago(2) }, now)).toBe('Last known: it worked 2 d ago')
  expect(stateWords({ state: 'unknown', verifiedAt: null }, now)).toBe('Unknown: nobody has seen it work yet')
})

test('one look proves nothing; what two have proved has a notice with its one next step', () => {
  for (const cause of ['refused_once', 'down_once', 'not_renewed', 'well'] as const)
    expect(provedTrouble(health(cause), 'GitHub', 'Nango')).toBeNull()
  expect(provedTrouble(health('refused'), 'GitHub', 'Nango')).toMatchObject({
    title: 'GitHub refuses this connection',
    action: 'reconnect',
  })
  expect(provedTrouble(health('provider_down'), 'GitHub', 'Nango')).toMatchObject({ tone: 'error', action: 'verify' })
  expect(provedTrouble(health('gone_at_nango'), 'GitHub', 'Nango')).toMatchObject({ action: 'look-again' })
})

test('what a look saw is said with the status of its answer, and what Nango said stays in its own words', () => {
  const seen = { at: ago(0), httpStatus: 401, words: 'x' } as const
  expect(evidenceWords({ ...seen, kind: 'probe', outcome: 'unauthorized' })).toBe('The service refused the credentials: 401')
  expect(evidenceWords({ ...seen, kind: 'nango', outcome: null })).toBeNull()
})

test('every rule by which a service ends access has its words in the window', () => {
  for (const { rule, condition } of LIFETIME_RULES) expect(ruleWords({ rule, condition })).toEqual({ text: condition, isForeign: false })
  expect(ruleWords({ rule: 'new', condition: 'So it is.' })).toEqual({ text: 'So it is.', isForeign: true })
})

test('a connection is unused once it is older than 90 days and nobody was seen to use it in that time', () => {
  expect(isUnused({ createdAt: ago(91), lastUsedAt: null }, now)).toBe(true)
  expect(isUnused({ createdAt: ago(200), lastUsedAt: ago(91) }, now)).toBe(true)
  expect(isUnused({ createdAt: ago(200), lastUsedAt: ago(3) }, now)).toBe(false)
  expect(isUnused({ createdAt: ago(3), lastUsedAt: null }, now)).toBe(false)
})
