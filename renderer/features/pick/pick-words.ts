import type { PickAccount, PickAsker } from '#shared/contract/connection-picks'
import { t } from '#renderer/messages/translate.ts'

/** What the bundled command line calls itself. */
const OWN_CLIENT = 'patchbay'

/** Who asks: what its transport knows, and of its own word no more than that it is one. */
export const askerWords = ({ kind, client }: PickAsker): string => {
  if (client === null) return t(kind === 'cli' ? 'pick.by-cli' : 'pick.by-program')
  return kind === 'cli' && client === OWN_CLIENT ? t('pick.by-cli') : t('pick.by-client', { client })
}

/** Connector and label in one line. */
export const accountName = ({ label }: Pick<PickAccount, 'label'>, connectorName: string): string =>
  label === null ? connectorName : `${connectorName} ${label}`

/** The account as a person knows it, or null while it is not known. */
export const identityOf = ({ identity }: Pick<PickAccount, 'identity'>): string | null =>
  identity === null ? null : (identity.email ?? identity.username ?? identity.displayName ?? identity.accountId)
