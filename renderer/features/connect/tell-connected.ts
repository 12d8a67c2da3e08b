import type { Connection } from '#shared/contract/connections'
import { t } from '#renderer/messages/translate.ts'
import { announceArrival } from '../../shell/arrival.ts'
import { tell } from '../../ui/toast.tsx'
import { tellingName } from './identity-words.ts'

/** Who answered, as far as it is known: `mara@harborline.example`. */
export const accountName = ({ identity }: Pick<Connection, 'identity'>): string | null => tellingName(identity)

/** Tells that a sign-in succeeded: as whom, under which handle, and where in the list. */
export const tellConnected = (connection: Pick<Connection, 'connectionId' | 'identity' | 'handle'>, name: string): void => {
  const account = accountName(connection)
  tell(
    account === null ? t('connect.done.connected', { name }) : t('connect.done.connected-as', { who: account }),
    t('connect.done.handle', { handle: connection.handle }),
  )
  announceArrival(connection.connectionId, name)
}
