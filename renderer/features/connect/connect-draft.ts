import type { Connector, ConnectorField } from '#shared/contract/catalogue'
import { checkField } from '#shared/form-values'
import { t } from '#renderer/messages/translate.ts'
import { fieldProblemWords } from './field-problem-words.ts'

/** What is wrong with one value, and what was probably meant. */
export interface FieldProblem {
  readonly message: string
  readonly suggestion: string | null
}

export type Values = Readonly<Record<string, string>>

/** A field's key among the values: its group and name, for two groups may use one name. */
export const fieldKey = (field: Pick<ConnectorField, 'group' | 'name'>): string => `${field.group}.${field.name}`

/** The fields that are asked for. */
export const askedFields = (connector: Pick<Connector, 'fields'>): readonly ConnectorField[] =>
  connector.fields.filter((field) => !field.isAutomated)

/** The values before anything is typed: what the definition gives. */
export const firstValues = (connector: Pick<Connector, 'fields'>): Values =>
  Object.fromEntries(
    askedFields(connector).flatMap((field) => (field.defaultValue === null ? [] : [[fieldKey(field), field.defaultValue]])),
  )

/** What is wrong with what is typed into one field, by the rules the core applies. */
export const problemOf = (field: ConnectorField, typed: string): FieldProblem | null => {
  const checked = checkField(field, typed)
  return 'message' in checked ? { message: fieldProblemWords(checked.message), suggestion: checked.suggestion ?? null } : null
}

/** Every field that is not right yet, in the order of the form. */
export const problemsOf = (connector: Pick<Connector, 'fields'>, values: Values): ReadonlyMap<string, FieldProblem> =>
  new Map(
    askedFields(connector).flatMap((field) => {
      const problem = problemOf(field, values[fieldKey(field)] ?? '')
      return problem === null ? [] : [[fieldKey(field), problem] as const]
    }),
  )

/** The values as `connect.start` takes them; what is empty is left out. */
export const toStartValues = (
  connector: Pick<Connector, 'fields'>,
  values: Values,
): { readonly fields: Record<string, string>; readonly credentials: Record<string, string> } => {
  const given = (group: ConnectorField['group']): Record<string, string> =>
    Object.fromEntries(
      askedFields(connector).flatMap((field) => {
        const value = values[fieldKey(field)] ?? ''
        return field.group === group && value !== '' ? [[field.name, value] as const] : []
      }),
    )
  return { fields: { ...given('config'), ...given('assertion') }, credentials: given('credential') }
}

/** How many characters a field's pattern wants, where it is one class of a fixed length. */
export const expectedLength = (pattern: string | null): number | null => {
  const length = /^\^\[[^\]]+\]\{(\d{1,4})\}\$$/.exec(pattern ?? '')?.[1]
  return length === undefined ? null : Number(length)
}

/** `One field is not right yet.` */
export const problemCount = (count: number): string => t('connect.problems', { count })

/** What somebody typed as scopes, one by one: blanks and commas part them, none twice. */
export const splitScopes = (text: string, before: readonly string[]): readonly string[] => {
  const added = text
    .split(/[\s,]+/)
    .map((scope) => scope.trim().slice(0, 500))
    .filter((scope) => scope !== '')
  return [...new Set([...before, ...added])].slice(0, 200)
}
