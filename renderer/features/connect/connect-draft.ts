import type { Connector, ConnectorField } from '#shared/contract/catalogue'
import { AuthorizationParams } from '#shared/contract/connect'
import { checkField, validateForm } from '#shared/form-values'
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

/** The form of a connection that is there already: what is left out of its parameters stays as it is at Nango. */
export const fieldsForReconnect = <T extends Pick<Connector, 'fields'>>(connector: T): T => ({
  ...connector,
  fields: connector.fields.map((field) =>
    field.group === 'config' && !field.isAutomated ? { ...field, isOptional: true, defaultValue: null } : field,
  ),
})

/** The groups of a form in its order; a group without fields is none. */
export const groupsOf = (
  connector: Pick<Connector, 'fields'>,
): readonly (readonly [ConnectorField['group'], readonly ConnectorField[]])[] =>
  (['config', 'credential', 'assertion'] as const).flatMap((group) => {
    const fields = askedFields(connector).filter((field) => field.group === group)
    return fields.length === 0 ? [] : [[group, fields] as const]
  })

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

/** Every field that is not right yet, in the order of the form: by the rules of the core for the whole of it. */
export const problemsOf = (connector: Pick<Connector, 'fields'>, values: Values): ReadonlyMap<string, FieldProblem> => {
  const { fields, credentials } = toStartValues(connector, values)
  const checked = validateForm({ name: '', fields: connector.fields }, fields, credentials)
  if (checked.ok) return new Map()
  return new Map(
    askedFields(connector).flatMap((field) => {
      const problem = checked.problems.find(({ name, group }) => name === field.name && group === field.group)
      return problem === undefined
        ? []
        : [[fieldKey(field), { message: fieldProblemWords(problem.message), suggestion: problem.suggestion ?? null }] as const]
    }),
  )
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

/** One parameter of the provider's page, as it is typed. */
export interface PageParam {
  readonly name: string
  readonly value: string
}

/** What is wrong with each row, in their order; a row without a name and a value is none. */
export const paramProblems = (rows: readonly PageParam[]): readonly (string | null)[] =>
  rows.map(({ name, value }, index) => {
    if (name.trim() === '' && value.trim() === '') return null
    if (!/^[A-Za-z0-9_.:-]{1,100}$/.test(name.trim())) return t('connect.params.bad-name')
    if (value.trim() === '') return t('connect.params.no-value')
    if (rows.slice(0, index).some((row) => row.name.trim() === name.trim())) return t('connect.params.twice')
    return AuthorizationParams.safeParse({ [name.trim()]: value.trim() }).success ? null : t('connect.params.own')
  })

/** How many rows are not right yet. */
export const wrongParamsOf = (rows: readonly PageParam[]): number => paramProblems(rows).filter((problem) => problem !== null).length

/** The rows as `connect.start` takes them. */
export const toParams = (rows: readonly PageParam[]): Record<string, string> =>
  Object.fromEntries(rows.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value.trim()]))

/** Nango hands scopes of the person on for this provider of its catalogue only. */
const TAKES_USER_SCOPES: ReadonlySet<string> = new Set(['slack'])

/** Whether scopes can be asked for in the name of the person, apart from those of the app. */
export const takesUserScopes = (connector: Pick<Connector, 'nango'>): boolean => TAKES_USER_SCOPES.has(connector.nango.providerKey)
