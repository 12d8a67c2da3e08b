import type { PickAsker } from '#shared/contract/connection-picks'
import { t } from '#renderer/messages/translate.ts'

/** What the bundled command line calls itself. */
const OWN_CLIENT = 'patchbay'

/** Who asks: what its transport knows, and of its own word no more than that it is one. */
export const askerWords = ({ kind, client }: PickAsker): string => {
  if (client === null) return t(kind === 'cli' ? 'pick.by-cli' : 'pick.by-program')
  return kind === 'cli' && client === OWN_CLIENT ? t('pick.by-cli') : t('pick.by-client', { client })
}
