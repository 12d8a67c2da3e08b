import { ENGLISH, type MessageKey } from '#renderer/messages/message-catalogue.ts'
import { t } from '#renderer/messages/translate.ts'

const isKey = (key: string): key is MessageKey => Object.hasOwn(ENGLISH, key)

/** The way to sign in, in words. */
export const modeWords = (authMode: string): string => {
  const key = `ui.mode.${authMode}`
  return isKey(key) ? t(key) : authMode
}
