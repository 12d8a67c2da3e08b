import { afterEach, describe, expect, test } from 'vitest'
import type { Grant, LiveCall } from '#shared/contract/grants'
import { type Answer, type ScriptedHost, startScriptedHost } from './scripted-host.ts'

const soon = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString()
const HOSTILE = '\u001b[2J\u009b31m\u202e\u0007"\nAllow? [y/N] y\r   \u2800\u2800 May'

const covered = (handle: string): Grant['covered'][number] => ({
  connectionId: `con_${handle.replace('/', '_')}`,
  handle,
  connectorId: handle.split('/')[0] ?? '',
  label: null,
  status: 'connected',
})

const grantWith = (over: Partial<Grant> = {}): Grant => ({
  grantId: 'grn_1',
  clientId: 'clt_1',
  state: 'waiting',
  endedBecause: null,
  profileId: 'prf_1',
  verbs: ['read', 'request'],
  connections: { kind: 'some', connectionIds: ['con_github_work', 'con_slack_team'] },
  limits: {
    rules: [
      { methods: ['GET', 'POST'], path: '/repos/**' },
      { methods: ['DELETE'], path: '/gists/*' },
    ],
    callsPerMinute: 60,
    callsPerDay: null,
  },
  asksEachTime: false,
  term: 'session',
  endsAt: null,
  clientName: 'Release notes',
  purpose: 'To read what was merged',
  keyFingerprint: '0123456789abcdef',
  program: {
    pid: 4242,
    path: '/home/me/bin/notes.py',
    interpreter: '/usr/bin/python3.13',
    startedBy: ['bash', 'gnome-terminal'],
    changedAt: soon(-180),
  },
  via: 'socket',
  isKnown: false,
  covered: [covered('github/work'), covered('slack/team')],
  coveredCount: 2,
  unknownReferences: ['gitlab/gone'],
  requestedAt: soon(-3),
  approvableAt: soon(-2),
  answerBy: soon(57.5),
  approvedAt: null,
  endedAt: null,
  restorableUntil: null,
  lastCallAt: null,
  callsToday: 0,
  ...over,
})

const callWith = (over: Partial<LiveCall> = {}): LiveCall => ({
  callId: 'cal_1',
  state: 'waiting',
  clientId: 'clt_1',
  clientName: 'Release notes',
  method: 'connections.request',
  connectionId: 'con_1',
  handle: 'github/work',
  target: 'POST /repos',
  program: '/home/me/bin/notes',
  pid: 4242,
  details: 'body: {"name":"x"}',
  startedAt: soon(-1),
  answerBy: soon(50),
  ...over,
})

let host: ScriptedHost
afterEach(() => host.stop())

/** A host with these grants; what is approved comes back as it was asked, in force. */
const hostWith = async (grants: readonly Grant[], other: (method: string) => Answer | undefined = () => undefined) => {
  host = await startScriptedHost((method, params) => {
    const told = other(method)
    if (told !== undefined) return told
    if (method === 'grants.list')
      return {
        result: { grants: grants.filter(({ state }) => [undefined, state].includes(params['state'] as Grant['state'])), isPaused: false },
      }
    if (method === 'grants.approve') return { result: { ...grants[0], ...params, state: 'active' } }
    return { error: 'grant.not_found' }
  })
  return host
}
const called = (method: string) => host.calls.filter(([name]) => name === method).map(([, params]) => params)

describe('patchbay grants list', () => {
  test('is a table with those that wait first, and with --json the result as it came', async () => {
    const grants = [
      grantWith(),
      grantWith({
        grantId: 'grn_2',
        state: 'active',
        connections: { kind: 'connectors', connectorIds: ['github'] },
        verbs: ['read'],
        limits: { rules: [], callsPerMinute: null, callsPerDay: null },
        term: 'standing',
        lastCallAt: soon(-120),
      }),
      grantWith({ grantId: 'grn_3', state: 'active', connections: { kind: 'tag', tag: 'dev' }, term: 'once', asksEachTime: true }),
      grantWith({ grantId: 'grn_4', state: 'ended', endedBecause: 'idle', endedAt: soon(-7200), connections: { kind: 'all' } }),
    ]
    await hostWith(grants)
    const { out } = await host.patchbay('grants list')
    const lines = out.split('\n').map((line) => line.split(/ {2,}/))
    expect(lines).toEqual([
      ['GRANT', 'STATE', 'PROGRAM', 'CONNECTIONS', 'MAY', 'LAST CALL', 'ENDS'],
      [
        'grn_1',
        'waiting',
        '"Release notes"',
        'github/work, slack/team',
        'read, request (2 rules; 60 a minute)',
        '-',
        expect.stringMatching(/^in 5\d s$/),
      ],
      ['grn_2', 'active', '"Release notes"', 'all of github', 'read', '2 min ago', 'never'],
      ['grn_3', 'active', '"Release notes"', 'tag dev', 'read, request (2 rules; 60 a minute; asks each time)', '-', 'when it hangs up'],
      [
        'grn_4',
        'ended: not used for 10 minutes',
        '"Release notes"',
        'all connections',
        'read, request (2 rules; 60 a minute)',
        '-',
        '2 h ago',
      ],
      ['To answer: patchbay grants approve grn_1'],
      [''],
    ])
    expect((await host.patchbay('grants list --state active --json')).json).toEqual({ grants: [grants[1], grants[2]], isPaused: false })
    expect((await host.patchbay('grants list --state denied')).out).toBe('No program has a grant or asks for one.\n')
  })

  test('says so where all programs are paused', async () => {
    await hostWith([], (method) => (method === 'grants.list' ? { result: { grants: [], isPaused: true } } : undefined))
    expect((await host.patchbay('grants list')).out).toContain('All programs are paused')
  })
})

