import type { ImportReason } from '#shared/contract/connection-import'
import { checkField } from '#shared/form-values'
import { PatchbayError } from '#shared/errors'
import type { CatalogueEntry } from '../catalogue/normalize-provider.ts'
import { credentialFaults, isImportable, isReadableId } from '../nango/nango-import.ts'
import type { ImportDraft } from './import-draft.ts'
import { acceptTags } from './tag-rules.ts'

/** Why a row is refused: what about, by the names of fields, and in a sentence. Holds no value of the row. */
export interface Refusal {
  readonly code: ImportReason
  readonly fields: readonly string[]
  readonly words: string
}

/** Thrown inside the reading of one row. */
export class RefusedRow extends Error {
  readonly refusal: Refusal

  constructor(code: ImportReason, words: string, fields: readonly string[] = []) {
    super(code)
    this.refusal = { code, fields: [...new Set(fields.map((field) => field.slice(0, 200)))], words }
  }
}

/** What a row wants, checked as far as that goes without asking Nango. */
export interface RowPlan {
  readonly kind: 'credentials' | 'reference'
  readonly integrationId: string
  readonly connectorId: string
  readonly authMode: string
  /** Null: it is named by what is in the row. */
  readonly nangoConnectionId: string | null
  /** Nango's credentials object; empty for a reference. */
  readonly credentials: Readonly<Record<string, unknown>>
  readonly connectionConfig: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, unknown>>
  /** Lower-cased, without ours. */
  readonly tags: Readonly<Record<string, string>>
  readonly endUser: ImportDraft['endUser']
  readonly label: string | null
  readonly notes: string | null
}

/** What is known of a profile's integrations. */
export interface IntegrationLookup {
  /** The entry of an integration by its key; undefined when the profile has no such integration. */
  byKey(integrationId: string): CatalogueEntry | undefined
  /** The integration that a connector is connected with; null when it has none, undefined when there is no such connector. */
  ofConnector(name: string): string | null | undefined
}

const integrationOf = ({ integration, connector }: ImportDraft, lookup: IntegrationLookup): string => {
  if (integration !== undefined) return integration
  if (connector === undefined)
    throw new RefusedRow('no_integration', 'The row names neither an integration nor a connector.', ['integration'])
  const found = lookup.ofConnector(connector)
  if (found === undefined) throw new RefusedRow('unknown_integration', 'There is no such connector.', ['connector'])
  if (found === null) throw new RefusedRow('unknown_integration', 'Nango has no integration for this connector yet.', ['connector'])
  return found
}

/** A key that is called a token, and the other way round. */
const ALIASES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  API_KEY: [
    ['apiKey', 'token'],
    ['apiKey', 'access_token'],
  ],
  OAUTH2: [['access_token', 'token']],
  OAUTH2_CC: [['token', 'access_token']],
  OAUTH1: [
    ['oauth_token', 'access_token'],
    ['oauth_token', 'token'],
  ],
}

/** A column may stand in the file for the sake of other rows: what another type needs is left out here. */
const credentialsOf = (type: string, given: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const credentials: Record<string, unknown> = { ...given, type }
  for (const [name, other] of ALIASES[type] ?? []) credentials[name] ??= given[other]
  // One of the two is enough for many services, and Nango takes an empty one.
  if (type === 'BASIC' && (given['username'] !== undefined || given['password'] !== undefined))
    return { ...credentials, username: given['username'] ?? '', password: given['password'] ?? '' }
  return credentials
}

const checkedCredentials = (draft: ImportDraft, entry: CatalogueEntry): Record<string, unknown> => {
  const type = (draft.type ?? entry.authMode).toUpperCase()
  const isModeKnown = entry.authMode !== 'UNKNOWN'
  if (isModeKnown && type !== entry.authMode)
    throw new RefusedRow('wrong_type', `${entry.name} signs in with ${entry.authMode}, not with what the row says.`, ['type'])
  if (!isImportable(type))
    throw new RefusedRow('not_importable', `Nango takes no credentials of the type ${entry.authMode} from outside.`, ['type'])
  const credentials = credentialsOf(type, draft.credentials)
  const faults = credentialFaults(credentials)
  const missing = faults.filter(({ reason }) => reason === 'missing').map(({ field }) => field)
  if (missing.length > 0) throw new RefusedRow('missing_fields', `The row lacks: ${missing.join(', ')}.`, missing)
  const wrong = faults.map(({ field, reason }) => `${field} ${reason === 'too_long' ? 'is too long' : 'is not as Nango takes it'}`)
  if (wrong.length > 0)
    throw new RefusedRow(
      'invalid_fields',
      `${wrong.join('; ')}.`,
      faults.map(({ field }) => field),
    )
  return credentials
}

