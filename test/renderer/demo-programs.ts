import type { AuditEntry, AuditUse } from '#shared/contract/audit'
import { findMethod } from '#shared/contract/contract'
import type { Grant, LiveCall } from '#shared/contract/grants'
import type { Demo } from './demo-api.ts'

/** What programs do in a demo host: what waits, and whether anybody was let in at all. */
export interface DemoPrograms {
  readonly waiting?: 'grant' | 'connectors' | 'call' | 'final'
  readonly isEmpty?: boolean
  readonly isPaused?: boolean
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const CLAUDE = '/home/mara/.local/bin/claude'
const NIGHTLY = '/home/mara/bin/nightly-report.sh'
const RAYCAST = '/Applications/Raycast.app/Contents/MacOS/Raycast'

const ISSUE = {
  fields: {
    project: { key: 'WEB' },
    issuetype: { name: 'Bug' },
    summary: 'Checkout fails for carts with a voucher',
    description:
      'Seen since 4.12.0 on staging and production.\n1. Put anything into the cart.\n2. Use the voucher SPRING\u200b-24.\n3. Pay.',
    labels: ['checkout', 'voucher'],
    reporter: { accountId: '5b10a2844c20165700ede21g' },
    components: [{ name: 'payments' }, { name: 'web' }],
    customfield_10042: 'harborline/web#2214',
  },
}

type Line = readonly [
  agoMs: number,
  program: string,
  method: string,
  target: string | null,
  handle: string | null,
  outcome: AuditEntry['outcome'],
  code: string | null,
  ms: number,
  count?: number,
]

const LINES: readonly Line[] = [
  [1_200, 'claude-code', 'connections.request', 'GET /repos/harborline/web/actions/runs', 'github/work', 'done', '200', 184],
  [34_000, 'claude-code', 'connections.list', null, null, 'done', null, 2, 14],
  [9 * MINUTE, 'git', 'connections.getCredentials', null, 'github/personal', 'done', null, 3],
  [11 * MINUTE, 'claude-code', 'connections.request', 'POST /repos/harborline/web/issues', 'github/work', 'denied', 'automation.denied', 1],
  [52 * MINUTE, 'nightly-report.sh', 'connections.request', 'POST /v1/refunds', 'google-mail/work', 'denied', 'automation.denied', 1],
  [
    53 * MINUTE,
    'nightly-report.sh',
    'connections.request',
    'GET /gmail/v1/users/me/messages',
    'google-mail/work',
    'failed',
    'nango.unreachable',
    10_004,
  ],
  [2 * HOUR, 'nightly-report.sh', 'connections.getCredentials', null, 'google-mail/work', 'done', null, 4],
  [3 * HOUR, 'nightly-report.sh', 'connections.request', 'GET /drive/v3/files', 'google-drive/work', 'done', '200', 320, 6],
  [26 * HOUR, 'terraform', 'connections.request', 'PATCH /client/v4/zones/harborline.example', 'cloudflare/dns', 'done', '200', 402],
  [27 * HOUR, 'terraform', 'connections.request', 'GET /client/v4/zones', 'cloudflare/dns', 'done', '200', 211, 3],
  [
    28 * HOUR,
    'Raycast extension',
    'connections.request',
    'POST /rest/api/3/issue',
    'jira/harborline',
    'cancelled',
    'automation.call_refused',
    60_000,
  ],
]

/** Grants, calls and an audit of invented programs, laid over a demo host. */
export const withPrograms =
  ({ waiting, isEmpty = false, isPaused = false }: DemoPrograms) =>
  (demo: Demo): Demo => {
    const started = Date.now()
    const at = (agoMs: number): string => new Date(started - agoMs).toISOString()
    const covered = (handles: readonly string[]): Grant['covered'] =>
      demo.world.connections
        .filter(({ handle }) => handles.includes(handle))
        .map(({ connectionId, handle, connectorId, label, status }) => ({ connectionId, handle, connectorId, label, status }))
    const grant = (clientName: string, handles: readonly string[], more: Partial<Grant>): Grant => {
      const reached = covered(handles)
      return {
        grantId: `grt_${clientName.replaceAll(/\W/g, '_')}`,
        clientId: `clt_${clientName.replaceAll(/\W/g, '_')}`,
        state: 'active',
        endedBecause: null,
        profileId: 'p1',
        verbs: ['read', 'request'],
        connections: { kind: 'some', connectionIds: reached.map(({ connectionId }) => connectionId) },
        limits: { rules: [], callsPerMinute: null, callsPerDay: null },
        asksEachTime: false,
        term: 'twelve_hours',
        endsAt: at(-9 * HOUR - 12.5 * MINUTE),
        clientName,
        purpose: 'Read the state of pull requests.',
        keyFingerprint: '8f0c2d41aa903b7e',
        program: { pid: 20113, path: CLAUDE, interpreter: null, startedBy: ['zsh'], changedAt: at(6 * DAY) },
        via: 'socket',
        isKnown: true,
        covered: reached,
        coveredCount: reached.length,
        unknownReferences: [],
        requestedAt: at(3 * HOUR),
        approvableAt: at(3 * HOUR),
        answerBy: at(3 * HOUR),
        approvedAt: at(3 * HOUR - 9000),
        endedAt: null,
        restorableUntil: null,
        lastCallAt: at(1200),
        callsToday: 214,
        ...more,
      }
    }
    const file = (path: string, interpreter: string | null = null): NonNullable<Grant['program']> => ({
      pid: 41877,
      path,
      interpreter,
      startedBy: ['make', 'zsh'],
      changedAt: at(30 * MINUTE),
    })
    const rule = (methods: Grant['limits']['rules'][number]['methods'], path: string) => ({ methods, path })
    const jira = demo.world.connections.filter(({ connectorId }) => connectorId === 'jira').map(({ handle }) => handle)
    const active: Grant[] = [
      grant('claude-code', ['github/work', 'linear/harborline'], {
        via: 'mcp',
        limits: { rules: [rule(['GET'], '/**')], callsPerMinute: 120, callsPerDay: null },
      }),
      grant('nightly-report.sh', ['google-mail/work', 'google-drive/work', 'hubspot/sales-eu'], {
        verbs: ['read', 'request', 'secret'],
        program: file(NIGHTLY, '/usr/bin/bash'),
        term: 'standing',
        endsAt: at(-40 * DAY),
        lastCallAt: at(52 * MINUTE),
      }),
      grant('git', ['github/work', 'github/personal'], {
        verbs: ['read', 'secret'],
        program: file('/usr/bin/git'),
        term: 'standing',
        endsAt: null,
        lastCallAt: at(9 * MINUTE),
      }),
      grant('Raycast extension “Tickets”', jira, {
        purpose: 'Find and file tickets.',
        verbs: ['read', 'request', 'write'],
        connections: { kind: 'connectors', connectorIds: ['jira'] },
        asksEachTime: true,
        program: file(RAYCAST),
        endsAt: at(-2 * HOUR),
        lastCallAt: at(4 * DAY),
      }),
      grant('terraform', ['cloudflare/dns'], {
        limits: { rules: [rule(['GET', 'PATCH'], '/client/v4/zones/**')], callsPerMinute: null, callsPerDay: 600 },
        program: file('/usr/local/bin/terraform'),
        term: 'standing',
        endsAt: at(-9 * DAY),
        lastCallAt: at(26 * HOUR),
      }),
    ]
    const ended: Grant[] = [
      grant('Cursor', [], {
        connections: { kind: 'tag', tag: 'dev' },
        coveredCount: 6,
        state: 'ended',
        endedBecause: 'idle',
        endedAt: at(12 * DAY),
        program: file('/opt/cursor/cursor'),
        term: 'session',
        lastCallAt: at(12 * DAY),
      }),
      grant('setup.py', [], {
        purpose: 'Read everything once.',
        verbs: ['read'],
        connections: { kind: 'all' },
        state: 'denied',
        endedBecause: 'unanswered',
        endedAt: at(35 * MINUTE),
        program: file('/home/mara/Downloads/setup.py', '/usr/bin/python3'),
        approvedAt: null,
        lastCallAt: null,
      }),
    ]
    const asks = {
      state: 'waiting',
      isKnown: false,
      purpose: 'Open a release and post the notes.',
      program: file('/home/mara/src/deploy-bot/bin/deploy', '/usr/bin/node'),
      requestedAt: at(15_000),
      approvableAt: at(14_000),
      answerBy: at(-45_000),
      approvedAt: null,
      lastCallAt: null,
      callsToday: 0,
      term: 'session',
      endsAt: null,
    } as const
    const waits: Grant[] =
      waiting === 'grant'
        ? [
            grant('deploy-bot', ['github/work'], {
              ...asks,
              verbs: ['read', 'request', 'secret'],
              limits: {
                rules: [rule(['GET'], '/repos/harborline/**'), rule(['POST'], '/repos/harborline/web/releases')],
                callsPerMinute: 60,
                callsPerDay: null,
              },
            }),
          ]
        : waiting === 'connectors'
          ? [
              grant('deploy-bot', ['github/work', 'github/personal'], {
                ...asks,
                via: 'mcp',
                verbs: ['read', 'request', 'write'],
                connections: { kind: 'connectors', connectorIds: ['github'] },
                unknownReferences: [],
              }),
            ]
          : []
    const call = (clientName: string, method: string, handle: string, target: string, agoMs: number): LiveCall => ({
      callId: `cal_${agoMs}`,
      state: 'running',
      clientId: `clt_${clientName.replaceAll(/\W/g, '_')}`,
      clientName,
      method,
      connectionId: covered([handle])[0]?.connectionId ?? null,
      handle,
      target,
      program: clientName === 'claude-code' ? CLAUDE : clientName === 'nightly-report.sh' ? NIGHTLY : RAYCAST,
      pid: 20113,
      details: null,
      startedAt: at(agoMs),
      answerBy: null,
    })
    const calls: LiveCall[] = [
      call('nightly-report.sh', 'connections.request', 'google-drive/work', 'GET /drive/v3/files', 14_000),
      call('claude-code', 'connections.request', 'github/work', 'GET /repos/harborline/web/actions/runs', 1_200),
      ...(waiting === 'call'
        ? [
            {
              ...call('Raycast extension “Tickets”', 'connections.request', jira[0] ?? '', 'POST /rest/api/3/issue', 15_000),
              state: 'waiting' as const,
              answerBy: at(-45_000),
              details: `query: {"updateHistory":"true"}\nbody: ${JSON.stringify(ISSUE)}`,
            },
          ]
        : []),
      ...(waiting === 'final'
        ? [
            {
              ...call('Raycast extension “Tickets”', 'connections.remove', jira[0] ?? '', '', 15_000),
              state: 'waiting' as const,
              target: null,
              answerBy: at(-45_000),
              details: 'revoke: true\nforgetOnly: false',
            },
          ]
        : []),
    ]
    const entries = LINES.map(([ago, clientName, method, target, handle, outcome, code, durationMs, count = 1], index): AuditEntry => ({
      sequence: 18_452 - index,
      at: at(ago),
      caller: 'automation',
      via: clientName === 'claude-code' ? 'mcp' : 'socket',
      clientId: `clt_${clientName.replaceAll(/\W/g, '_')}`,
      clientName,
      grantId: `grt_${clientName.replaceAll(/\W/g, '_')}`,
      program: clientName === 'claude-code' ? CLAUDE : NIGHTLY,
      pid: 20113,
      method,
      profileId: 'p1',
      connectionId: handle === null ? null : (covered([handle])[0]?.connectionId ?? null),
      handle,
      target,
      outcome,
      code,
      durationMs,
      count,
    }))
    const useOf = (lines: readonly AuditEntry[]): AuditUse[] => {
      const [last] = lines
      if (last?.connectionId == null) return []
      const { clientId, clientName, connectionId, handle } = last
      return [
        {
          clientId,
          clientName,
          caller: 'automation',
          connectionId,
          handle,
          calls: 38 * lines.length,
          denied: lines.filter(({ outcome }) => outcome === 'denied').length,
          firstAt: at(20 * DAY),
          lastAt: last.at,
          heldCredential: lines.some(({ method }) => method === 'connections.getCredentials'),
        },
      ]
    }
    const uses = [...Map.groupBy(entries, ({ clientId, connectionId }) => `${clientId} ${connectionId}`).values()].flatMap(useOf)
    const all = isEmpty ? [] : [...waits, ...active, ...ended]
    const answers: Readonly<Record<string, (params: Record<string, unknown>) => unknown>> = {
      'grants.list': ({ state, clientId }) => ({
        grants: all.filter((one) => (state === undefined || one.state === state) && (clientId === undefined || one.clientId === clientId)),
        isPaused,
      }),
      'grants.calls': () => ({ calls: isEmpty ? [] : calls }),
      'audit.list': ({ outcome, grantId }) => ({
        entries: isEmpty
          ? []
          : entries.filter(
              (one) => (outcome === undefined || one.outcome === outcome) && (grantId === undefined || one.grantId === grantId),
            ),
        nextCursor: null,
      }),
      'audit.usage': ({ connectionId, clientId }) => ({
        uses: isEmpty
          ? []
          : uses.filter(
              (one) =>
                (connectionId === undefined || one.connectionId === connectionId) && (clientId === undefined || one.clientId === clientId),
            ),
        keptSince: at(90 * DAY),
      }),
      'audit.verify': () => ({ isIntact: true, checked: 18_452, firstSequence: 1, lastSequence: 18_452, faults: [] }),
    }
    return {
      ...demo,
      call: async (name, params) => {
        const answer = answers[name]
        const method = findMethod(name)
        if (answer === undefined || method === undefined) return demo.call(name, params)
        return { ok: true, value: method.result.parse(answer(params as Record<string, unknown>)) }
      },
    }
  }
