import { readFileSync } from 'node:fs'
import type { ConnectorField } from '#shared/contract/catalogue'
import type { CatalogueEntry } from './normalize-provider.ts'

const DEFAULT_FIELD = {
  kind: 'text',
  accepts: [],
  description: null,
  type: 'string',
  format: null,
  pattern: null,
  example: null,
  prefix: null,
  suffix: null,
  options: null,
  defaultValue: null,
  isOptional: false,
  isSecret: false,
  isAutomated: false,
  docsUrl: null,
} as const satisfies Partial<ConnectorField>

const DEFAULT_ENTRY = {
  categories: [],
  fields: [],
  scopes: [],
  defaultScopes: [],
  docsUrl: null,
  isOutbound: false,
  hasVerification: false,
  authorizationUrlIsTemplated: false,
  legacyNames: [],
} as const satisfies Partial<CatalogueEntry>

type StoredField = Pick<ConnectorField, 'name' | 'group' | 'title'> & Partial<ConnectorField>
type StoredEntry = Pick<CatalogueEntry, 'connectorId' | 'name' | 'authMode'> &
  Omit<Partial<CatalogueEntry>, 'fields'> & { fields?: StoredField[] }

const withoutDefaults = (value: object, defaults: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).filter(([key, member]) =>
      Array.isArray(member) ? member.length > 0 : !(Object.hasOwn(defaults, key) && defaults[key] === member),
    ),
  )

/** The text of `resources/catalogue.json`: sorted, one connector a line, defaults left out, LF. */
export const formatSnapshot = (entries: readonly CatalogueEntry[]): string => {
  const lines = entries
    .toSorted((a, b) => (a.connectorId < b.connectorId ? -1 : 1))
    .map((entry) =>
      JSON.stringify(
        withoutDefaults({ ...entry, fields: entry.fields.map((field) => withoutDefaults(field, DEFAULT_FIELD)) }, DEFAULT_ENTRY),
      ),
    )
  return `[\n${lines.join(',\n')}\n]\n`
}

const isStoredEntry = (value: unknown): value is StoredEntry => {
  if (typeof value !== 'object' || value === null) return false
  const entry = value as Partial<Record<keyof StoredEntry, unknown>>
  return (
    typeof entry.connectorId === 'string' &&
    typeof entry.name === 'string' &&
    typeof entry.authMode === 'string' &&
    (entry.fields === undefined || Array.isArray(entry.fields))
  )
}

/** The entries of a snapshot's text. Our own build wrote it, so its outline is checked, not every value. */
export const parseSnapshot = (text: string): readonly CatalogueEntry[] => {
  const stored: unknown = JSON.parse(text)
  if (!Array.isArray(stored) || stored.length === 0 || !stored.every(isStoredEntry)) throw new Error('the connector catalogue is not one')
  return stored.map((entry) => ({
    ...DEFAULT_ENTRY,
    ...entry,
    fields: (entry.fields ?? []).map((field) => ({ ...DEFAULT_FIELD, ...field })),
  }))
}

/** Reads the snapshot at `file` when it is first asked for, then keeps it. */
export const lazySnapshot = (file: string): (() => readonly CatalogueEntry[]) => {
  let entries: readonly CatalogueEntry[] | null = null
  return () => (entries ??= parseSnapshot(readFileSync(file, 'utf8')))
}
