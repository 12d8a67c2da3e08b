import IntlMessageFormat from 'intl-messageformat'
import { createElement, Fragment, type ReactNode, useSyncExternalStore } from 'react'
import { ENGLISH_WORDS, type Language, LANGUAGES, type LanguageWords, type MessageKey, wordsOfLanguage } from './message-catalogue.ts'

/** What fills a placeholder; a number in a plural, or shown as the language writes numbers. */
export type MessageValues = Readonly<Record<string, string | number>>

/** What fills a message with marked parts: `<b>...</b>` in it is drawn by the function named `b`. */
export type RichValues = Readonly<Record<string, ReactNode | ((children: ReactNode) => ReactNode)>>

let current: Language = 'en'
let words: LanguageWords = ENGLISH_WORDS
let wanted: Language = 'en'
const listeners = new Set<() => void>()
const compiled = new Map<string, IntlMessageFormat>()

/** The language the window speaks, as a tag for `Intl`. */
export const language = (): Language => current

/** The tag for numbers and dates; English writes its dates day first, as the design does. */
export const locale = (): string => (current === 'en' ? 'en-GB' : current)

/** All that the window says, in the language it speaks. */
export const spokenWords = (): LanguageWords => words

/** Speaks another language from now on; who uses `useLanguage` is drawn again. Until its words are read, and where they cannot be, the language stays. */
export const setLanguage = async (asked: Language): Promise<void> => {
  wanted = asked
  if (asked === current) return
  const read = await wordsOfLanguage(asked)
  // Another was asked for meanwhile.
  if (wanted !== asked || current === asked) return
  current = asked
  words = read
  for (const listener of listeners) listener()
}

/** The language, drawn again when it changes. */
export const useLanguage = (): Language =>
  useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, language)

/** The first language of a person's list that Patchbay speaks, else English. */
export const languageFor = (preferred: readonly string[]): Language => {
  for (const tag of preferred) {
    const found = LANGUAGES.find(({ language: each }) => tag.toLowerCase().split('-')[0] === each)
    if (found !== undefined) return found.language
  }
  return 'en'
}

const isPlain = (message: string): boolean => !/[{<]/.test(message)

const formatOf = (message: string): IntlMessageFormat => {
  const place = `${current}\n${message}`
  const known = compiled.get(place)
  if (known !== undefined) return known
  const made = new IntlMessageFormat(message, locale())
  compiled.set(place, made)
  return made
}

/** A message in the language of the window, its placeholders filled. Throws where a value is missing. */
export const fillMessage = (message: string, values: MessageValues): string =>
  isPlain(message) ? message : String(formatOf(message).format({ ...values }))

/** The message of a key in the language of the window, its placeholders filled. */
export const t = (key: MessageKey, values: MessageValues = {}): string => fillMessage(words.messages[key], values)

/** As `t`, where parts of the message are drawn: links, names apart from their surroundings, key caps. */
export const rich = (key: MessageKey, values: RichValues): ReactNode => {
  const filled = Object.entries(values).map(([name, value]): [string, ReactNode | ((parts: ReactNode[]) => ReactNode)] => [
    name,
    typeof value === 'function' ? (parts: ReactNode[]) => value(createElement(Fragment, null, ...parts)) : value,
  ])
  const parts = formatOf(words.messages[key]).format<ReactNode>(Object.fromEntries(filled))
  return Array.isArray(parts) ? createElement(Fragment, null, ...parts) : parts
}

/** A number as the language writes it: `10,000` or `10.000`. */
export const formatNumber = (value: number): string => value.toLocaleString(locale())
