import type { Connector } from '#shared/contract/catalogue'
import { isMessageKey } from '#renderer/messages/message-catalogue.ts'
import { t } from '#renderer/messages/translate.ts'
import { modeWords } from '#renderer/ui/mode-words.ts'

/** A category of the catalogue, in words; one that is newer than the words as it is written. */
export const categoryWords = (category: string): string => {
  const key = `catalogue.category.${category}`
  return isMessageKey(key) ? t(key) : `${category.charAt(0).toUpperCase()}${category.slice(1).replace(/-/g, ' ')}`
}

/** What stands under a connector's name: the way to sign in and the first telling category. */
export const metaWords = (connector: Pick<Connector, 'categories' | 'authMode'>): readonly string[] => {
  const category = connector.categories.find((one) => one !== 'popular' && one !== 'other')
  return category === undefined ? [modeWords(connector.authMode)] : [modeWords(connector.authMode), categoryWords(category)]
}
