import { Terminal } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { Link } from 'wouter'
import type { AuditEntry } from '#shared/contract/audit'
import type { Grant, LiveCall } from '#shared/contract/grants'
import { useRead } from '#renderer/api/use-api.ts'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { useMedia } from '#renderer/shell/use-width.ts'
import { cx } from '#renderer/ui/class-names.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { clockTime } from '#renderer/ui/relative-words.ts'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import { entryWords } from './audit-words.ts'
import { callWhat, runningFor } from './call-words.ts'
import { GRANT_COLUMNS, GrantRow } from './grant-row.tsx'
import { tame } from './grant-words.ts'
import type { GrantActs } from './use-grant-acts.ts'

/** So many of each are shown below the list. */
const SHOWN = 3

/** Rows keep their places while the page is open: one that was taken back does not move away under the pointer. */
const useSteadyGrants = (grants: readonly Grant[]): readonly Grant[] => {
  const order = useRef<readonly string[]>([])
  const byId = new Map(grants.map((grant) => [grant.grantId, grant]))
  const kept = order.current.filter((grantId) => byId.has(grantId))
  const fresh = grants.map(({ grantId }) => grantId).filter((grantId) => !kept.includes(grantId))
  order.current = [...fresh, ...kept]
  return order.current.flatMap((grantId) => byId.get(grantId) ?? [])
}

const Card = ({
  title,
  count,
  href,
  children,
}: {
  readonly title: string
  readonly count: number
  readonly href: string
  readonly children: ReactNode
}) => (
  <section aria-label={title} className="flex min-w-0 flex-1 basis-80 flex-col gap-1 rounded-8 border border-line px-4 py-3">
    <div className="flex items-baseline justify-between text-small">
      <h2 className="font-semibold">{title}</h2>
      <Link href={href} className="text-ink-3 underline-offset-2 hover:underline" aria-label={t('automation.below.all', { title, count })}>
        {formatNumber(count)}
      </Link>
    </div>
    {children}
  </section>
)

const Live = ({ calls, now }: { readonly calls: readonly LiveCall[]; readonly now: number }) => (
  <Card title={t('automation.below.live')} count={calls.length} href={paths.automationsTab('calls')}>
    {calls.length === 0 ? <p className="text-small text-ink-3">{t('automation.below.no-live')}</p> : null}
    {calls.slice(0, SHOWN).map((call) => (
      <p key={call.callId} className="flex min-w-0 items-center gap-2">
        <StatusGlyph glyph="pending" size={14} />
        <bdi className="max-w-2/5 flex-none truncate font-medium">{tame(call.clientName)}</bdi>
        <bdi className="min-w-0 flex-1 truncate font-mono text-small text-ink-2">{callWhat(call)}</bdi>
        <span className="flex-none text-small text-ink-3 tabular-nums">{runningFor(call, now)}</span>
      </p>
    ))}
  </Card>
)

const Refused = ({ entries }: { readonly entries: readonly AuditEntry[] }) => (
  <Card
    title={t('automation.below.refused')}
    count={entries.reduce((sum, { count }) => sum + count, 0)}
    href={paths.auditOf('outcome', 'denied')}
  >
    {entries.length === 0 ? <p className="text-small text-ink-3">{t('automation.below.no-refused')}</p> : null}
    {entries.slice(0, SHOWN).map((entry) => (
      <p key={entry.sequence} className="flex min-w-0 items-center gap-2">
        <StatusGlyph glyph="revoked" size={14} />
        <bdi className="max-w-2/5 flex-none truncate font-medium">{tame(entry.clientName ?? t(`automation.who.${entry.caller}`))}</bdi>
        <bdi className="min-w-0 flex-1 truncate font-mono text-small text-ink-2">{entryWords(entry)}</bdi>
        <time dateTime={entry.at} className="flex-none text-small text-ink-3 tabular-nums">
          {clockTime(entry.at)}
        </time>
      </p>
    ))}
  </Card>
)

/** The grants in force and those that have ended, and below them what goes on now and what was refused today. */
export const GrantsTab = ({
  grants,
  calls,
  openId,
  isNarrow,
  now,
  nameOf,
  acts,
  onOpen,
}: {
  readonly grants: readonly Grant[]
  readonly calls: readonly LiveCall[]
  /** The grant whose panel is open. */
  readonly openId: string | null
  readonly isNarrow: boolean
  readonly now: number
  readonly nameOf: (connectorId: string) => string
  readonly acts: GrantActs
  readonly onOpen: (grantId: string) => void
}) => {
  const shown = useSteadyGrants(grants)
  const isTight = !useMedia('(min-width: 1100px)')
  const today = new Date(new Date(now).setHours(0, 0, 0, 0)).toISOString()
  const refused = useRead('audit.list', { outcome: 'denied', caller: 'automation', since: today, limit: 100 })
  if (shown.length === 0)
    return (
      <EmptyState icon={Terminal} isPage title={t('automation.empty.title')}>
        {t('automation.empty.text')}
      </EmptyState>
    )
  return (
    <div className="relative min-h-0 flex-1 overflow-y-auto">
      <div role="table" aria-label={t('automation.tab.grants')}>
        <div
          role="row"
          className={cx(
            'sticky top-0 z-10 grid h-8 items-center gap-x-3 border-b border-line bg-surface px-4 text-small font-medium text-ink-2',
            isNarrow ? GRANT_COLUMNS.narrow : GRANT_COLUMNS.wide,
          )}
        >
          <span role="columnheader">{t('automation.column.program')}</span>
          {isNarrow ? null : <span role="columnheader">{t('automation.column.connections')}</span>}
          <span role="columnheader">{t('automation.column.may')}</span>
          {isNarrow ? null : (
            <>
              <span role="columnheader" className="text-right">
                {t('automation.column.last')}
              </span>
              <span role="columnheader" className="text-right">
                {t('automation.column.ends')}
              </span>
            </>
          )}
          <span role="columnheader">
            <span className="sr-only">{t('automation.column.action')}</span>
          </span>
        </div>
        {shown.map((grant) => (
          <GrantRow
            key={grant.grantId}
            grant={grant}
            isNarrow={isNarrow}
            isTight={isTight}
            isSelected={grant.grantId === openId}
            now={now}
            nameOf={nameOf}
            acts={acts}
            onOpen={() => onOpen(grant.grantId)}
          />
        ))}
      </div>
      <div className="flex flex-wrap gap-3 p-4">
        <Live calls={calls} now={now} />
        <Refused entries={refused.data?.entries ?? []} />
      </div>
    </div>
  )
}
