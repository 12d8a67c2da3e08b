import { type ErrorCode, ERRORS, isErrorCode, type PatchbayError } from './errors.ts'
import { FINDING_WORDS, type FindingKey } from './finding-words.ts'

/** What fills the placeholders of a sentence. */
export type SentenceValues = Readonly<Record<string, string | number>>

/**
 * One sentence for a person, so that every language can tell it. The key names a finding, the message (`error.`) or the next step
 * (`error-next.`) of an error's code, or is `said`: the words of another, as they came.
 */
export interface Sentence {
  readonly key: string
  readonly values: SentenceValues
}

/** What a text says: one sentence, or several one after the other. */
export type Words = Sentence | readonly Sentence[]

type UpTo<Text extends string, Mark extends string> = Text extends `${infer Before}${Mark}${string}` ? Before : Text
type NameIn<Opened extends string> = UpTo<UpTo<Opened, '}'>, ','>
type AsName<Word extends string> = Word extends '' | `${string} ${string}` | `${string}{${string}` ? never : Word
type HolesOf<Message extends string> = Message extends `${string}{${infer Rest}` ? AsName<NameIn<UpTo<Rest, '{'>>> | HolesOf<Rest> : never
type ValuesOf<Key extends FindingKey> = { readonly [Hole in HolesOf<(typeof FINDING_WORDS)[Key]>]: string | number }

/** A sentence by its key, with a value for each placeholder of it. */
export const say = <Key extends FindingKey>(
  key: Key,
  ...values: [HolesOf<(typeof FINDING_WORDS)[Key]>] extends [never] ? [] : [ValuesOf<Key>]
): Sentence => ({ key, values: values[0] ?? {} })

/** The words of another, as they came: what a server, a system or a file said. */
export const asSaid = (text: string): Sentence => ({ key: 'said', values: { text } })

/** What an error says: the sentence of its code, or what was said more precisely, as it was said. */
export const sayError = ({ code, message }: { readonly code: string | null; readonly message: string }): Sentence =>
  isErrorCode(code) && message === ERRORS[code].message ? { key: `error.${code}`, values: {} } : asSaid(message)

const isValues = (values: unknown): values is SentenceValues =>
  typeof values === 'object' &&
  values !== null &&
  Object.values(values).every((value) => typeof value === 'string' || typeof value === 'number')

/** What an error says more precisely than its code, in English and by key: spread into the options of a `PatchbayError`. */
export const precisely = (words: Sentence): { readonly message: string; readonly data: { readonly said: Sentence[] } } => ({
  message: inEnglish(words),
  data: { said: [words] },
})

const isSentence = (value: unknown): value is Sentence =>
  typeof value === 'object' &&
  value !== null &&
  'key' in value &&
  typeof value.key === 'string' &&
  'values' in value &&
  isValues(value.values)

/** What an error says: by the key that travels with it, else as `sayError`. */
export const saidBy = (error: PatchbayError): Sentence => {
  const { said } = error.data
  const first: unknown = Array.isArray(said) ? said[0] : undefined
  return isSentence(first) ? first : sayError(error)
}

/** The message of an error's code. */
export const sayCode = (code: ErrorCode): Sentence => ({ key: `error.${code}`, values: {} })

/** The one next thing to do about an error. */
export const sayNext = (code: ErrorCode): Sentence => ({ key: `error-next.${code}`, values: {} })

/** Where the brace that opens at `at` closes. */
const closing = (message: string, at: number): number => {
  let depth = 0
  for (let index = at; index < message.length; index += 1) {
    if (message[index] === '{') depth += 1
    if (message[index] === '}') depth -= 1
    if (depth === 0) return index
  }
  throw new Error(`A brace stays open in: ${message}`)
}

const branchesOf = (text: string): ReadonlyMap<string, string> => {
  const branches = new Map<string, string>()
  for (let at = 0; text.includes('{', at);) {
    const open = text.indexOf('{', at)
    const close = closing(text, open)
    branches.set(text.slice(at, open).trim(), text.slice(open + 1, close))
    at = close + 1
  }
  return branches
}

const fillHole = (hole: string, values: SentenceValues): string => {
  const [, name = '', kind, rest = ''] = /^(\w+)(?:, (plural|select), (.*))?$/s.exec(hole) ?? []
  const value = values[name]
  if (value === undefined) throw new Error(`A sentence lacks the value ${name}.`)
  if (kind === undefined) return String(value)
  const branches = branchesOf(rest)
  const wanted = kind === 'select' ? String(value) : value === 1 ? 'one' : 'other'
  return fill(branches.get(`=${value}`) ?? branches.get(wanted) ?? branches.get('other') ?? '', values)
}

/** A message of the English table with its values: the part of ICU MessageFormat that the table uses. */
const fill = (message: string, values: SentenceValues): string => {
  let text = ''
  for (let at = 0; at < message.length;) {
    const open = message.indexOf('{', at)
    if (open < 0) return text + message.slice(at)
    const close = closing(message, open)
    text += message.slice(at, open) + fillHole(message.slice(open + 1, close), values)
    at = close + 1
  }
  return text
}

/** The English template of a sentence's key; null for a key that this version does not know. */
export const englishMessage = (key: string): string | null => {
  const [kind, code] = [key.slice(0, key.indexOf('.')), key.slice(key.indexOf('.') + 1)]
  if (kind === 'error' && isErrorCode(code)) return ERRORS[code].message
  if (kind === 'error-next' && isErrorCode(code)) return ERRORS[code].next
  return Object.hasOwn(FINDING_WORDS, key) ? FINDING_WORDS[key as FindingKey] : null
}

/** The sentences of a text, as they travel. */
export const sentencesOf = (words: Words): Sentence[] => ('key' in words ? [words] : [...words])

/** What a text says in English. */
export const inEnglish = (words: Words): string =>
  sentencesOf(words)
    .map(({ key, values }) => (key === 'said' ? String(values['text'] ?? '') : fill(englishMessage(key) ?? '', values)))
    .filter((text) => text !== '')
    .join(' ')