/** The connection's configuration by the rules of the connector's form: Nango itself checks nothing. */
const checkedConfig = (draft: ImportDraft, entry: CatalogueEntry): Record<string, unknown> => {
  const config: Record<string, unknown> = { ...draft.connectionConfig }
  const missing: string[] = []
  const wrong: string[] = []
  for (const field of entry.fields) {
    if (field.group !== 'config' || field.isAutomated) continue
    const given = config[field.name]
    const typed = typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean' ? String(given) : ''
    const checked = checkField(field, typed)
    if ('value' in checked) {
      const value = checked.value === '' ? field.defaultValue : checked.value
      if (value === null) delete config[field.name]
      else config[field.name] = value
    } else (typed === '' ? missing : wrong).push(`connection_config.${field.name}`)
  }
  if (missing.length > 0) throw new RefusedRow('missing_fields', `The row lacks: ${missing.join(', ')}.`, missing)
  if (wrong.length > 0) throw new RefusedRow('invalid_fields', `Not as ${entry.name} takes it: ${wrong.join(', ')}.`, wrong)
  return config
}

const checkedTags = (draft: ImportDraft): Record<string, string> => {
  const { endUser } = draft
  const ofPerson =
    endUser === undefined ? {} : { end_user_id: endUser.id, end_user_email: endUser.email, end_user_display_name: endUser.displayName }
  const all = Object.entries({ ...ofPerson, ...draft.tags }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  )
  try {
    const tags = acceptTags(Object.fromEntries(all))
    const others = Object.entries(tags).filter(([key]) => !key.startsWith('patchbay_'))
    // One place is for the tag that says whose it is.
    if (others.length > 9) throw new RefusedRow('invalid_tags', 'Nango keeps ten tags, and one of them is Patchbay’s.', ['tags'])
    return Object.fromEntries(others)
  } catch (error) {
    if (!(error instanceof PatchbayError)) throw error
    const problems = (error.data['problems'] ?? []) as readonly { readonly path: string; readonly message: string }[]
    throw new RefusedRow(
      'invalid_tags',
      `${problems.map(({ path, message }) => `${path}: ${message}`).join('; ')}.`,
      problems.map(({ path }) => (path === 'tags' ? path : `tags.${path}`)),
    )
  }
}

/** What a row wants. Throws `RefusedRow`. */
export const planRow = (draft: ImportDraft, lookup: IntegrationLookup): RowPlan => {
  if (draft.faults.length > 0)
    throw new RefusedRow('invalid_fields', `Not of the kind that belongs there: ${draft.faults.join(', ')}.`, draft.faults)
  const { connectionId } = draft
  if (connectionId !== undefined && !isReadableId(connectionId))
    throw new RefusedRow('invalid_connection_id', 'Nango would take this id, and never give the connection back.', ['connection_id'])
  const integrationId = integrationOf(draft, lookup)
  const entry = lookup.byKey(integrationId)
  if (entry === undefined) throw new RefusedRow('unknown_integration', 'Nango has no integration of this name.', ['integration'])
  const isOfNone = (draft.type ?? entry.authMode).toUpperCase() === 'NONE'
  const isReference = Object.keys(draft.credentials).length === 0 && !(isOfNone && connectionId === undefined)
  if (isReference && connectionId === undefined)
    throw new RefusedRow('nothing_to_import', 'The row has no credentials, and no id of a connection that is at Nango already.', [
      'connection_id',
    ])
  const common = {
    integrationId,
    connectorId: entry.connectorId,
    authMode: entry.authMode,
    nangoConnectionId: connectionId ?? null,
    tags: checkedTags(draft),
    endUser: draft.endUser,
    label: draft.label ?? null,
    notes: draft.notes ?? null,
  }
  if (isReference) return { ...common, kind: 'reference', credentials: {}, connectionConfig: {}, metadata: {} }
  return {
    ...common,
    kind: 'credentials',
    credentials: checkedCredentials(draft, entry),
    connectionConfig: checkedConfig(draft, entry),
    metadata: draft.metadata,
  }
}