describe('patchbay grants approve', () => {
  test('shows all that is asked and who asks, in full, before the yes', async () => {
    await hostWith([grantWith({ verbs: ['read', 'request', 'secret'] })])
    const ran = await host.patchbay('grants approve', { answers: ['y'] })
    expect(ran.err.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '))).toEqual([
      expect.stringMatching(/^A program asks for a grant, grn_1\. It is denied in 5\d s\.$/),
      'Calls itself | "Release notes" (its own words)',
      'What for | "To read what was merged" (its own words)',
      'Program | /home/me/bin/notes.py',
      'Run by | /usr/bin/python3.13: any script of it could say the same',
      'Process | 4242, started by bash, by gnome-terminal',
      'File changed | 3 min ago',
      'Key | 0123456789abcdef, never held a grant',
      'May | read: look at connections: their names, accounts and state',
      'request: make calls to the services through them',
      'secret: HOLD THEIR CREDENTIALS: what it has copied stays with it, whatever you take back later',
      'With | github/work | connected',
      'slack/team | connected',
      'Not here | "gitlab/gone"',
      'Calls | GET, POST /repos/**',
      'DELETE /gists/*',
      'At most | 60 a minute',
      'How long | 12 hours at most, less once it has made no call for 10 minutes',
      '',
    ])
    expect(ran.questions.map(({ question }) => question)).toEqual(['Allow? [y/N] '])
    expect([ran.code, ran.out]).toEqual([0, expect.stringMatching(/^"Release notes" \(grn_1\) may do this:\n/)])
    expect(called('grants.approve')).toEqual([{ grantId: 'grn_1' }])
  })

  test('allows nothing without a yes, and without a terminal only with --yes and the request by its name', async () => {
    await hostWith([grantWith()])
    const declined = await host.patchbay('grants approve grn_1', { answers: [''] })
    expect([declined.code, declined.err]).toEqual([130, expect.stringContaining('Nothing was allowed.\nIt still waits.')])
    expect((await host.patchbay('grants approve grn_1')).code).toBe(2)
    expect((await host.patchbay('grants approve --yes')).code).toBe(2)
    expect((await host.patchbay('grants approve grn_9 --yes')).code).toBe(1)
    // It would not be looked at, and more be allowed than was meant.
    expect((await host.patchbay('grants approve grn_1 --connection github --account work --yes')).code).toBe(2)
    expect(called('grants.approve')).toEqual([])
    expect((await host.patchbay('grants approve grn_1 --yes --json')).json).toMatchObject({ grantId: 'grn_1', state: 'active' })
  })

  test('takes less: verbs, connections, only calls that look, how often and how long; what is left is shown', async () => {
    await hostWith([grantWith()])
    const args =
      'grants approve grn_1 --verbs read,request --connection github/work --get-only --calls-per-day 100 --term once --asks-each-time'
    const ran = await host.patchbay(args, { answers: ['yes'] })
    const less = ran.err.slice(ran.err.indexOf('You allow less:'))
    expect(less.replace(/ {2,}/g, ' | ')).toContain(
      '| With | github/work | connected\n | Calls | GET /repos/**\n | At most | 60 a minute, 100 a day\n',
    )
    expect(less).not.toContain('slack')
    expect(called('grants.approve')).toEqual([
      {
        grantId: 'grn_1',
        verbs: ['read', 'request'],
        connections: { kind: 'some', connectionIds: ['github/work'] },
        limits: { rules: [{ methods: ['GET'], path: '/repos/**' }], callsPerMinute: 60, callsPerDay: 100 },
        asksEachTime: true,
        term: 'once',
      },
    ])
  })

  test.each([
    ['--verbs admin', 'one of read, request, write, secret'],
    ['--term forever', 'one of once, session'],
    ['--connection github --all', 'in one way'],
    ['--rule GET', 'wants methods and a path'],
    ['--calls-per-minute 0', 'wants a number'],
  ])('%s is refused with what it wants', async (flags, words) => {
    await hostWith([grantWith()])
    const ran = await host.patchbay(`grants approve grn_1 --yes ${flags}`)
    expect([ran.code, ran.err, called('grants.approve')]).toEqual([2, expect.stringContaining(words), []])
  })

  test('asks again where it was sooner than a request may be answered', async () => {
    let tries = 0
    await hostWith([grantWith()], (method) => {
      if (method !== 'grants.approve') return undefined
      tries += 1
      return tries === 1 ? { error: 'grant.too_early' } : { result: grantWith({ state: 'active' }) }
    })
    expect((await host.patchbay('grants approve grn_1 --yes')).code).toBe(0)
    expect(tries).toBe(2)
  })
})

