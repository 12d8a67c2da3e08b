import type { ReactNode } from 'react'
import type { ConnectionHealth } from '#shared/contract/connection-health'
import type { Connection } from '#shared/contract/connections'
import { useRead } from '#renderer/api/use-api.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { FoldAway } from '#renderer/ui/fold-away.tsx'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import type { Glyph } from '#renderer/ui/status-words.ts'
import { healthBars } from './health-bars.ts'
import { HealthEvidenceList } from './health-evidence.tsx'
import { HealthStrip } from './health-strip.tsx'
import { stateWords } from './health-words.ts'
import { isolated } from './marked-words.tsx'
import { Section } from '#renderer/ui/panel-section.tsx'

/** Enough for thirty days of hourly changes. */
const READ_EVENTS = 800

/** What happened to a connection, newest first; read once for the strip and the history. */
export const useHistory = (connectionId: string) => useRead('events.list', { connectionId, newestFirst: true, limit: READ_EVENTS })

const GLYPH: Readonly<Record<ConnectionHealth['state'], Glyph>> = { verified: 'connected', last_known: 'unknown', unknown: 'unknown' }

/** Causes that the state says already, or for which the notice above stands. */
const SILENT: ReadonlySet<ConnectionHealth['cause']> = new Set(['well', 'no_probe', 'pending', 'paused'])

const code = (words: ReactNode): ReactNode => <code className="font-mono text-caption break-all">{words}</code>

/** Who looks, and by which call. */
const HowChecked = ({ health, name }: { readonly health: ConnectionHealth; readonly name: string }) => (
  <p className="text-small text-ink-3">
    {health.cause === 'no_probe'
      ? rich('life.health.no-way', { name, b: isolated })
      : health.probe === null
        ? rich('life.health.way-unknown', { name, b: isolated })
        : rich('life.health.way', { name, call: health.probe, b: isolated, code })}
  </p>
)

/** Whether it works: one of three values with its time, why, what the next step is, its last thirty days, and how it is looked at. */
export const HealthSection = ({
  connection,
  connectorName,
  now,
  hasNotice,
  error,
}: {
  readonly connection: Connection
  readonly connectorName: string
  readonly now: number
  /** The notice above tells cause and next step. */
  readonly hasNotice: boolean
  /** Why the last look was not made. */
  readonly error: Error | null
}) => {
  const { connectionId } = connection
  const { data: health } = useRead('connections.health', { connectionId })
  const { data: history } = useHistory(connectionId)
  if (connection.status === 'pending') return null
  const bars = history === undefined ? null : healthBars(history.events, connection, now)
  const saysCause =
    health !== undefined && !hasNotice && !SILENT.has(health.cause) && !(health.state === 'verified' && health.cause === 'not_checked')
  return (
    <Section title={t('life.health.title')}>
      {health === undefined ? null : (
        <div role="status" className="flex flex-col gap-1">
          <p className="flex items-center gap-1.5">
            <StatusGlyph glyph={GLYPH[health.state]} size={14} />
            <span>{stateWords(health, now)}</span>
          </p>
          {saysCause ? (
            <p className="text-ink-2">
              {rich(`life.cause.${health.cause}`, { name: connectorName, b: isolated })} {t(`life.next.${health.next.action}`)}
            </p>
          ) : null}
        </div>
      )}
      {error === null ? null : <ErrorNotice error={error} title={t('life.health.not-checked')} />}
      {bars === null ? null : <HealthStrip bars={bars} now={now} />}
      {health === undefined ? null : <HowChecked health={health} name={connectorName} />}
      {health === undefined || hasNotice || health.evidence.length === 0 ? null : (
        <FoldAway title={t('life.evidence.title')}>
          <HealthEvidenceList health={health} now={now} />
        </FoldAway>
      )}
    </Section>
  )
}
