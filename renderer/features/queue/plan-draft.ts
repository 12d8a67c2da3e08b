import type { Connector, ConnectorField } from '#shared/contract/catalogue'
import type { ParamsOf } from '../../api/use-api.ts'
import type { QueuePreview } from '#shared/contract/queue'
import type { FieldProblem, FormTools, FormValues } from './form-tools.ts'

/** One account of a plan as it is being prepared. */
export interface PlanItem {
  /** Its place in what was asked for; it keeps it when others are taken out. */
  readonly at: number
  readonly connectorId: string
  readonly label: string
  /** Null until something is typed: the values of the definition hold. */
  readonly values: FormValues | null
  readonly problems: ReadonlyMap<string, FieldProblem>
  readonly isOpen: boolean
}

/** What would become of an item: not known yet, a page, a form, a form or page with fields to fill in, or nothing. */
export type Standing = 'unread' | 'page' | 'form' | 'incomplete' | 'impossible'

/** A plan item with what is known of it. */
export interface PlanRow {
  readonly item: PlanItem
  readonly preview: QueuePreview | undefined
  readonly connector: Connector | undefined
  readonly standing: Standing
  /** What is asked for and not right yet, empty fields among it. */
  readonly open: readonly ConnectorField[]
}

/** The items of what was asked for, each untouched. */
export const planItems = (plan: readonly { readonly connectorId: string; readonly label?: string }[]): readonly PlanItem[] =>
  plan.map(({ connectorId, label = '' }, at) => ({ at, connectorId, label, values: null, problems: new Map(), isOpen: false }))

type Checks = Pick<FormTools, 'askedFields' | 'fieldKey' | 'firstValues' | 'problemsOf'>

/** What was typed into an item's form, or what the definition gives. */
export const valuesOf = (item: PlanItem, connector: Connector, tools: Pick<FormTools, 'firstValues'>): FormValues =>
  item.values ?? tools.firstValues(connector)

/** What would become of an item, by what the core says of its connector and by what its form holds now. */
export const planRow = (item: PlanItem, preview: QueuePreview | undefined, connector: Connector | undefined, tools: Checks): PlanRow => {
  const row = { item, preview, connector, open: [] }
  if (preview === undefined) return { ...row, standing: 'unread' }
  const isFormsOwn = preview.problem?.code === 'connect.invalid_fields'
  if (preview.by === null || connector === undefined || (preview.problem !== null && !isFormsOwn)) return { ...row, standing: 'impossible' }
  const problems = tools.problemsOf(connector, valuesOf(item, connector, tools))
  const open = tools.askedFields(connector).filter((field) => problems.has(tools.fieldKey(field)))
  return { ...row, open, standing: open.length > 0 ? 'incomplete' : preview.by }
}

type QueueItems = ParamsOf<'queue.start'>['items']

/** The rows that can be connected, as `queue.start` takes them. */
export const toQueueItems = (rows: readonly PlanRow[], tools: Pick<FormTools, 'firstValues' | 'toStartValues'>): QueueItems =>
  rows.flatMap(({ item, connector, standing }) => {
    if (connector === undefined || (standing !== 'page' && standing !== 'form')) return []
    const { fields, credentials } = tools.toStartValues(connector, valuesOf(item, connector, tools))
    const label = item.label.trim()
    return [
      {
        connectorId: item.connectorId,
        ...(label === '' ? {} : { label }),
        ...(Object.keys(fields).length === 0 ? {} : { fields }),
        ...(Object.keys(credentials).length === 0 ? {} : { credentials }),
      },
    ]
  })
