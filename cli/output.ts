import { type AccountFacts, tellingName } from '#shared/telling-name'
import { type Cell, formatTable, type Paint, relativeTime, safeText } from './text-format.ts'

type Row = Readonly<Record<string, unknown>>

interface Column {
  readonly title: string
  readonly value: (row: Row) => unknown
}

/** How a result is shown to a person. */
export interface View {
  readonly columns: number | null
  readonly paint: Paint
  readonly now: number
}

const at =
  (path: string) =>
  (row: Row): unknown =>
    path.split('.').reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Row)[key] : undefined), row)

const column = (title: string, path: string): Column => ({ title, value: at(path) })

const accountOf = (row: Row): unknown => tellingName(row['identity'] as AccountFacts | null | undefined)

/** How each attempt of a delivery was answered: `503, connection_refused, 200`. */
const answersOf = (row: Row): string => {
  const attempts = Array.isArray(row['attempts']) ? (row['attempts'] as readonly Row[]) : []
  return attempts.map(({ status, reason }) => String(status ?? reason)).join(', ')
}

/** The tables of lists, by the name of the list in a result. */
const TABLES: Readonly<Record<string, readonly Column[]>> = {
  connections: [
    column('CONNECTION', 'handle'),
    column('STATUS', 'status'),
    { title: 'ACCOUNT', value: accountOf },
    column('LABEL', 'label'),
    column('EXPIRES', 'expiresAt'),
    column('CHECKED', 'lastSyncedAt'),
  ],
  expiring: [
    column('CONNECTION', 'handle'),
    column('ENDS', 'endsAt'),
    { title: 'WHAT', value: (row) => (row['isLikely'] === true ? 'access, likely' : 'token') },
    { title: 'RENEWED', value: (row) => (row['renewal'] === 'by_nango' ? 'by Nango' : 'no') },
    column('WHEN', 'condition'),
  ],
  connectors: [
    column('CONNECTOR', 'connectorId'),
    column('NAME', 'name'),
    column('SIGN-IN', 'authMode'),
    { title: 'READY', value: (row) => (row['readiness'] === 'ready' ? 'yes' : (row['readinessReason'] ?? row['readiness'])) },
  ],
  profiles: [
    { title: '', value: (row) => (row['isActive'] === true ? '*' : '') },
    column('NAME', 'name'),
    column('KIND', 'kind'),
    column('STATUS', 'status'),
    column('ADDRESS', 'nangoHost'),
    column('PROFILE', 'profileId'),
  ],
  integrations: [column('INTEGRATION', 'integrationId'), column('CONNECTOR', 'providerKey'), column('NAME', 'displayName')],
  flows: [
    column('FLOW', 'flowId'),
    column('CONNECTOR', 'connectorId'),
    column('LABEL', 'label'),
    column('STATE', 'state'),
    column('STARTED', 'createdAt'),
  ],
  events: [
    column('NO', 'sequence'),
    column('WHEN', 'at'),
    column('EVENT', 'type'),
    { title: 'CONNECTION', value: (row) => at('data.handle')(row) ?? at('data.connectionId')(row) },
  ],
  deliveries: [
    { title: 'WHEN', value: at('attempts.0.at') },
    column('WEBHOOK', 'event'),
    column('STATE', 'state'),
    { title: 'ANSWERS', value: answersOf },
    column('TO', 'url'),
  ],
  lines: [
    column('WHEN', 'at'),
    column('LEVEL', 'level'),
    column('EVENT', 'event'),
    column('ATTEMPT', 'attemptId'),
    column('REFERENCE', 'reference'),
    column('FACTS', 'fields'),
  ],
  checks: [column('CHECK', 'id'), column('STATUS', 'status'), column('WHAT', 'summary'), column('DO', 'fix')],
  bulks: [
    column('RUN', 'bulkId'),
    column('ACTION', 'action'),
    column('STATE', 'state'),
    column('OF', 'total'),
    column('DONE', 'counts.done'),
    column('FAILED', 'counts.failed'),
    column('STARTED', 'createdAt'),
  ],
  defaults: [column('CONNECTOR', 'connectorId'), column('CONNECTION', 'handle')],
  categories: [column('CATEGORY', 'category'), column('CONNECTORS', 'count')],
  authModes: [column('SIGN-IN', 'authMode'), column('CONNECTORS', 'count')],
}

/** What an empty list is called where `No ...` would be no sentence. */
const EMPTY: Readonly<Record<string, string>> = { expiring: 'Nothing runs out in that time.' }

const GOOD = new Set(['connected', 'ok', 'ready', 'open', 'yes', 'idle'])
const BAD = new Set(['attention', 'expired', 'fail', 'failed', 'error', 'revoked', 'missing', 'refused'])
const WARN = new Set(['warn', 'pending', 'unknown', 'waiting', 'locked', 'offline', 'paused'])

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

