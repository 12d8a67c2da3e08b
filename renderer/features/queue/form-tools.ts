import type { ComponentType } from 'react'
import type { Connector, ConnectorField } from '#shared/contract/catalogue'

/** What is wrong with one value, and what was probably meant. */
export interface FieldProblem {
  readonly message: string
  readonly suggestion: string | null
}

/** What was typed into one form, by the keys of its fields. */
export type FormValues = Readonly<Record<string, string>>

type WithFields = Pick<Connector, 'fields'>

/** How the form of a connector is drawn and checked. Another feature has it; the window joins the two. */
export interface FormTools {
  readonly Field: ComponentType<{
    readonly field: ConnectorField
    readonly value: string
    readonly problem: FieldProblem | null
    readonly onChange: (value: string) => void
    readonly onLeave: () => void
  }>
  readonly askedFields: (connector: WithFields) => readonly ConnectorField[]
  readonly fieldKey: (field: ConnectorField) => string
  readonly firstValues: (connector: WithFields) => FormValues
  readonly problemOf: (field: ConnectorField, value: string) => FieldProblem | null
  readonly problemsOf: (connector: WithFields, values: FormValues) => ReadonlyMap<string, FieldProblem>
  readonly toStartValues: (
    connector: WithFields,
    values: FormValues,
  ) => { readonly fields: Record<string, string>; readonly credentials: Record<string, string> }
}
