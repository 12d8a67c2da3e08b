import { Search } from 'lucide-react'
import { useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { requestSheet } from '#renderer/shell/sheet-request.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { Notice } from '#renderer/ui/notice.tsx'
import { StatusLabel } from '#renderer/ui/status-label.tsx'
import { hasOtherAccount, isShortOfScopes, troubleOf } from './connection-words.ts'
import { Evidence, NextAction } from './decision.tsx'
import { HealthEvidenceList } from './health-evidence.tsx'
import { provedTrouble } from './health-trouble.ts'
import { reconnect } from './panel-reconnect.ts'

/** The causes that only Nango's answer can tell; they outweigh what the row says by itself. */
const FROM_NANGO = new Set([
  'unreachable',
  'key_refused',
  'gone_at_nango',
  'moved_integration',
  'integration_missing',
  'provider_differs',
  'other_profile',
])

/** Whether a connection works and, if not, the cause, what it was concluded from, and the one next action. */
export const ConnectionNotice = ({
  connection,
  connectorName,
  place,
  now,
  isOffline,
  isRefreshing,
  isVerifying,
  onRefresh,
  onVerify,
}: {
  readonly connection: Connection
  readonly connectorName: string
  /** `Nango` or `Sandbox`. */
  readonly place: string
  readonly now: number
  readonly isOffline: boolean
  readonly isRefreshing: boolean
  readonly isVerifying: boolean
  readonly onRefresh: () => void
  readonly onVerify: () => void
}) => {
  const { connectionId } = connection
  const [asked, setAsked] = useState<string | null>(null)
  const isAsked = asked === connectionId
  const isPending = connection.status === 'pending'
  const health = useRead('connections.health', { connectionId }, { isEnabled: !isPending }).data
  const proved = isOffline || isPending ? null : provedTrouble(health, connectorName, place)
  const trouble = proved ?? troubleOf(connection, connectorName, now, isOffline)
  const flows = useRead('connect.list', { isOpen: true }, { isEnabled: isPending || hasOtherAccount(connection) })
  const known = useRead(
    'system.diagnose',
    { reference: connectionId, asksNango: isAsked },
    { isEnabled: !isPending && (isAsked || trouble !== null), keepsPrevious: true },
  )
  const look = useWrite('sync.run')
  const diagnosis = isPending ? undefined : known.data?.connectionId === connectionId ? known.data : undefined
  const isDecided = diagnosis !== undefined && isAsked && FROM_NANGO.has(diagnosis.cause)
  const ask = (
    <Button
      size="small"
      variant="ghost"
      icon={Search}
      isBusy={isAsked && known.isFetching}
      onClick={() => {
        setAsked(connectionId)
        if (isAsked) void known.refetch()
      }}
    >
      {t('connections.why.ask', { place })}
    </Button>
  )
  const status =
    (connection.status === 'connected' && proved === null) || isOffline || connection.status === 'paused' ? (
      <StatusLabel status={connection.status} />
    ) : null
  if (trouble === null && !isDecided) {
    if (isPending || isOffline || connection.status === 'paused') return status
    const isCompared = isAsked && diagnosis !== undefined && !known.isFetching
    return (
      <>
        <div className="flex min-h-7 flex-wrap items-center justify-between gap-x-3">
          {status}
          {isCompared ? null : <div className="-mr-2.5">{ask}</div>}
        </div>
        {isCompared ? (
          <Notice tone="connected" title={t(`connections.cause.${diagnosis.cause}`, { name: connectorName, place })} actions={ask}>
            <Evidence evidence={diagnosis.evidence} />
          </Notice>
        ) : null}
        {known.error === null ? null : <ErrorNotice error={known.error} title={t('connections.why.failed')} />}
      </>
    )
  }
  const isShort = proved === null && isShortOfScopes(connection)
  const flowId = flows.data?.flows.find((flow) => flow.connectionId === connectionId)?.flowId
  const actions = {
    'connect-again': (
      <Button size="small" variant="primary" onClick={() => reconnect(connection, { withScopes: isShort })}>
        {t(isShort ? 'life.do.add-scopes' : connection.status === 'revoked' ? 'life.do.connect-again' : 'life.do.reconnect')}
      </Button>
    ),
    reconnect: (
      <Button size="small" variant="primary" onClick={() => reconnect(connection)}>
        {t('life.do.reconnect')}
      </Button>
    ),
    // Once nothing is open to decide upon, the right account signs in.
    decide:
      flowId === undefined ? (
        <Button size="small" variant="primary" onClick={() => reconnect(connection)}>
          {t('life.do.reconnect')}
        </Button>
      ) : (
        <Button size="small" variant="primary" onClick={() => requestSheet({ kind: 'flow', flowId })}>
          {t('connections.do.decide')}
        </Button>
      ),
    verify: (
      <Button size="small" variant="primary" isBusy={isVerifying} onClick={onVerify}>
        {t('life.do.check-again')}
      </Button>
    ),
    'show-sign-in': (
      <Button
        size="small"
        variant="primary"
        disabledReason={flowId === undefined ? t('connections.do.sign-in-gone') : null}
        onClick={() => flowId !== undefined && requestSheet({ kind: 'flow', flowId })}
      >
        {t('connections.do.show-sign-in')}
      </Button>
    ),
    retry: (
      <Button size="small" variant="primary" isBusy={isRefreshing} onClick={onRefresh}>
        {t('connections.do.retry')}
      </Button>
    ),
    'look-again': (
      <Button size="small" variant="primary" isBusy={look.isPending} onClick={() => look.mutate({})}>
        {t('connections.do.look-again')}
      </Button>
    ),
  }
  const action =
    isDecided && diagnosis !== undefined ? (
      <NextAction diagnosis={diagnosis} isBusy={isRefreshing} onRefresh={onRefresh} />
    ) : trouble?.action == null ? null : (
      actions[trouble.action]
    )
  const title =
    isDecided && diagnosis !== undefined ? t(`connections.cause.${diagnosis.cause}`, { name: connectorName, place }) : trouble?.title
  // What the words above already say in the language of the window is not said again.
  const said = new Set(['last_error', ...(!isDecided && isShort ? ['scopes'] : [])])
  const isOfHealth = proved !== null && !isDecided
  const evidence = isOfHealth ? [] : (diagnosis?.evidence.filter(({ id }) => !said.has(id)) ?? [])
  const body = isDecided && diagnosis !== undefined ? t(`connections.next.${diagnosis.next.action}`) : trouble?.body
  return (
    <>
      {status}
      <Notice
        tone={trouble?.tone ?? 'attention'}
        title={title}
        actions={
          <>
            {action}
            {isPending || isOffline ? null : ask}
          </>
        }
      >
        {body}
        {evidence.length === 0 ? null : (
          <div className="pt-2">
            <Evidence evidence={evidence} />
          </div>
        )}
        {isOfHealth && health !== undefined ? (
          <div className="pt-2">
            <HealthEvidenceList health={health} now={now} />
          </div>
        ) : null}
      </Notice>
      {known.error === null ? null : <ErrorNotice error={known.error} title={t('connections.why.failed')} />}
    </>
  )
}
