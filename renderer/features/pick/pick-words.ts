import type { PickAccount, PickAsker } from '#shared/contract/connection-picks'
import { locale, t } from '#renderer/messages/translate.ts'
import { fullName } from '../../ui/full-name.ts'

/** What the bundled command line calls itself. */
const OWN_CLIENT = 'patchbay'

/** Who asks: what its transport knows, and of its own word no more than that it is one. */
export const askerWords = ({ kind, client }: PickAsker): string => {
  if (client === null) return t(kind === 'cli' ? 'pick.by-cli' : 'pick.by-program')
  return kind === 'cli' && client === OWN_CLIENT ? t('pick.by-cli') : t('pick.by-client', { client })
}

/** The accounts of any connector as a person looks them up: by the name that is shown. */
export const byName = (accounts: readonly PickAccount[], nameOf: (connectorId: string) => string): readonly PickAccount[] => {
  const called = accounts.map((account) => ({ account, name: fullName(account, nameOf(account.connectorId)) }))
  return called.toSorted((a, b) => a.name.localeCompare(b.name, locale())).map(({ account }) => account)
}
