import { Label } from '#shared/contract/common'
import type { Mapping } from './import-columns.ts'

/** A row in our words, before it is known what it is for. Text is trimmed, but never a secret; what is empty is not there. */
export interface ImportDraft {
  readonly integration: string | undefined
  readonly connector: string | undefined
  readonly connectionId: string | undefined
  readonly type: string | undefined
  /** By Nango's names, `type` not among them. */
  readonly credentials: Readonly<Record<string, unknown>>
  readonly label: string | undefined
  readonly notes: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, unknown>>
  readonly connectionConfig: Readonly<Record<string, unknown>>
  readonly endUser: { readonly id: string; readonly email: string | undefined; readonly displayName: string | undefined } | undefined
  /** Fields whose value is not of the kind that they take. */
  readonly faults: readonly string[]
}

type Values = Record<string, unknown>

const isObject = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An object, be it as JSON text; `a=b;c=d` as well where its values are text. Null for anything else. */
const objectOf = (value: unknown, takesPairs: boolean): Values | null => {
  if (isObject(value)) return value
  if (typeof value !== 'string') return null
  const object = parsed(value)
  if (isObject(object)) return object
  if (!takesPairs || object !== undefined) return null
  const pairs = value.split(/[;\n]/).map((part) => /^\s*([^=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(part))
  return pairs.every((pair) => pair !== null) ? Object.fromEntries(pairs.map(([, name = '', text = '']) => [name, text])) : null
}

const CREDENTIALS = new Set([
  'apiKey',
  'username',
  'password',
  'access_token',
  'refresh_token',
  'expires_at',
  'token',
  'client_id',
  'client_secret',
  'client_certificate',
  'client_private_key',
  'oauth_token',
  'oauth_token_secret',
  'token_id',
  'token_secret',
  'app_id',
  'installation_id',
])

/** A number or a date of a spreadsheet as Nango takes it: seconds or milliseconds since the epoch are told by their length. */
const timeOf = (value: unknown): unknown => {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{9,14}$/.test(value) ? Number(value) : null
  if (number === null) return value
  const ms = number < 100_000_000_000 ? number * 1_000 : number
  return ms <= 8.64e15 ? new Date(ms).toISOString() : value
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null && !(typeof value === 'string' && value.trim() === '')

const isPlain = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value)

/** Reads one row by the meaning of its columns. */
export const draftOf = (values: Readonly<Record<string, unknown>>, mapping: Mapping): ImportDraft => {
  const cells = new Map<string, unknown>()
  const groups = { tags: new Map<string, unknown>(), metadata: new Map<string, unknown>(), connection_config: new Map<string, unknown>() }
  const faults: string[] = []
  for (const [column, value] of Object.entries(values)) {
    const field = mapping.get(column) ?? null
    if (field === null || !isThere(value)) continue
    const [, group, name] = /^(tags|metadata|connection_config)\.(.+)$/s.exec(field) ?? []
    if (group !== undefined && name !== undefined) groups[group as keyof typeof groups].set(name, value)
    else cells.set(field, value)
  }
  const text = (field: string): string | undefined => {
    const value = cells.get(field)
    if (value === undefined) return undefined
    if (isPlain(value)) return String(value).trim()
    faults.push(field)
    return undefined
  }
  const object = (field: string, takesPairs: boolean): Values => {
    const value = cells.get(field)
    const found = value === undefined ? {} : objectOf(value, takesPairs)
    if (found === null) faults.push(field)
    return found ?? {}
  }

  const { type: typeInside, ...inside } = object('credentials', false)
  const credentials: Values = { ...inside }
  for (const field of CREDENTIALS) {
    const value = cells.get(field)
    if (value === undefined) continue
    if (isPlain(value)) credentials[field] = field === 'expires_at' ? timeOf(value) : String(value)
    else faults.push(field)
  }
  const endUser = object('end_user', false)
  const person = (field: string, name: string): string | undefined =>
    text(field) ?? (isPlain(endUser[name]) ? String(endUser[name]) : undefined)
  const endUserId = person('end_user_id', 'id')
  const email = person('end_user_email', 'email')
  const displayName = person('end_user_display_name', 'display_name')
  const tags = { ...object('tags', true), ...Object.fromEntries(groups.tags) }
  if (!Object.values(tags).every(isPlain)) faults.push('tags')
  const label = text('label')
  const isLabel = label === undefined || Label.safeParse(label).success
  if (!isLabel) faults.push('label')
  const notes = text('notes')
  if (notes !== undefined && notes.length > 10_000) faults.push('notes')
  return {
    integration: text('integration'),
    connector: text('connector'),
    connectionId: text('connection_id'),
    type: text('type') ?? (typeof typeInside === 'string' ? typeInside : undefined),
    credentials,
    label: isLabel ? label : undefined,
    notes,
    tags: Object.fromEntries(
      Object.entries({
        ...tags,
        // Without its id an end user cannot be given: what is known of the person stays as tags, by Nango's own names.
        ...(endUserId === undefined && email !== undefined ? { end_user_email: email } : {}),
        ...(endUserId === undefined && displayName !== undefined ? { end_user_display_name: displayName } : {}),
      }).map(([key, value]) => [key, String(value)]),
    ),
    metadata: { ...object('metadata', false), ...Object.fromEntries(groups.metadata) },
    connectionConfig: { ...object('connection_config', true), ...Object.fromEntries(groups.connection_config) },
    endUser: endUserId === undefined ? undefined : { id: endUserId, email, displayName },
    faults: [...new Set(faults)],
  }
}
