import { describe, expect, test } from 'vitest'
import type { AuditEntry } from '#shared/contract/audit'
import type { LiveCall } from '#shared/contract/grants'
import { auditParams, isFiltered, NO_FILTER } from '#renderer/features/automation/audit-filter.ts'
import { auditRows, entryFrom } from '#renderer/features/automation/audit-lines.ts'
import { dayHead, verdictWords } from '#renderer/features/automation/audit-words.ts'
import { questionsOf } from '#renderer/features/automation/approval-queue.ts'
import { placeOf } from '#renderer/features/automation/automation-place.ts'

const entry = (sequence: number, at: string): AuditEntry => ({
  sequence,
  at,
  caller: 'automation',
  via: 'socket',
  clientId: 'clt_1',
  clientName: 'notes',
  grantId: null,
  program: null,
  pid: null,
  method: 'connections.get',
  profileId: null,
  connectionId: null,
  handle: null,
  target: null,
  outcome: 'done',
  code: null,
  durationMs: 1,
  count: 1,
})
const local = (day: number, hour: number): string => new Date(2026, 10, day, hour).toISOString()
const call = (callId: string, startedAt: string, state: LiveCall['state'] = 'waiting'): LiveCall => ({
  callId,
  state,
  clientId: 'clt_1',
  clientName: 'notes',
  method: 'connections.request',
  connectionId: null,
  handle: null,
  target: null,
  program: null,
  pid: null,
  details: null,
  startedAt,
  answerBy: state === 'waiting' ? startedAt : null,
})

describe('the lists of Automations', () => {
  test('lines of the audit stand under their day, and the keyboard steps over the heads', () => {
    const rows = auditRows([entry(3, local(21, 9)), entry(2, local(21, 8)), entry(1, local(20, 23))])
    expect(rows.map(({ kind }) => kind)).toEqual(['day', 'entry', 'entry', 'day', 'entry'])
    expect(entryFrom(rows, -1, 1)).toBe(1)
    expect(entryFrom(rows, 2, 1)).toBe(4)
    expect(entryFrom(rows, 4, -2)).toBe(1)
    expect(entryFrom(rows, 1, 100)).toBe(4)
    expect(entryFrom(rows, 4, 1)).toBeNull()
    const now = new Date(2026, 10, 21, 12).getTime()
    expect(dayHead(local(21, 9), now)).toBe('Today, Saturday 21 November')
    expect(dayHead(local(20, 9), now)).toBe('Yesterday, Friday 20 November')
  })

  test('a filter asks for what it names, and for a span since the moment it was chosen', () => {
    const now = Date.parse('2026-11-21T20:00:00.000Z')
    expect(auditParams(NO_FILTER, now)).toEqual({})
    expect(isFiltered(NO_FILTER)).toBe(false)
    expect(auditParams({ ...NO_FILTER, outcome: 'denied', span: 'hour' }, now)).toEqual({
      outcome: 'denied',
      since: '2026-11-21T19:00:00.000Z',
    })
  })

  test('what waits is asked for the oldest first; a call that runs is no question', () => {
    const calls = [call('b', local(21, 9)), call('a', local(21, 8)), call('c', local(21, 7), 'running')]
    expect(questionsOf([], calls).map(({ id }) => id)).toEqual(['a', 'b'])
  })

  test('an address leads to a tab, a grant, or the audit of one thing; one that leads nowhere to the grants', () => {
    expect(placeOf('/automations')).toMatchObject({ tab: 'grants', grantId: null })
    expect(placeOf('/automations/grant/grt_1')).toMatchObject({ tab: 'grants', grantId: 'grt_1' })
    expect(placeOf('/automations/audit/connection/con_1')).toMatchObject({ tab: 'audit', auditOf: { kind: 'connection', id: 'con_1' } })
    expect(placeOf('/automations/take-back-all')).toMatchObject({ asksTakeBackAll: true })
    expect(placeOf('/automations/elsewhere/%E0%A4%A')).toMatchObject({ tab: 'grants', auditOf: null })
  })

  test('checking the audit says that it is whole, or how many lines are not as they were', () => {
    const whole = { isIntact: true, checked: 18_452, firstSequence: 1, lastSequence: 18_452, faults: [] }
    expect(verdictWords(whole)).toBe('All 18,452 lines are as they were written, numbered without a gap from 1 to 18,452.')
    expect(verdictWords({ ...whole, checked: 0, firstSequence: null, lastSequence: null })).toBe('There is nothing to check yet.')
    expect(verdictWords({ ...whole, isIntact: false, faults: [{ sequence: 7, kind: 'changed' }] })).toBe(
      'The audit is not as it was written: one fault in 18,452 lines.',
    )
  })
})
