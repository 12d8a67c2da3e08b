import { t } from '#renderer/messages/translate.ts'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'

/** What the core says of the account of a reconnect, and the same as a message of the window. */
const NOTES: Readonly<Record<string, MessageKey>> = {
  'Whether it is the same account as before cannot be told.': 'connect.note.cannot-tell',
  'Another account took the place of the one before.': 'connect.note.replaced',
  'The other account is a connection of its own now.': 'connect.note.added',
  'Another account came back than the one known. It is for you to say what becomes of it.': 'connect.note.asks',
}

/** The note of a step in the language of the window; one that is not known here stays as it is. */
export const noteWords = (note: string): string => {
  const key = NOTES[note]
  return key === undefined ? note : t(key)
}
