import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { ConnectorField } from '#shared/contract/catalogue'
import { asError } from '../../api/as-error.ts'
import { useHost, useRead, useReadKey } from '../../api/use-api.ts'
import type { FormTools } from './form-tools.ts'
import { type PlanItem, planItems, planRow, type PlanRow, toQueueItems, valuesOf } from './plan-draft.ts'

type Plan = readonly { readonly connectorId: string; readonly label?: string }[]

const NO_PLAN: readonly PlanItem[] = []

/** Where a plan was found not to be complete; a new one each time it was asked to start. */
export interface Refusal {
  readonly count: number
  readonly at: number
  readonly field: ConnectorField
}

/** The plan for several connectors before anything starts. What is typed is in no cache, and gone with `clear`. */
export const usePlan = (plan: Plan | null, profileId: string, tools: FormTools) => {
  const { api } = useHost()
  const client = useQueryClient()
  const keyOf = useReadKey()
  const [owner, setOwner] = useState<Plan | null>(null)
  const [items, setItems] = useState(NO_PLAN)
  const [isStarting, setIsStarting] = useState(false)
  const [startError, setStartError] = useState<Error | null>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const asked = owner ?? []
  const preview = useRead(
    'queue.preview',
    { profileId, items: asked.map(({ connectorId }) => ({ connectorId })) },
    { isEnabled: owner !== null && profileId !== '' },
  )
  const listed = useRead('catalogue.list', {}, { isEnabled: owner !== null }).data
  const connectors = useMemo(() => new Map(listed?.connectors.map((one) => [one.connectorId, one])), [listed])

  const clear = (): void => {
    setOwner(null)
    setItems(NO_PLAN)
    setStartError(null)
    setRefusal(null)
  }
  useEffect(() => {
    if (plan === null || plan === owner) return
    setOwner(plan)
    setItems(planItems(plan))
    setStartError(null)
    setRefusal(null)
  }, [plan, owner])

  const isRead = preview.data !== undefined && listed !== undefined
  const rows: readonly PlanRow[] = items.map((item) =>
    planRow(item, isRead ? preview.data.items[item.at] : undefined, connectors.get(item.connectorId), tools),
  )
  const change = (at: number, next: (item: PlanItem) => PlanItem): void =>
    setItems((before) => before.map((item) => (item.at === at ? next(item) : item)))
  const looked = (item: PlanItem, field: ConnectorField, value: string): PlanItem['problems'] => {
    const problem = tools.problemOf(field, value)
    const problems = new Map(item.problems)
    if (problem === null) problems.delete(tools.fieldKey(field))
    else problems.set(tools.fieldKey(field), problem)
    return problems
  }

  /** The id of the queue; null where something is still to be filled in, or it was refused. */
  const start = async (): Promise<string | null> => {
    if (isStarting || !isRead) return null
    setStartError(null)
    const incomplete = rows.filter(({ standing }) => standing === 'incomplete')
    const [first] = incomplete
    const [field] = first?.open ?? []
    if (first !== undefined && field !== undefined) {
      setItems((before) =>
        before.map((item) => {
          const connector = incomplete.find((row) => row.item.at === item.at)?.connector
          if (connector === undefined) return item
          return { ...item, isOpen: true, problems: tools.problemsOf(connector, valuesOf(item, connector, tools)) }
        }),
      )
      setRefusal({ count: incomplete.length, at: first.item.at, field })
      return null
    }
    setRefusal(null)
    setIsStarting(true)
    try {
      const queue = await api.queue.start({ profileId, items: toQueueItems(rows, tools) })
      client.setQueryData(keyOf('queue.get', { queueId: queue.queueId }), queue)
      return queue.queueId
    } catch (error) {
      setStartError(asError(error))
      return null
    } finally {
      setIsStarting(false)
    }
  }

  return {
    rows,
    error: preview.error,
    isStarting,
    startError,
    refusal,
    setLabel: (at: number, label: string): void => change(at, (item) => ({ ...item, label })),
    unfold: (at: number, isOpen: boolean): void => change(at, (item) => ({ ...item, isOpen })),
    takeOut: (at: number): void => setItems((before) => before.filter((item) => item.at !== at)),
    type: (row: PlanRow, field: ConnectorField, value: string): void => {
      const { connector } = row
      if (connector === undefined) return
      change(row.item.at, (item) => ({
        ...item,
        values: { ...valuesOf(item, connector, tools), [tools.fieldKey(field)]: value },
        // Once a field was found wrong it is looked at on every key.
        problems: item.problems.has(tools.fieldKey(field)) ? looked(item, field, value) : item.problems,
      }))
    },
    leave: (row: PlanRow, field: ConnectorField): void => {
      const { connector } = row
      if (connector === undefined) return
      change(row.item.at, (item) => {
        const value = valuesOf(item, connector, tools)[tools.fieldKey(field)] ?? ''
        // An empty field that was only passed is not an error yet.
        return value.trim() === '' && refusal === null ? item : { ...item, problems: looked(item, field, value) }
      })
    },
    start,
    clear,
  }
}

export type PlanState = ReturnType<typeof usePlan>
