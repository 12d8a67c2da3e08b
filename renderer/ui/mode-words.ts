import { isMessageKey } from '#renderer/messages/message-catalogue.ts'
import { t } from '#renderer/messages/translate.ts'

/** The way to sign in, in words. */
export const modeWords = (authMode: string): string => {
  const key = `ui.mode.${authMode}`
  return isMessageKey(key) ? t(key) : authMode
}
