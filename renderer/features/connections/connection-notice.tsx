import type { Connection } from '#shared/contract/connections'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { requestSheet } from '#renderer/shell/sheet-request.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Notice } from '#renderer/ui/notice.tsx'
import { troubleOf } from './connection-words.ts'

/** What is wrong with a connection, why, and the one next action; nothing when it is well. */
export const ConnectionNotice = ({
  connection,
  connectorName,
  now,
  isOffline,
  isRefreshing,
  onRefresh,
}: {
  readonly connection: Connection
  readonly connectorName: string
  readonly now: number
  readonly isOffline: boolean
  readonly isRefreshing: boolean
  readonly onRefresh: () => void
}) => {
  const flows = useRead('connect.list', { isOpen: true }, { isEnabled: connection.status === 'pending' })
  const look = useWrite('sync.run')
  const trouble = troubleOf(connection, connectorName, now, isOffline)
  if (trouble === null) return null
  const flowId = flows.data?.flows.find((flow) => flow.connectionId === connection.connectionId)?.flowId
  const { connectorId, label } = connection
  const actions = {
    'connect-again': (
      <Button
        size="small"
        variant="primary"
        onClick={() => requestSheet({ kind: 'connect', connectorId, ...(label === null ? {} : { label }) })}
      >
        Connect again
      </Button>
    ),
    'show-sign-in': (
      <Button
        size="small"
        variant="primary"
        disabledReason={flowId === undefined ? 'The sign-in is not open any more' : null}
        onClick={() => flowId !== undefined && requestSheet({ kind: 'flow', flowId })}
      >
        Show sign-in
      </Button>
    ),
    retry: (
      <Button size="small" variant="primary" isBusy={isRefreshing} onClick={onRefresh}>
        Retry now
      </Button>
    ),
    'look-again': (
      <Button size="small" variant="primary" isBusy={look.isPending} onClick={() => look.mutate({})}>
        Look again
      </Button>
    ),
  }
  return (
    <Notice tone={trouble.tone} title={trouble.title} actions={trouble.action === null ? undefined : actions[trouble.action]}>
      {trouble.body}
    </Notice>
  )
}
