import { IMPORT_FIELDS } from '#shared/contract/connection-import'

/** What each column of a file means; null for one that is not used. */
export type Mapping = ReadonlyMap<string, string | null>

/** Further names that a field goes by, without case and signs. The field's own name always counts. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  integration: ['integrationid', 'integrationkey', 'providerconfigkey', 'uniquekey'],
  connector: ['connectorid', 'provider', 'providername', 'service', 'app', 'slug'],
  connection_id: ['nangoconnectionid', 'nangoid'],
  type: ['authmode', 'authtype', 'credentialtype', 'credentialstype', 'credentialkind'],
  label: ['name', 'title', 'account', 'accountname', 'displayname'],
  notes: ['note', 'comment', 'comments', 'description'],
  apiKey: ['key', 'apitoken', 'personalaccesstoken', 'pat', 'secretkey'],
  username: ['user', 'login', 'userlogin'],
  password: ['pass', 'passwort', 'kennwort'],
  access_token: ['oauthaccesstoken', 'bearertoken'],
  refresh_token: ['oauthrefreshtoken'],
  expires_at: ['expires', 'expiry', 'expiration', 'expirydate', 'expirationdate', 'tokenexpiresat', 'validuntil'],
  connection_config: ['config', 'params'],
  end_user_id: ['userid', 'owner', 'ownerid'],
  end_user_email: ['email', 'useremail', 'mail'],
  end_user_display_name: ['ownername', 'userdisplayname'],
  // The row shape of a service that keeps its connections in a table of its own.
  'tags.workspaceid': ['workspaceid', 'workspace'],
  status: ['state'],
  last_sync_at: ['lastsyncat', 'lastsync', 'lastsyncedat'],
}

const bare = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

const FIELD_OF_NAME: ReadonlyMap<string, string> = new Map([
  ...Object.entries(OTHER_NAMES).flatMap(([field, names]) => names.map((name) => [bare(name), field] as const)),
  ...IMPORT_FIELDS.map((field) => [bare(field), field] as const),
])

const GROUPS = new Map(
  Object.entries({
    tag: 'tags',
    tags: 'tags',
    config: 'connection_config',
    connection_config: 'connection_config',
    connectionconfig: 'connection_config',
    params: 'connection_config',
    metadata: 'metadata',
  }),
)

const guess = (column: string): string | null => {
  const [, group = '', name = ''] = /^([a-z_]+)[.:](.{1,64})$/i.exec(column) ?? []
  const known = GROUPS.get(group.toLowerCase())
  if (known !== undefined) return `${known}.${known === 'tags' ? name.toLowerCase() : name}`
  return FIELD_OF_NAME.get(bare(column)) ?? null
}

/** What the columns mean: as given, else guessed by their names alone. Of two guesses for one field the first counts. */
export const mapColumns = (columns: readonly string[], given: Readonly<Record<string, string | null>>): Mapping => {
  const taken = new Set(Object.values(given))
  return new Map(
    columns.map((column) => {
      if (Object.hasOwn(given, column)) return [column, given[column] ?? null]
      const field = guess(column)
      if (field === null || taken.has(field)) return [column, null]
      taken.add(field)
      return [column, field]
    }),
  )
}

const OPEN_FIELDS = new Set<string>([
  'integration',
  'connector',
  'connection_id',
  'type',
  'label',
  'notes',
  'expires_at',
  'client_id',
  'app_id',
  'installation_id',
  'end_user',
  'end_user_id',
  'end_user_email',
  'end_user_display_name',
  'tags',
  'status',
  'last_sync_at',
])

/** Whether a column may hold a secret: also one of which nobody knows what it holds. */
export const mayHoldSecret = (field: string | null): boolean => field === null || !(OPEN_FIELDS.has(field) || field.startsWith('tags.'))