describe('words of programs', () => {
  const hostile = grantWith({
    clientName: HOSTILE,
    purpose: HOSTILE,
    unknownReferences: [HOSTILE],
    program: { pid: 1, path: HOSTILE, interpreter: HOSTILE, startedBy: [HOSTILE], changedAt: null },
    covered: [{ ...covered('github/work'), label: HOSTILE }],
    connections: { kind: 'tag', tag: HOSTILE, value: HOSTILE },
    limits: { rules: [{ methods: ['GET'], path: `/${HOSTILE}` }], callsPerMinute: null, callsPerDay: null },
  })
  const call = callWith({
    clientName: HOSTILE,
    target: HOSTILE,
    program: HOSTILE,
    pid: 1,
    details: `query: {"q":"□□"}\nbody: ${JSON.stringify(HOSTILE + HOSTILE)} …`,
  })

  test('never steer the terminal, end their quotes, or look like lines of ours', async () => {
    await hostWith([hostile], (method) => (method === 'grants.calls' ? { result: { calls: [call] } } : undefined))
    const texts = [
      (await host.patchbay('grants list')).out,
      (await host.patchbay('grants calls')).out,
      await host.patchbay('grants approve', { answers: ['y'] }).then(({ err, out }) => `${err}${out}`),
    ]
    for (const text of texts) {
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2800]/)
      // What is left without what stands in quotes is ours alone.
      expect(text.replaceAll(/^ {2}.{14}\| .*$/gm, '').replaceAll(/"[^"\n]*"/g, '')).not.toContain('Allow?')
    }
    expect(texts[1]).toMatch(/^ {2}Query {9}\| \{"q":"□□"\}$/m)
    expect(texts[1]).toMatch(/^ {2}Body {10}\| "\\u001b\[2J□31m\\?/m)
    expect(texts[1]).toContain('(cut here: it would send more than is shown)')
    expect(texts[2]).toContain(`Calls itself  "□[2J□31m□□'□Allow? [y/N] y␣`)
  })
})

describe('patchbay grants watch', () => {
  /** A host whose list is another one at each look, and which stops after the last. */
  const hostOf = (looks: readonly (readonly Grant[])[], calls: readonly LiveCall[] = []) => {
    let look = 0
    return hostWith([], (method) => {
      if (method === 'grants.calls') return { result: { calls } }
      if (method !== 'grants.list') return method === 'grants.approve' ? { error: 'grant.not_waiting' } : { result: {} }
      const grants = looks[look]
      look += 1
      return grants === undefined ? { error: 'host.stopping' } : { result: { grants, isPaused: false } }
    })
  }

  test('asks about each request once, as it comes; everything but a yes is a no', async () => {
    await hostOf([
      [grantWith(), grantWith({ grantId: 'grn_2', clientName: 'Other' })],
      [grantWith(), grantWith({ grantId: 'grn_2', clientName: 'Other' })],
    ])
    const ran = await host.patchbay('grants watch', { answers: ['y', 'what'] })
    expect(called('grants.approve')).toEqual([{ grantId: 'grn_1' }])
    expect(called('grants.deny')).toEqual([{ grantId: 'grn_2' }])
    expect(ran.err).toContain('That was over before you answered.')
    expect(ran.err).toContain('Denied: "Other".')
    expect(ran.code).toBe(3)
  })

  test('asks about the calls of a grant that asks each time', async () => {
    const active = grantWith({ state: 'active', asksEachTime: true })
    const call = callWith()
    await hostOf([[active]], [call])
    const ran = await host.patchbay('grants watch', { answers: ['y'] })
    expect(ran.questions[0]?.question).toBe('"Release notes" wants "POST /repos" with github/work. Allow this one call? [y/N] ')
    expect(ran.err).toContain('  Program       /home/me/bin/notes, process 4242\n  Body          | {"name":"x"}\n')
    expect(called('grants.answerCall')).toEqual([{ callId: 'cal_1', isAllowed: true }])
  })

  test('a single call is shown with its program and what comes of it before the yes, which a terminal asks for', async () => {
    const call = callWith({
      method: 'connections.remove',
      target: null,
      program: null,
      pid: null,
      details: 'revoke: true\nforgetOnly: false',
    })
    await hostOf([], [call])
    const refused = await host.patchbay('grants allow-call cal_1', { answers: ['n'] })
    expect([refused.code, called('grants.answerCall')]).toEqual([130, []])
    expect(refused.err).toContain('"Release notes" wants connections.remove with github/work.\n')
    expect(refused.err).toContain('this system does not tell which program it is')
    expect(refused.err).toContain('ACCESS IS ENDED AT THE SERVICE, then the connection is deleted. That cannot be undone.')
    expect((await host.patchbay('grants allow-call cal_1', { answers: ['y'] })).code).toBe(0)
    expect((await host.patchbay('grants allow-call cal_1 --yes')).err).toContain('cannot be undone')
    expect((await host.patchbay('grants allow-call cal_2')).code).toBe(0)
    expect(called('grants.answerCall').map((each) => (each as { callId: string }).callId)).toEqual(['cal_1', 'cal_1', 'cal_2'])
  })

  test('needs a terminal', async () => {
    await hostOf([])
    expect((await host.patchbay('grants watch')).code).toBe(2)
    expect(host.calls).toEqual([])
  })
})

