import { randomUUID } from 'node:crypto'
import type { StandInContext } from './stand-in-context.ts'
import type { StoredConnection, StoredCredentials, StoredSession } from './stand-in-records.ts'

interface Upsert {
  readonly integrationKey: string
  readonly connectionId: string
  readonly credentials: StoredCredentials
  readonly connectionConfig: Record<string, unknown>
  readonly webhookUrlOverride: string | null
  /** Absent: an existing connection keeps its tags, a new one has none. */
  readonly tags?: Record<string, string> | undefined
  /** Absent: an existing connection keeps its metadata, a new one has null. */
  readonly metadata?: Record<string, unknown>
}

/** The id of a connection nobody named. */
export const newConnectionId = (): string => randomUUID()

/** Creates a connection, or replaces what a reconnect or re-import replaces (nango-api.md sections 5 and 6). */
export const upsertConnection = (context: StandInContext, given: Upsert): StoredConnection => {
  const now = context.now()
  const known = context.state.findConnection(given.integrationKey, given.connectionId)
  if (!known) {
    const created: StoredConnection = {
      id: context.state.nextId(),
      connectionId: given.connectionId,
      integrationKey: given.integrationKey,
      endUser: null,
      tags: given.tags ?? {},
      metadata: given.metadata ?? null,
      connectionConfig: given.connectionConfig,
      webhookUrlOverride: given.webhookUrlOverride,
      credentials: given.credentials,
      createdAt: now,
      updatedAt: now,
      lastFetchedAt: now,
      errorLogId: null,
      lastRefreshFailure: null,
      refreshAttempts: 0,
    }
    context.state.insertConnection(created)
    context.webhooks.connected(created, 'creation')
    return created
  }
  known.credentials = given.credentials
  known.connectionConfig = given.connectionConfig
  known.webhookUrlOverride = given.webhookUrlOverride
  if (given.tags) known.tags = given.tags
  if (given.metadata) known.metadata = given.metadata
  if (given.credentials.type !== 'OAUTH2') known.updatedAt = now
  Object.assign(known, { errorLogId: null, lastRefreshFailure: null, refreshAttempts: 0 })
  context.state.changed(known)
  context.webhooks.connected(known, 'override')
  return known
}

/** Links the session's end user; a session without one keeps the link there is. */
export const linkEndUser = (context: StandInContext, connection: StoredConnection, session: StoredSession): void => {
  if (!session.endUser) return
  connection.endUser = session.endUser
  context.state.changed(connection)
}
