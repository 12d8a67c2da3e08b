import { describe, expect, test } from 'vitest'
import type { Grant } from '#shared/contract/grants'
import { approvalOf, firstAnswer, lessOf, obstacleOf } from '#renderer/features/automation/card-answer.ts'

const covered = (connectionId: string): Grant['covered'][number] => ({
  connectionId,
  handle: `github/${connectionId}`,
  connectorId: 'github',
  label: null,
  status: 'connected',
})

const grant: Grant = {
  grantId: 'grt_1',
  clientId: 'clt_1',
  state: 'waiting',
  endedBecause: null,
  profileId: 'prof_1',
  verbs: ['read', 'request', 'secret'],
  connections: { kind: 'connectors', connectorIds: ['github'] },
  limits: { rules: [], callsPerMinute: null, callsPerDay: null },
  asksEachTime: false,
  term: 'session',
  endsAt: null,
  clientName: 'notes',
  purpose: 'To read.',
  keyFingerprint: '0123456789abcdef',
  program: null,
  via: 'socket',
  isKnown: false,
  covered: [covered('a'), covered('b')],
  coveredCount: 2,
  unknownReferences: [],
  requestedAt: '2026-11-21T20:00:00.000Z',
  approvableAt: '2026-11-21T20:00:00.800Z',
  answerBy: '2026-11-21T20:01:00.000Z',
  approvedAt: null,
  endedAt: null,
  restorableUntil: null,
  lastCallAt: null,
  callsToday: 0,
}
const first = firstAnswer(grant)

describe('what a card is answered with', () => {
  test('a yes as the card opens never gives the credential, and says which verbs it gives', () => {
    expect(approvalOf(grant, first)).toEqual({ grantId: 'grt_1', verbs: ['read', 'request'], asksEachTime: false, term: 'session' })
    expect(lessOf(grant, first)).toBe('verbs')
    expect(lessOf(grant, { ...first, verbs: new Set(grant.verbs) })).toBe('all')
  })

  test('who leaves one connection out, or those to come, gives those that are left and no more', () => {
    const less = { ...first, without: new Set(['b']), isOpenEnded: false }
    expect(approvalOf(grant, less).connections).toEqual({ kind: 'some', connectionIds: ['a'] })
    expect(approvalOf(grant, { ...first, isOpenEnded: false }).connections).toEqual({ kind: 'some', connectionIds: ['a', 'b'] })
    expect(lessOf(grant, less)).toBe('less')
    const named: Grant = { ...grant, connections: { kind: 'some', connectionIds: ['a', 'b'] } }
    expect(approvalOf(named, firstAnswer(named)).connections).toBeUndefined()
  })

  test('a yes to nothing is none', () => {
    expect(obstacleOf(grant, { ...first, verbs: new Set() })).toBe('verbs')
    expect(obstacleOf(grant, { ...first, without: new Set(['a', 'b']), isOpenEnded: false })).toBe('connections')
    expect(obstacleOf({ ...grant, covered: [] }, first)).toBeNull()
    expect(obstacleOf(grant, first)).toBeNull()
  })
})
