import { t } from '#renderer/messages/translate.ts'

/** One tag as it is typed. */
export interface TagRow {
  readonly id: number
  readonly key: string
  readonly value: string
}

/** The most that Nango takes (nango-api.md section 5). */
export const MOST_TAGS = 10

const OURS = /^patchbay_/i
const KEY = /^[a-zA-Z][a-zA-Z0-9_./-]*$/

/** Whether a tag is one that Patchbay keeps as it is. */
export const isOurTag = (key: string): boolean => OURS.test(key)

/** The tags that a person may change. */
export const rowsOf = (tags: Readonly<Record<string, string>>): readonly TagRow[] =>
  Object.entries(tags)
    .filter(([key]) => !isOurTag(key))
    .map(([key, value], id) => ({ id, key, value }))

/** The tags as they are sent; rows that are wholly empty are none. */
export const tagsOf = (rows: readonly TagRow[]): Record<string, string> =>
  Object.fromEntries(rows.filter(({ key, value }) => key.trim() !== '' || value !== '').map(({ key, value }) => [key.trim(), value]))

/** What is wrong with a row, in words; null when Nango would take it. */
export const tagFault = (row: TagRow, rows: readonly TagRow[]): string | null => {
  const key = row.key.trim()
  if (key === '' && row.value === '') return null
  if (isOurTag(key)) return t('life.tags.ours')
  if (!KEY.test(key) || key.length > 64) return t('life.tags.bad-key')
  if (rows.some((other) => other.id < row.id && other.key.trim().toLowerCase() === key.toLowerCase())) return t('life.tags.twice')
  if (row.value === '' || row.value.length > 255) return t('life.tags.bad-value')
  if (/\p{Cc}/u.test(row.value)) return t('life.tags.control')
  if (key.toLowerCase() === 'end_user_email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(row.value)) return t('life.tags.email')
  return null
}
