import { ENGLISH, type LanguageWords, type MessageKey } from '#renderer/messages/message-catalogue.ts'

/** The parts of an ICU message: text, and what stands in braces. */
const partsOf = (message: string): readonly { readonly text: string; readonly isFilled: boolean }[] => {
  const parts: { text: string; isFilled: boolean }[] = []
  let depth = 0
  let text = ''
  for (const letter of message) {
    const isEdge = (letter === '{' && depth === 0) || (letter === '}' && depth === 1)
    depth += letter === '{' ? 1 : letter === '}' ? -1 : 0
    if (!isEdge) text += letter
    else {
      parts.push({ text, isFilled: letter === '}' })
      text = ''
    }
  }
  return [...parts, { text, isFilled: false }].filter((part) => part.text !== '')
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

const patternOf = (message: string, values: Readonly<Record<string, string>>): string =>
  partsOf(message.replaceAll(/<\/?\w+>/g, ''))
    .map(({ text, isFilled }) => (isFilled ? (values[text] === undefined ? '.+' : escaped(values[text])) : escaped(text)))
    .join('')

/** What an English text of the window, or the message of a key, is in a language: a pattern, because one text can be several messages. */
export const wordsIn =
  ({ messages }: LanguageWords) =>
  (english: string, values: Readonly<Record<string, string>> = {}): RegExp => {
    const keys = (Object.keys(ENGLISH) as MessageKey[]).filter((key) => key === english || ENGLISH[key] === english)
    if (keys.length === 0) throw new Error(`The window never says "${english}"`)
    return new RegExp(`^(?:${[...new Set(keys.map((key) => patternOf(messages[key], values)))].join('|')})$`)
  }
