import { askedFields, fieldKey, firstValues, problemOf, problemsOf, toStartValues } from './features/connect/connect-draft.ts'
import { FieldInput } from './features/connect/field-input.tsx'
import type { FormTools } from './features/queue/form-tools.ts'
import { QueueSheet } from './features/queue/queue-sheet.tsx'

const FORMS: FormTools = { Field: FieldInput, askedFields, fieldKey, firstValues, problemOf, problemsOf, toStartValues }

/** The sheet that connects several, with the forms of the sheet that connects one. */
export const QueueOverlay = () => <QueueSheet tools={FORMS} />
