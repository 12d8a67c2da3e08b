import { t } from '#renderer/messages/translate.ts'

export type Metadata = Readonly<Record<string, unknown>>

/** What a text is as metadata: an object, or what keeps it from being one. */
export type Parsed = { readonly metadata: Metadata; readonly fault: null } | { readonly metadata: null; readonly fault: string }

/** The most that is taken, in bytes. */
const MOST_BYTES = 64 * 1024

/** Where JSON breaks off, as `line 3, column 7`; null where the browser does not tell. */
const placeOf = (error: unknown, text: string): string | null => {
  const message = error instanceof Error ? error.message : ''
  const told = /line (\d+) column (\d+)/.exec(message)
  if (told !== null) return t('life.metadata.place', { line: Number(told[1]), column: Number(told[2]) })
  const position = /position (\d+)/.exec(message)?.[1]
  const at = position === undefined ? (/end of (?:JSON|data)/i.test(message) ? text.length : null) : Number(position)
  if (at === null) return null
  const before = text.slice(0, at).split('\n')
  return t('life.metadata.place', { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 })
}

/** Reads what was typed, before anything is sent. */
export const parseMetadata = (text: string): Parsed => {
  const fault = (words: string): Parsed => ({ metadata: null, fault: words })
  if (text.trim() === '') return fault(t('life.metadata.empty'))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const place = placeOf(error, text)
    return fault(place === null ? t('life.metadata.not-json') : t('life.metadata.not-json-at', { place }))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fault(t('life.metadata.not-object'))
  if (new TextEncoder().encode(JSON.stringify(value)).length > MOST_BYTES) return fault(t('life.metadata.too-large'))
  return { metadata: value as Metadata, fault: null }
}

/** What writing would do to each key that is concerned. */
export interface MetadataChange {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly dropped: readonly string[]
}

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right)

/** What `replace` or `merge` of some metadata would change of what is there. */
export const changeOf = (before: Metadata, given: Metadata, mode: 'replace' | 'merge'): MetadataChange => {
  const has = (metadata: Metadata, key: string): boolean => Object.hasOwn(metadata, key)
  return {
    added: Object.keys(given).filter((key) => !has(before, key)),
    changed: Object.keys(given).filter((key) => has(before, key) && !same(before[key], given[key])),
    dropped: mode === 'merge' ? [] : Object.keys(before).filter((key) => !has(given, key)),
  }
}
