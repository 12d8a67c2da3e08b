import type { Backup, StorageStatus } from '#shared/contract/backup'
import type { Flow, FlowStep } from '#shared/contract/connect'
import { FLOW_STEPS } from '#shared/contract/connect'
import type { Connection } from '#shared/contract/connections'
import type { Api, ChangeEvent } from '#shared/contract/contract'
import type { Diagnosis, DoctorCheck, LogLine } from '#shared/contract/trouble'
import { inEnglish, say, sayCode, type Sentence } from '#shared/sentence'

const at = (ms: number): string => new Date(ms).toISOString()

/** The steps of one demo sign-in, with times that look like one. */
const demoSteps = (begun: number): FlowStep[] => {
  const lengths = [0, 12, 4, 310, 190, 41_200, 380, 520, 60, 8, 240]
  let now = begun
  return FLOW_STEPS.filter((id) => id !== 'cleanup').map((id, index) => {
    const startedAt = at(now)
    now += lengths[index] ?? 0
    return { id, state: 'done', startedAt, endedAt: at(now), note: null }
  })
}

const checksOf = (): DoctorCheck[] => {
  const check = (
    id: string,
    group: DoctorCheck['group'],
    status: DoctorCheck['status'],
    summary: Sentence,
    fix: Sentence | null = null,
    fixAction: DoctorCheck['fixAction'] = null,
    evidence: string[] = [],
  ): DoctorCheck => ({
    id,
    group,
    status,
    summary: inEnglish(summary),
    fix: fix === null ? null : inEnglish(fix),
    said: { summary: [summary], fix: fix === null ? null : [fix] },
    fixAction,
    evidence,
    durationMs: 3,
  })
  return [
    check('runtime', 'host', 'ok', say('runtime.good', { version: '24.4.0' })),
    check('data_folder', 'host', 'ok', say('folder.good', { folder: '~/.local/share/patchbay' }), null, null, ['mode 0700']),
    check('disk_space', 'host', 'warn', say('disk.sparse', { free: '160 MiB' }), say('disk.free-some')),
    check('vault', 'vault', 'ok', say('vault.open', { backend: 'Secret Service' })),
    check('backups', 'storage', 'warn', say('backups.days', { days: 6 }), say('backups.make'), {
      method: 'backup.create',
      params: {},
    }),
    check('environment', 'environment', 'ok', say('environment.good')),
    check('profile', 'profile', 'ok', say('profile.in-use-at', { name: 'production', host: 'https://api.nango.dev' }), null, null, [
      'kind nango',
      'key ending 90aa',
    ]),
    check(
      'nango_sessions',
      'profile',
      'fail',
      sayCode('nango.scope_missing'),
      say('test.give-scope', { scope: 'environment:connect_sessions:write' }),
      { route: '/settings/profiles' },
      ['code nango.scope_missing'],
    ),
    check('integrations', 'catalogue', 'ok', say('integrations.ready', { count: 12 })),
    check('sync', 'connections', 'ok', say('sync.now')),
    check('logs', 'logs', 'ok', say('logs.good')),
  ]
}

const linesOf = (started: number): LogLine[] =>
  [
    ['info', 'core.started', { host: 'node', version: '0.1.0' }],
    ['debug', 'http.reply', { method: 'GET', status: 200, ms: 84 }],
    ['info', 'connect.step', { step: 'session', state: 'done' }],
    ['warn', 'connect.open_failed', { error: { name: 'PatchbayError', code: 'connect.no_browser' } }],
    ['info', 'connect.connected', { connectionId: 'c1' }],
    ['error', 'call.crashed', { method: 'connections.list', caller: 'ui', words: '<img src=x onerror=alert(1)>\u202e evil' }],
  ].map(([level, event, fields], index) => ({
    lineId: `7:${index * 100}`,
    at: at(started - (6 - index) * 61_000),
    level: level as LogLine['level'],
    event: event as string,
    attemptId: String(event).startsWith('connect.') ? 'flw_demo' : null,
    reference: event === 'call.crashed' ? 'a1b2c3d4e5f6' : null,
    fields: fields as Record<string, unknown>,
  }))

const backupsOf = (started: number): Backup[] =>
  Array.from({ length: 7 }, (_, index) => ({
    backupId: `patchbay-${index}`,
    createdAt: at(started - (6 + index * 24) * 3_600_000),
    reason: index === 2 ? 'migration' : index === 4 ? 'manual' : 'nightly',
    schemaVersion: index === 6 ? 9 : 10,
    isUsable: index !== 6,
    sizeBytes: 1_400_000 - index * 30_000,
    connections: 46 - index,
  }))

type Evidence = Diagnosis['evidence'][number]

