import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Integration, IntegrationDescription } from '#shared/contract/integrations'
import { asError } from '../../api/as-error.ts'
import { useHost, useRead } from '../../api/use-api.ts'
import type { IntegrationRequest } from '../../shell/sheet-request.ts'
import {
  type DraftField,
  firstValues,
  problemOf,
  type Problems,
  problemsOf,
  refusedField,
  toSettings,
  type Values,
} from './integration-draft.ts'

interface Draft {
  readonly typed: Values
  readonly problems: Problems
  /** How many fields were wrong when it was last sent; null before. */
  readonly refused: number | null
  readonly error: Error | null
}

const FRESH: Draft = { typed: {}, problems: new Map(), refused: null, error: null }

export interface IntegrationDraft {
  readonly description: IntegrationDescription | null
  readonly loadError: Error | null
  readonly values: Values
  readonly problems: Problems
  readonly refused: number | null
  /** What went wrong and is about no field. */
  readonly error: Error | null
  readonly isSending: boolean
  readonly type: (field: DraftField, value: string) => void
  readonly leave: (field: DraftField) => void
  /** Sets it up or changes it; null when a field is not right, or nothing came of it. */
  readonly submit: () => Promise<Integration | null>
  /** Forgets everything that was typed. */
  readonly clear: () => void
}

/** What is typed into the form of an integration. Secrets are in no cache, and gone once they are sent or the sheet closes. */
export const useIntegrationDraft = (request: IntegrationRequest | null): IntegrationDraft => {
  const { api } = useHost()
  const client = useQueryClient()
  const [draft, setDraft] = useState(FRESH)
  const [isSending, setIsSending] = useState(false)
  const { connectorId = '', integrationId } = request ?? {}
  const asked = { connectorId, ...(integrationId === undefined ? {} : { integrationId }) }
  const described = useRead('integrations.describe', asked, { isEnabled: request !== null })
  const list = useRead('integrations.list', {}, { isEnabled: request !== null })
  const description = request === null ? null : (described.data ?? null)
  const taken = new Set(list.data?.integrations.map((one) => one.integrationId))
  const values: Values = description === null ? {} : { ...firstValues(description), ...draft.typed }

  const withProblem = (problems: Problems, field: DraftField, problem: string | null): Problems => {
    const next = new Map(problems)
    if (problem === null) next.delete(field)
    else next.set(field, problem)
    return next
  }

  const send = (known: IntegrationDescription): Promise<Integration> => {
    const settings = toSettings(known, values)
    const { current } = known
    const id = (values.integrationId ?? '').trim()
    const displayName = (values.displayName ?? '').trim()
    if (current === null) return api.integrations.create({ connectorId, integrationId: id, ...settings })
    return api.integrations.update({
      integrationId: current.integrationId,
      ...(id === current.integrationId ? {} : { newIntegrationId: id }),
      ...(displayName === current.displayName || displayName === '' ? {} : { displayName }),
      ...settings,
    })
  }

  const submit = async (): Promise<Integration | null> => {
    if (description === null || isSending) return null
    const problems = problemsOf(description, values, taken)
    setDraft({ ...draft, problems, refused: problems.size === 0 ? null : problems.size, error: null })
    if (problems.size > 0) return null
    setIsSending(true)
    try {
      const made = await send(description)
      setDraft(FRESH)
      // The catalogue says what can be connected now; it is read before the next sheet opens.
      await client.invalidateQueries({
        predicate: ({ queryKey }) => /^(?:catalogue|integrations)\./.test(String(queryKey[0])),
      })
      return made
    } catch (thrown) {
      const error = asError(thrown)
      const found = refusedField(description, error)
      setDraft({
        ...draft,
        problems: found === null ? new Map() : new Map([[found.field, found.message]]),
        refused: found === null ? null : 1,
        error: found === null ? error : null,
      })
      return null
    } finally {
      setIsSending(false)
    }
  }

  return {
    description,
    loadError: request === null ? null : described.error,
    values,
    problems: draft.problems,
    refused: draft.refused,
    error: draft.error,
    isSending,
    submit,
    clear: () => setDraft(FRESH),
    type: (field, value) =>
      setDraft({ ...draft, typed: { ...draft.typed, [field]: value }, problems: withProblem(draft.problems, field, null) }),
    leave: (field) => {
      if (description === null || (values[field] ?? '').trim() === '') return
      setDraft({ ...draft, problems: withProblem(draft.problems, field, problemOf(description, values, field, taken)) })
    },
  }
}
