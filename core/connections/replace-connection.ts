import type { ReplaceReport } from '#shared/contract/connections'
import { PatchbayError, toWire } from '#shared/errors'
import type { z } from 'zod'
import type { WritableDb } from '../database/sql.ts'
import type { ConnectionRow } from './connection-row.ts'
import { getConnection, renameHandle, updateConnection } from './connection-store.ts'
import { defaultOf, putDefault } from './default-connections.ts'
import { type RemovalDependencies, removeConnection } from './remove-connection.ts'

export interface ReplaceInput {
  readonly connectionId: string
  readonly byConnectionId: string
  /** What becomes of the old one once the other stands in its place. */
  readonly old: 'keep' | 'forget' | 'remove'
}

const MOST_NOTES = 10_000

const read = (db: WritableDb, connectionId: string): ConnectionRow => {
  const row = getConnection(db, connectionId)
  if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
  if (row.nango_connection_id === null) throw new PatchbayError('connection.pending', { data: { connectionId, handle: row.handle } })
  return row
}

/** The notes of both, the old one's first; null where they would not fit. */
const joinedNotes = (old: string | null, own: string | null): string | null => {
  const joined = [old, own].filter((notes) => notes !== null && notes !== '').join('\n\n')
  return joined === '' || joined.length > MOST_NOTES ? null : joined
}

type Moved = z.input<typeof ReplaceReport>['moved'][number]

/**
 * Puts one account in the place of another: from now on it goes by the other's handle and label, is the default where that was, and has
 * its notes; the old one takes the handle that became free. Then the old one goes, where asked. What fails after the names have moved
 * is told in the report, and nothing is lost. Throws `connection.cannot_replace` for two of different connectors or profiles.
 */
export const replaceConnection = async (deps: RemovalDependencies, input: ReplaceInput): Promise<z.input<typeof ReplaceReport>> => {
  const { db, journal } = deps
  const moved = journal.commit((note): { readonly moved: Moved[]; readonly handle: string; readonly oldHandle: string } => {
    const old = read(db, input.connectionId)
    const next = read(db, input.byConnectionId)
    if (old.connection_id === next.connection_id || old.connector_id !== next.connector_id || old.profile_id !== next.profile_id)
      throw new PatchbayError('connection.cannot_replace', { data: { handle: old.handle, byHandle: next.handle } })
    const at = new Date(deps.now()).toISOString()
    const parts: Moved[] = ['handle']
    const notes = joinedNotes(old.notes, next.notes)
    const hasNotes = old.notes !== null && old.notes !== '' && notes !== null
    renameHandle(db, old.connection_id, `${old.connector_id}/~`)
    renameHandle(db, next.connection_id, old.handle)
    renameHandle(db, old.connection_id, next.handle)
    if (old.label !== null) parts.push('label')
    if (hasNotes) parts.push('notes')
    updateConnection(db, next.connection_id, { label: old.label ?? next.label, ...(hasNotes ? { notes } : {}) }, at)
    updateConnection(db, old.connection_id, { label: old.label === null ? null : next.label, ...(hasNotes ? { notes: null } : {}) }, at)
    if (defaultOf(db, old.profile_id, old.connector_id)?.connectionId === old.connection_id) {
      putDefault(db, { connectionId: next.connection_id, profileId: next.profile_id, connectorId: next.connector_id })
      parts.push('default')
    }
    for (const [connectionId, handle, formerHandle] of [
      [next.connection_id, old.handle, next.handle],
      [old.connection_id, next.handle, old.handle],
    ] as const) {
      const facts = { handle, formerHandle, changed: parts }
      note.event({ type: 'connection.updated', profileId: old.profile_id, connectionId, facts })
    }
    note.change({ type: 'connections.changed', data: { profileId: old.profile_id, connectionId: null } })
    return { moved: parts, handle: old.handle, oldHandle: next.handle }
  })
  const report = { ...moved, connectionId: input.byConnectionId, oldConnectionId: input.connectionId }
  if (input.old === 'keep') return { ...report, old: 'kept', removal: null, error: null }
  try {
    const removal = await removeConnection(deps, input.connectionId, input.old === 'forget')
    return { ...report, old: 'removed', removal, error: null }
  } catch (error) {
    if (!(error instanceof PatchbayError)) throw error
    const { code, message } = toWire(error)
    return { ...report, old: 'failed', removal: null, error: { code, message } }
  }
}
