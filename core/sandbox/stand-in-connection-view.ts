import type { StandInContext } from './stand-in-context.ts'
import type { StoredConnection, StoredCredentials } from './stand-in-records.ts'

/** A time as single reads and the list show it: `+00:00`; the import answers with `Z`. */
const offsetTime = (at: number): string => new Date(at).toISOString().replace('Z', '+00:00')
const zuluTime = (at: number): string => new Date(at).toISOString()

const providerName = (connection: StoredConnection, context: StandInContext): string =>
  context.state.integrations.get(connection.integrationKey)?.provider ?? ''

const common = (connection: StoredConnection, context: StandInContext) => ({
  id: connection.id,
  connection_id: connection.connectionId,
  provider_config_key: connection.integrationKey,
  provider: providerName(connection, context),
  errors: connection.errorLogId === null ? [] : [{ type: 'auth', log_id: connection.errorLogId }],
  end_user: connection.endUser,
  tags: connection.tags,
  metadata: connection.metadata,
})

/** An entry of GET /connections: `created`, no updated_at, no configuration. */
export const listedConnection = (connection: StoredConnection, context: StandInContext) => ({
  ...common(connection, context),
  created: offsetTime(connection.createdAt),
})

/** A whole connection as GET /connections/{id} shows it; without `credentials` they are `{}`. */
export const fullConnection = (
  connection: StoredConnection,
  context: StandInContext,
  shown: { readonly credentials: StoredCredentials | null; readonly lastFetchedAt: number | null; readonly time?: 'zulu' },
) => {
  const time = shown.time === 'zulu' ? zuluTime : offsetTime
  return {
    ...common(connection, context),
    connection_config: connection.connectionConfig,
    webhook_url_override: connection.webhookUrlOverride,
    created_at: time(connection.createdAt),
    updated_at: time(connection.updatedAt),
    last_fetched_at: shown.lastFetchedAt === null ? null : time(shown.lastFetchedAt),
    credentials: shown.credentials ?? {},
  }
}

/** Credentials without the refresh token, also inside `raw`. */
export const withoutRefreshToken = (credentials: StoredCredentials): StoredCredentials => {
  if (credentials.type !== 'OAUTH2') return credentials
  const { refresh_token: _refreshToken, raw, ...rest } = credentials
  const { refresh_token: _rawRefreshToken, ...shownRaw } = raw
  return { ...rest, raw: shownRaw }
}
