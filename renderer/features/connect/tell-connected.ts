import type { Connection } from '#shared/contract/connections'
import { nameFromSlug } from '../../api/use-connector-names.ts'
import { tell } from '../../ui/toast.tsx'

/** Who answered, as far as it is known: `mara@harborline.example`. */
export const accountName = ({ identity }: Pick<Connection, 'identity'>): string | null =>
  identity === null ? null : (identity.email ?? identity.username ?? identity.displayName ?? identity.accountId)

/** Tells that a sign-in succeeded: as whom, and under which handle. */
export const tellConnected = (connection: Pick<Connection, 'identity' | 'handle' | 'connectorId'>, name?: string): void => {
  const account = accountName(connection)
  tell(
    account === null ? `${name ?? nameFromSlug(connection.connectorId)} is connected` : `Connected as ${account}`,
    `Handle: ${connection.handle}`,
  )
}