const seen = (id: string, status: Evidence['status'], words: Sentence): Evidence => ({
  id,
  status,
  summary: inEnglish(words),
  said: { summary: [words] },
})

const expiryOf = ({ expiresAt }: Connection): Evidence => {
  if (expiresAt === null) return seen('expiry', 'ok', say('seen.endless'))
  const isOver = Date.parse(expiresAt) <= Date.now()
  return seen('expiry', isOver ? 'warn' : 'ok', say(isOver ? 'seen.ended' : 'seen.good-until', { at: expiresAt }))
}

const scopesOf = ({ scopes }: Connection): Evidence => {
  const missing = (scopes.requested ?? []).filter((scope) => scopes.granted?.includes(scope) === false)
  return missing.length > 0
    ? seen('scopes', 'warn', say('seen.scopes-missing', { scopes: missing.join(', ') }))
    : seen('scopes', 'ok', say('seen.scopes-given'))
}

/** What the demo host answers to the person in trouble. */
export const demoTrouble = (host: {
  readonly started: number
  readonly find: (connectionId: string) => Connection
  readonly emit: (event: ChangeEvent) => void
  readonly storage: () => StorageStatus
}) => {
  const { started, find, emit } = host
  const run = (state: 'running' | 'done' | 'cancelled', count: number) => ({
    runId: '0123456789ab',
    state,
    startedAt: at(started),
    endedAt: state === 'running' ? null : at(started),
    checks: checksOf().slice(0, count),
    remaining: checksOf()
      .slice(count)
      .map(({ id }) => id),
  })
  const diagnosisOf = (connection: Connection): Diagnosis => {
    const isWell = connection.status === 'connected'
    return {
      reference: connection.connectionId,
      connectionId: connection.connectionId,
      handle: connection.handle,
      cause: isWell ? 'well' : 'sign_in_refused',
      summary: isWell ? 'Nothing is wrong with it.' : 'The sign-in could not be renewed.',
      evidence: [expiryOf(connection), scopesOf(connection)],
      next: {
        action: isWell ? 'none' : 'relink',
        words: '',
        connectorId: connection.connectorId,
        label: connection.label,
        connectionId: null,
        profileId: null,
      },
    }
  }
  const flow = (flowId: string): Flow => ({
    flowId,
    connectionId: 'c1',
    profileId: 'p1',
    connectorId: 'github',
    label: null,
    via: 'browser',
    page: 'provider',
    state: 'connected',
    oauthMethod: 'nango',
    createdAt: at(started - 60_000),
    expiresAt: null,
    isListening: false,
    steps: demoSteps(started - 3_600_000),
  })
  const contents = ['versions', 'status', 'doctor', 'profiles', 'settings', 'environment', 'log'].map((part) => ({ part, what: part }))
  return {
    system: {
      diagnose: async ({ reference }) => diagnosisOf(find(reference)),
      startDoctor: async () => {
        setTimeout(() => emit({ type: 'doctor.changed', data: { runId: '0123456789ab' } }), 50)
        return run('running', 3)
      },
      doctorRun: async () => run('done', checksOf().length),
      cancelDoctor: async () => run('cancelled', 3),
      logs: async ({ search = '', attemptId, level = 'debug' }) => {
        const levels = ['error', 'warn', 'info', 'debug']
        const lines = linesOf(started)
          .filter((line) => JSON.stringify(line).includes(search) && (attemptId === undefined || line.attemptId === attemptId))
          .filter((line) => levels.indexOf(line.level ?? 'error') <= levels.indexOf(level))
        return { lines: lines.toReversed(), nextCursor: null, level: 'info' }
      },
      bundle: async () => ({ fileName: 'patchbay-support.json', contents, text: JSON.stringify({ about: { holds: contents } }, null, 2) }),
      saveBundle: async () => ({ path: '~/.local/share/patchbay/support/patchbay-support.json', sizeBytes: 300, contents }),
      acknowledgeStorage: async () => host.storage(),
    } satisfies Partial<Api['system']>,
    connect: { get: async ({ flowId }) => flow(flowId) } satisfies Partial<Api['connect']>,
    backup: {
      list: async () => ({ backups: backupsOf(started) }),
      create: async () => backupsOf(started)[0] as Backup,
      compare: async ({ backupId }) => ({
        backup: backupsOf(started).find((one) => one.backupId === backupId) as Backup,
        added: { count: 1, names: ['zendesk/support'] },
        removed: { count: 2, names: ['github/work', 'slack/harborline'] },
        changed: { count: 0, names: [] },
      }),
      restore: async () => host.storage(),
      startOver: async () => host.storage(),
    } satisfies Partial<Api['backup']>,
  }
}
