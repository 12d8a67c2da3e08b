import type { Implements } from '#shared/contract/contract'
import type { connectionUse } from '#shared/contract/connection-use'
import { PatchbayError } from '#shared/errors'
import type { Caller } from '../caller.ts'
import { reachOf } from '../connections/connection-reach.ts'
import type { ConnectionRow } from '../connections/connection-row.ts'
import { getConnection } from '../connections/connection-store.ts'
import { findConnection, type ReferenceContext } from '../connections/resolve-connection.ts'
import type { ReadableDb } from '../database/sql.ts'
import { credentialParts } from './credential-fields.ts'
import type { BodyStreams } from './body-streams.ts'
import { makeServiceRequest, type ServiceRequestDependencies } from './service-request.ts'
import { makeStreamedRequest } from './streamed-request.ts'
import type { UseBackend } from './use-backend.ts'
import { endingOf } from './use-ending.ts'

export interface UseApiDependencies extends Omit<ServiceRequestDependencies, 'backend'> {
  readonly db: ReadableDb
  readonly streams: BodyStreams
  /** By the way that a connection was made (`oauth_method`). */
  readonly backends: Readonly<Record<ConnectionRow['oauth_method'], UseBackend | null>>
  /** What a reference is looked up in, the caller's own reach aside. */
  readonly references: () => Pick<ReferenceContext, 'activeProfileId' | 'slugOf'>
}

const NOT_USABLE: ReadonlySet<string> = new Set(['pending', 'revoked', 'paused'])

/** A connection that is there and may be used. Throws `connection.not_found` and `connection.not_usable`. */
const usable = (db: ReadableDb, connectionId: string): ConnectionRow => {
  const row = getConnection(db, connectionId)
  if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
  if (NOT_USABLE.has(row.status) || row.nango_connection_id === null)
    throw new PatchbayError('connection.not_usable', { data: { connectionId, handle: row.handle, status: row.status } })
  return row
}

/** What programs use connections by: calls, their bodies in pieces, credentials, and which connection a reference means. */
export const createUseApi = (deps: UseApiDependencies): Pick<Implements<'connections', Caller>, keyof typeof connectionUse> => {
  const { db, streams } = deps

  const backendOf = (row: ConnectionRow): UseBackend => {
    const backend = deps.backends[row.oauth_method]
    if (backend === null) throw new PatchbayError('direct.unavailable')
    return backend
  }

  const ended = async <T>(caller: Caller, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const { signal, release } = endingOf(caller)
    try {
      return await work(signal)
    } finally {
      release()
    }
  }

  return {
    request: async ({ connectionId, ...asked }, caller) => {
      const row = usable(db, connectionId)
      const parts = { ...deps, backend: backendOf(row) }
      const make = asked.stream || asked.bodyStreamId !== undefined ? makeStreamedRequest : makeServiceRequest
      return ended(caller, (signal) => make(parts, row, asked, caller, signal))
    },
    openBody: (_params, caller) => ({ streamId: streams.openUpload(caller) }),
    sendBody: async ({ streamId, data, isLast }, caller) => {
      await streams.send(caller, streamId, Buffer.from(data, 'base64'), isLast)
      return {}
    },
    readBody: async ({ streamId }, caller) => {
      const { data, isLast } = await streams.read(caller, streamId)
      return { data: data.toString('base64'), isLast }
    },
    closeBody: ({ streamId }, caller) => {
      streams.close(caller, streamId)
      return {}
    },
    getCredentials: async ({ connectionId, minValidSeconds }, caller) => {
      // Over the socket for MCP nothing secret is handed out, whatever a grant says.
      if (caller.kind === 'automation' && caller.via === 'mcp') throw new PatchbayError('automation.denied')
      const row = usable(db, connectionId)
      if (row.auth_mode === 'NONE') throw new PatchbayError('connection.no_credential', { data: { connectionId, handle: row.handle } })
      const held = await ended(caller, (signal) => backendOf(row).credentials(row, minValidSeconds, { signal }))
      const { token, fields } = credentialParts(held)
      return {
        connectionId,
        handle: row.handle,
        authMode: row.auth_mode,
        token: token?.reveal() ?? null,
        fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.reveal()])),
        expiresAt: held.expiresAt,
      }
    },
    resolve: ({ reference }, caller) =>
      findConnection(db, reference, {
        ...deps.references(),
        reach: reachOf(caller),
        ...(caller.kind === 'automation' ? { clientId: caller.clientId } : {}),
      }),
  }
}
