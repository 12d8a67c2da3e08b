import type { IntegrationDescription } from '#shared/contract/integrations'
import { PatchbayError } from '#shared/errors'
import { INTEGRATION_ID, type IntegrationFieldName, scopesIn } from '#shared/integration-forms'
import { t } from '#renderer/messages/translate.ts'

/** The inputs of the form: those of the way to sign in, and what Nango calls the integration. */
export type DraftField = IntegrationFieldName | 'integrationId' | 'displayName'

export type Values = Readonly<Partial<Record<DraftField, string>>>

export type Problems = ReadonlyMap<DraftField, string>

/** What is written beside a field. */
export const fieldLabel = (field: DraftField): string => t(`catalogue.setup.field.${field}`)

/** The values before anything is typed: what Nango has, secrets excepted. */
export const firstValues = ({ suggestedId, current }: Pick<IntegrationDescription, 'suggestedId' | 'current'>): Values =>
  current === null
    ? { integrationId: suggestedId }
    : {
        integrationId: current.integrationId,
        displayName: current.displayName,
        clientId: current.clientId ?? '',
        scopes: (current.scopes ?? []).join(' '),
      }

const textOf = (values: Values, field: DraftField): string => (values[field] ?? '').trim()

/** Whether anything of what the integration signs in with is to be changed. */
const touchesSettings = (description: IntegrationDescription, values: Values): boolean => {
  const first = firstValues(description)
  return description.fields.some(({ name }) => textOf(values, name) !== textOf(first, name))
}

/** Whether Nango keeps what it has where a field is left empty. */
const isKept = (description: IntegrationDescription, values: Values): boolean =>
  description.current !== null && (description.current.isReadable || !touchesSettings(description, values))

const formProblem = (field: DraftField, text: string): string | null => {
  if (field === 'appLink' && !/^https?:\/\/[^\s/]+/i.test(text)) return t('catalogue.setup.problem.url')
  if (field === 'privateKey' && !/-----BEGIN [^-]+-----[\s\S]+-----END [^-]+-----/.test(text)) return t('catalogue.setup.problem.pem')
  return null
}

/** What is wrong with one field; `taken` are the ids of the other integrations. */
export const problemOf = (
  description: IntegrationDescription,
  values: Values,
  field: DraftField,
  taken: ReadonlySet<string>,
): string | null => {
  const text = textOf(values, field)
  if (field === 'displayName') return null
  if (field === 'integrationId') {
    if (!INTEGRATION_ID.test(text)) return text === '' ? t('catalogue.setup.problem.required') : t('catalogue.setup.problem.id')
    return text !== description.current?.integrationId && taken.has(text) ? t('catalogue.setup.problem.taken') : null
  }
  const asked = description.fields.find(({ name }) => name === field)
  if (asked === undefined) return null
  if (text !== '') return formProblem(field, text)
  if (asked.isOptional || isKept(description, values)) return null
  return t(description.current === null ? 'catalogue.setup.problem.required' : 'catalogue.setup.problem.required-all')
}

/** The fields of the form in their order. */
export const fieldsOf = (description: IntegrationDescription): readonly DraftField[] => [
  ...description.fields.map(({ name }) => name),
  ...(description.current === null ? [] : (['displayName'] as const)),
  'integrationId',
]

/** Everything that is not right yet, in the order of the form. */
export const problemsOf = (description: IntegrationDescription, values: Values, taken: ReadonlySet<string>): Problems =>
  new Map(
    fieldsOf(description).flatMap((field) => {
      const problem = problemOf(description, values, field, taken)
      return problem === null ? [] : [[field, problem] as const]
    }),
  )

/** What is sent: new values only, scopes one by one. */
export const toSettings = (description: IntegrationDescription, values: Values) => {
  const first = firstValues(description)
  const changed = (field: DraftField): boolean => textOf(values, field) !== textOf(first, field)
  const text = (field: 'clientId' | 'clientSecret' | 'appId' | 'appLink' | 'privateKey') =>
    textOf(values, field) === '' || !changed(field) ? {} : { [field]: textOf(values, field) }
  const isAsked = description.fields.some(({ name }) => name === 'scopes')
  return {
    ...text('clientId'),
    ...text('clientSecret'),
    ...text('appId'),
    ...text('appLink'),
    ...text('privateKey'),
    ...(isAsked && (changed('scopes') || (description.current === null && textOf(values, 'scopes') !== ''))
      ? { scopes: scopesIn(textOf(values, 'scopes')) }
      : {}),
  }
}

/** What the core or Nango refused of one field, in words; null where the error is about no field of this form. */
export const refusedField = (
  description: IntegrationDescription,
  error: Error,
): { readonly field: DraftField; readonly message: string } | null => {
  if (!(error instanceof PatchbayError)) return null
  const { field: named, words } = error.data
  const field = fieldsOf(description).find((each) => each === named)
  if (field === undefined) return null
  if (error.code === 'integration.exists') return { field, message: t('catalogue.setup.problem.taken') }
  if (error.code === 'integration.in_use') return { field, message: t('catalogue.setup.problem.in-use') }
  if (error.code === 'integration.field_required')
    return { field, message: t(description.current === null ? 'catalogue.setup.problem.required' : 'catalogue.setup.problem.required-all') }
  if (error.code === 'integration.refused')
    return { field, message: t('catalogue.setup.problem.nango', { words: typeof words === 'string' ? words : '' }) }
  return null
}
