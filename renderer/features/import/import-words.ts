import { IMPORT_FIELDS } from '#shared/contract/connection-import'
import { displayText } from '#shared/display-text'
import { fromWire, type PatchbayError } from '#shared/errors'
import { countOutcomes, type ImportStop, type RowResult } from '#shared/import-run'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'
import { formatNumber, language, t } from '#renderer/messages/translate.ts'
import { type FileProblem, IMPORT_LIMITS } from './read-import-file.ts'

/** Why a run stopped, as an error that can be shown. */
export const stopError = ({ retryInMs, ...said }: ImportStop): PatchbayError => fromWire({ ...said, data: { retryInMs } })

/** Why a file is not read, in a sentence. */
export const problemWords = ({ reason, column }: FileProblem): string => {
  const { bytes, rows, columns, columnName } = IMPORT_LIMITS
  const limit = { too_large: bytes / 1_048_576, too_many_rows: rows, too_many_columns: columns, long_column: columnName } as const
  const most = reason in limit ? formatNumber(limit[reason as keyof typeof limit]) : ''
  return t(`import.file.${reason}`, { most, column: column ?? 0 })
}

const CODES = [
  'no_integration',
  'unknown_integration',
  'nothing_to_import',
  'wrong_type',
  'not_importable',
  'missing_fields',
  'invalid_fields',
  'invalid_connection_id',
  'invalid_tags',
  'duplicate',
  'exists',
  'not_at_nango',
  'owned_elsewhere',
  'test_failed',
  'refused_by_nango',
  'too_many_cells',
  'open_quote',
  'not_an_object',
  'too_long',
] as const

const isCode = (code: string): code is (typeof CODES)[number] => CODES.some((each) => each === code)

/** Codes of which the core says more than the window's own sentence does. */
const SAYS_MORE = new Set<string>(['wrong_type', 'not_importable', 'invalid_tags', 'test_failed', 'refused_by_nango'])

/** Why a row does not go in. `detail`: what the core or Nango says beyond that, in English. */
export const reasonWords = (reason: RowResult['reason']): { readonly text: string; readonly detail: string | null } => {
  if (reason === null) return { text: t('import.reason.not_tried'), detail: null }
  const { code, fields, words } = reason
  if (language() === 'en' && words !== '') return { text: words, detail: null }
  if (!isCode(code)) return { text: words, detail: null }
  return {
    text: t(`import.reason.${code}`, { fields: fields.map((field) => displayText(field, 100)).join(', ') }),
    detail: SAYS_MORE.has(code) && words !== '' ? words : null,
  }
}

/** As `reasonWords`, in one text, for the file of the rows that did not go in. */
export const reasonText = (reason: RowResult['reason']): string => {
  const { text, detail } = reasonWords(reason)
  return detail === null ? text : `${text} ${detail}`
}

const OUTCOMES = ['create', 'update', 'adopt', 'done_before', 'refused', 'not_tried'] as const

/** `195 added, 5 refused`; before it is done, `195 to add, 5 cannot go in`. */
export const countWords = (results: readonly Pick<RowResult, 'outcome'>[], isDone: boolean): string => {
  const counts = countOutcomes(results)
  return OUTCOMES.filter((outcome) => counts[outcome] > 0)
    .map((outcome) => t(`import.${isDone ? 'done' : 'plan'}.${outcome}`, { count: counts[outcome] }))
    .join(', ')
}

const GROUP_WORDS = {
  tags: 'import.group.tags',
  connection_config: 'import.group.connection_config',
  metadata: 'import.group.metadata',
} as const

const groupOf = (field: string): readonly [keyof typeof GROUP_WORDS, string] | null => {
  const [, group, name] = /^(tags|connection_config|metadata)\.(.+)$/s.exec(field) ?? []
  return group === undefined || name === undefined ? null : [group as keyof typeof GROUP_WORDS, name]
}

/** What a field is called. */
export const fieldWords = (field: string): string => {
  const grouped = groupOf(field)
  if (grouped !== null) return t(GROUP_WORDS[grouped[0]], { name: displayText(grouped[1], 64) })
  return t(`import.field.${field}` as MessageKey)
}

/** Fields that rows were refused for and that a column may be: what a connector wants in its configuration. */
export const wantedFields = (results: readonly RowResult[]): readonly string[] => [
  ...new Set(results.flatMap(({ reason }) => reason?.fields ?? []).filter((field) => groupOf(field) !== null)),
]

/** What a column can mean: what it means now, what rows lack, every field, its own name in one of the groups. */
export const choicesFor = (column: string, field: string | null, wanted: readonly string[]): readonly string[] => {
  const name = column.replace(/^(?:tags?|connection_?config|config|params|metadata)[.:]/i, '').slice(0, 64)
  const own =
    /\p{Cc}/u.test(name) || name === ''
      ? []
      : Object.keys(GROUP_WORDS).map((group) => `${group}.${group === 'tags' ? name.toLowerCase() : name}`)
  return [...new Set([...(field === null ? [] : [field]), ...wanted, ...IMPORT_FIELDS, ...own])]
}
