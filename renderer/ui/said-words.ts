import type { Sentence } from '#shared/sentence'
import { sentenceMessage } from '#renderer/messages/finding-messages.ts'
import { fillMessage } from '#renderer/messages/translate.ts'
import { exactDay, exactTime } from './relative-words.ts'

/** A stretch of what was said. `isForeign`: in the words of another, or in English because this window has no others. */
export interface SaidPart {
  readonly text: string
  readonly isForeign: boolean
}

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g
const DAY = /^\d{4}-\d\d-\d\d$/

/** A value as the window writes it: an instant as a local time, a day as a date, anything else as it is. */
const shownValue = (value: string | number): string | number => {
  if (typeof value === 'number') return value
  return DAY.test(value) ? exactDay(value) : value.replace(INSTANT, exactTime)
}

const partOf = ({ key, values }: Sentence): SaidPart | null => {
  if (key === 'said') return { text: String(values['text'] ?? '').replace(INSTANT, exactTime), isForeign: true }
  const message = sentenceMessage(key)
  if (message === null) return null
  try {
    const text = fillMessage(message, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shownValue(value)])))
    return { text, isForeign: false }
  } catch {
    // A value that the message wants did not come along: then the English is what there is.
    return null
  }
}

/** What a text of an answer says, in the language of the window; the English itself where the sentences or their words are missing. */
export const saidWords = (english: string, said: readonly Sentence[] | null | undefined): readonly SaidPart[] => {
  const parts = (said ?? []).map(partOf)
  const known = parts.filter((part) => part !== null)
  if (known.length === 0 || known.length < parts.length) return [{ text: english.replace(INSTANT, exactTime), isForeign: true }]
  return known
}

/** As `saidWords`, as one text. */
export const saidText = (english: string, said: readonly Sentence[] | null | undefined): string =>
  saidWords(english, said)
    .map(({ text }) => text)
    .join(' ')