describe('what is done with grants', () => {
  test('is all in the help of the domain, and nothing that a program alone may call', async () => {
    await hostWith([])
    const { out } = await host.patchbay('grants --help')
    for (const verb of ['approve', 'watch', 'revoke-all', 'calls', 'answerCall']) expect(out).toMatch(new RegExp(`^  ${verb} `, 'm'))
    expect(out).not.toMatch(/^ {2}(?:request|current|revokeAll) /m)
    expect((await host.patchbay('grants approve --help')).out).toContain('--get-only')
  })

  test('says what came of it, and how it comes back', async () => {
    const ended = grantWith({ state: 'ended', endedBecause: 'taken_back', restorableUntil: soon(29.5) })
    await hostWith([], (method) => {
      if (method === 'grants.revoke') return { result: ended }
      if (method === 'grants.deny') return { result: grantWith({ state: 'denied', endedBecause: 'refused' }) }
      if (method === 'grants.revokeAll') return { result: { takenBack: 1, denied: 2 } }
      return { result: {} }
    })
    expect((await host.patchbay('grants revoke grn_1')).out).toMatch(
      /^Taken back: "Release notes" \(grn_1\)\. It is refused from now on\.\nTo give it back, in 2\d s at the latest: patchbay grants restore grn_1\n$/,
    )
    expect((await host.patchbay('grants deny grn_1')).out).toBe('"Release notes" (grn_1) was refused.\n')
    expect((await host.patchbay('grants revoke-all')).code).toBe(2)
    expect((await host.patchbay('grants revokeAll')).code).toBe(2)
    expect((await host.patchbay('grants revoke-all', { answers: ['n'] })).code).toBe(130)
    expect(called('grants.revokeAll')).toEqual([])
    expect((await host.patchbay('grants revoke-all --yes')).out).toBe('Taken back: 1 grant. Denied: 2 requests.\n')
    expect((await host.patchbay('grants forget --grant-id grn_1')).out).toContain('The audit keeps what it did.')
    expect((await host.patchbay('grants pause')).out).toContain('patchbay grants resume')
    expect((await host.patchbay('grants calls extra')).code).toBe(2)
  })

  test('update changes what is named and keeps the rest, and asks before credentials may be handed out', async () => {
    await hostWith([grantWith({ state: 'active' })], (method) =>
      method === 'grants.update' ? { result: grantWith({ state: 'active' }) } : undefined,
    )
    expect((await host.patchbay('grants update grn_1')).code).toBe(2)
    expect((await host.patchbay('grants update grn_1 --term standing --ends-at 2026-12-24T10:00:00Z --no-calls-per-minute')).code).toBe(0)
    expect(called('grants.update')).toEqual([
      {
        grantId: 'grn_1',
        limits: { ...grantWith().limits, callsPerMinute: null },
        term: 'standing',
        endsAt: '2026-12-24T10:00:00.000Z',
      },
    ])
    const louder = await host.patchbay('grants update grn_1 --verbs secret', { answers: ['n'] })
    expect([louder.code, called('grants.update').length]).toEqual([130, 1])
  })
})
