import type { Connection } from '#shared/contract/connections'
import { tellingName } from '#shared/telling-name'
import { t } from '#renderer/messages/translate.ts'
import { announceArrival } from '../../shell/arrival.ts'
import { tell } from '../../ui/toast.tsx'

/** Tells that a sign-in succeeded: as whom, under which handle, and where in the list. */
export const tellConnected = (connection: Pick<Connection, 'connectionId' | 'identity' | 'handle'>, name: string): void => {
  const account = tellingName(connection.identity)
  tell(
    account === null ? t('connect.done.connected', { name }) : t('connect.done.connected-as', { who: account }),
    t('connect.done.handle', { handle: connection.handle }),
  )
  announceArrival(connection.connectionId, name)
}