const plainText = (value: unknown, now: number): string => {
  if (value === null || value === undefined || value === '') return '-'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return INSTANT.test(value) ? relativeTime(value, now) : safeText(value)
  if (typeof value === 'number') return String(value)
  return safeText(JSON.stringify(value))
}

const cell = (value: unknown, { paint, now }: View): Cell => {
  const text = value === '' ? '' : plainText(value, now)
  if (GOOD.has(text)) return { text, paint: paint.good }
  if (BAD.has(text)) return { text, paint: paint.bad }
  if (WARN.has(text)) return { text, paint: paint.warn }
  return { text }
}

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)

const tableOf = (name: string, rows: readonly Row[], view: View): string => {
  const columns = TABLES[name] ?? Object.keys(rows[0] ?? {}).map((key) => column(key.toUpperCase(), key))
  if (rows.length === 0) return EMPTY[name] ?? `No ${name}.`
  return formatTable(
    columns.map(({ title }) => title),
    rows.map((row) => columns.map(({ value }) => cell(value(row), view))),
    view.columns,
    view.paint,
  )
}

/** `lastSyncedAt` as `Last synced`. */
const titleOf = (key: string): string => {
  const words = key.replace(/(?:At|Id)$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** Names that a person or a server gave are shown as they are. */
const GIVEN_NAMES = new Set(['tags', 'metadata'])

const lines = (row: Row, view: View, indent: string, nameOf: (key: string) => string = titleOf): string[] => {
  const width = Math.max(0, ...Object.keys(row).map((key) => nameOf(key).length))
  return Object.entries(row).flatMap(([key, value]) => {
    const title = `${indent}${view.paint.dim(nameOf(key).padEnd(width))}`
    if (Array.isArray(value) && value.length > 0 && value.every(isRow)) {
      return [
        '',
        ...tableOf(key, value, view)
          .split('\n')
          .map((line) => `${indent}${line}`),
      ]
    }
    if (Array.isArray(value)) return [`${title}  ${value.length === 0 ? '-' : value.map((each) => plainText(each, view.now)).join(', ')}`]
    if (isRow(value))
      return Object.keys(value).length === 0
        ? [`${title}  -`]
        : [title, ...lines(value, view, `${indent}  `, GIVEN_NAMES.has(key) ? safeText : titleOf)]
    const { text, paint = (same: string) => same } = cell(value, view)
    return [`${title}  ${paint(text)}`]
  })
}

/** A result as lines for a person: its list as a table, or its facts one below the other. */
export const formatResult = (result: unknown, view: View): string => {
  if (!isRow(result)) return plainText(result, view.now)
  const entries = Object.entries(result)
  if (entries.length === 0) return 'Done.'
  const list = entries.find(([name, value]) => name in TABLES && Array.isArray(value))
  if (list === undefined) return lines(result, view, '').join('\n')
  const [name, rows] = list
  const more = result['nextCursor'] == null ? '' : `\n${view.paint.dim('There are more: add --limit 500, or --cursor from --json.')}`
  return `${tableOf(name, (rows as readonly unknown[]).filter(isRow), view)}${more}`
}

/** The state of the host in a few lines. */
export const formatStatus = (status: unknown, view: View): string => {
  const read = (path: string): unknown => at(path)(status as Row)
  const show = (path: string): string => plainText(read(path), view.now)
  const word = (path: string): string => {
    const { text, paint = (same: string) => same } = cell(read(path), view)
    return paint(text)
  }
  const counts = Object.entries((read('counts.byStatus') ?? {}) as Record<string, number>).filter(([, count]) => count > 0)
  const facts: readonly (readonly [string, string])[] = [
    ['Patchbay', `${show('version')}, ${show('host')} host, process ${show('pid')}, started ${show('startedAt')}`],
    ['Health', word('health')],
    [
      'Profile',
      read('profile') === null
        ? 'none'
        : `${show('profile.name')} (${show('profile.kind')}, ${word('profile.status')}) ${show('profile.nangoHost')}`,
    ],
    [
      'Connections',
      counts.length === 0 ? '0' : `${show('counts.total')}: ${counts.map(([status_, count]) => `${count} ${status_}`).join(', ')}`,
    ],
    ['Compared', read('sync') === null ? '-' : `${show('sync.lastCompletedAt')} (${word('sync.state')})`],
    ['Vault', `${word('vault.state')}, ${show('vault.tier')}`],
    ['Data folder', show('dataFolder')],
    ['Socket', show('socketPath')],
  ]
  return facts.map(([title, text]) => `${view.paint.dim(title.padEnd(12))}${text}`).join('\n')
}
