import type { BulkActionName } from '#shared/contract/bulk'
import { type ErrorCode, PatchbayError } from '#shared/errors'
import type { ConnectionRow } from '../connections/connection-row.ts'
import { updateConnection } from '../connections/connection-store.ts'
import { isRefreshRisky, type Refresh, RENEWABLE_MODES } from '../connections/refresh-connection.ts'
import { type RemovalDependencies, removeConnection } from '../connections/remove-connection.ts'
import { revokeAndRemove } from '../connections/revoke-and-remove.ts'
import type { Revoke } from '../connections/revoke-connection.ts'
import { areSameTags, tagsAfter, type Tags } from '../connections/tag-rules.ts'
import { keepTags, readTags, tagsOf, writeTags } from '../connections/tags-change.ts'
import type { Note } from '../events/journal.ts'
import type { CallOptions } from '../nango/nango-client.ts'
import type { RowEnd } from './bulk-store.ts'
import { revokeAction, tokenFacts, type Verify, verifyAction } from './life-actions.ts'
import type { BulkTask, Wanted } from './bulk-task.ts'

/** One connection and what is wanted of it. */
export interface BulkItem {
  readonly row: ConnectionRow
  readonly task: BulkTask
  /** What an undo brings back. */
  readonly wanted: Wanted | null
}

/** What would happen to a connection, from what is known here. */
export type Planned = { readonly kind: 'do' } | { readonly kind: 'unchanged' } | { readonly kind: 'refused'; readonly code: ErrorCode }

interface Common {
  /** Requests to Nango for one connection, at most. */
  readonly requests: number
  plan(item: BulkItem): Planned
}

/** Done within a transaction of ours, together with many others. */
export interface LocalAction extends Common {
  readonly kind: 'local'
  apply(item: BulkItem, at: string, note: Note | null): RowEnd
}

/** Asks Nango; what it throws is the row's error. */
export interface RemoteAction extends Common {
  readonly kind: 'remote'
  /** What undoing would bring back. */
  formerOf?(item: BulkItem): unknown
  run(item: BulkItem, call: CallOptions): Promise<RowEnd>
  /** Looks what a try that was broken off has done; null where it may be made again. */
  look(item: BulkItem, startedAt: string, call: CallOptions): Promise<RowEnd | null>
  /** How a try that was broken off ended, where the connection is gone now. */
  readonly endWhereGone?: RowEnd
}

export type BulkAction = LocalAction | RemoteAction

export interface BulkActionDependencies extends RemovalDependencies {
  readonly refresh: Refresh
  readonly verify: Verify
  readonly revoke: Revoke
}

const DO: Planned = { kind: 'do' }
const PENDING: Planned = { kind: 'refused', code: 'connection.pending' }
const isMade = ({ row }: BulkItem): boolean => row.nango_connection_id !== null

const labelAction = (deps: BulkActionDependencies): LocalAction => {
  const labelOf = ({ task, wanted }: BulkItem): string | null => (wanted?.kind === 'label' ? wanted.to : task.label)
  return {
    kind: 'local',
    requests: 0,
    plan: (item) => {
      const { row, wanted } = item
      if (row.label === labelOf(item)) return { kind: 'unchanged' }
      return wanted?.kind === 'label' && row.label !== wanted.from ? { kind: 'refused', code: 'bulk.changed_since' } : DO
    },
    apply: (item, at, note) => {
      const { row } = item
      const label = labelOf(item)
      updateConnection(deps.db, row.connection_id, { label }, at)
      note?.event({
        type: 'connection.updated',
        profileId: row.profile_id,
        connectionId: row.connection_id,
        facts: { handle: row.handle, changed: ['label'], by: 'bulk' },
      })
      return { outcome: 'done', former: { label: row.label } }
    },
  }
}

const tagAction = (deps: BulkActionDependencies): RemoteAction => {
  const tagsFor = ({ row, task, wanted }: BulkItem): Tags => {
    const now = tagsOf(row)
    if (wanted?.kind === 'tags') return tagsAfter(now, { mode: 'replace', tags: wanted.to })
    return task.tags === null ? now : tagsAfter(now, task.tags)
  }
  return {
    kind: 'remote',
    requests: 1,
    plan: (item) => {
      if (!isMade(item)) return PENDING
      const { row, wanted } = item
      try {
        if (areSameTags(tagsOf(row), tagsFor(item))) return { kind: 'unchanged' }
      } catch (error) {
        if (error instanceof PatchbayError) return { kind: 'refused', code: error.code }
        throw error
      }
      return wanted?.kind === 'tags' && !areSameTags(tagsOf(row), wanted.from) ? { kind: 'refused', code: 'bulk.changed_since' } : DO
    },
    formerOf: ({ row }) => ({ tags: tagsOf(row) }),
    run: async (item, call) => {
      await writeTags(deps, item.row.connection_id, tagsFor(item), call)
      return { outcome: 'done' }
    },
    look: async (item, _startedAt, call) => {
      const wanted = tagsFor(item)
      if (areSameTags(tagsOf(item.row), wanted)) return { outcome: 'done' }
      const there = await readTags(deps, item.row.connection_id, call)
      if (there === null) throw new PatchbayError('nango.not_found')
      if (!areSameTags(there, wanted)) return null
      keepTags(deps, item.row, wanted)
      return { outcome: 'done' }
    },
  }
}

const refreshAction = (deps: BulkActionDependencies): RemoteAction => ({
  kind: 'remote',
  // One more where it was never learned when the token runs out.
  requests: 2,
  plan: (item) => {
    if (!isMade(item)) return PENDING
    if (!RENEWABLE_MODES.has(item.row.auth_mode)) return { kind: 'unchanged' }
    return isRefreshRisky(item.row) && !item.task.acceptRisk ? { kind: 'refused', code: 'connection.refresh_risky' } : DO
  },
  run: async ({ row, task }, call) => {
    const outcome = await deps.refresh(row.connection_id, task.acceptRisk, call)
    return { outcome: outcome === 'refreshed' ? 'done' : 'unchanged', detail: { outcome } }
  },
  look: async ({ row }, startedAt, call) => {
    if (row.last_refreshed_at !== null && row.last_refreshed_at >= startedAt) return { outcome: 'done', detail: { outcome: 'refreshed' } }
    const client = await deps.clientFor(row.profile_id)
    const key = { connectionId: row.nango_connection_id ?? '', integrationId: row.provider_config_key }
    const [found] = await client.listConnections(key, call)
    // A forced refresh that fails twice would make Nango refuse the connection for another 30 s.
    if (found?.hasAuthError === true) throw new PatchbayError('connection.refresh_failed')
    return null
  },
})

const removeAction = (deps: BulkActionDependencies): RemoteAction => ({
  kind: 'remote',
  requests: 1,
  plan: () => DO,
  run: async ({ row, task }, call) => {
    // What was revoked already, maybe a moment ago, is not revoked again.
    const isRevoking = task.revoke && row.status !== 'revoked'
    const remove = isRevoking ? revokeAndRemove : removeConnection
    const { nango, local, provider, revocation } = await remove(deps, row.connection_id, task.forgetOnly, call)
    const tokens =
      revocation === undefined || revocation === null ? {} : { tokens: tokenFacts(revocation.tokens), pageUrl: revocation.pageUrl }
    return { outcome: 'done', detail: { nango, local, provider, ...tokens } }
  },
  // Deleting what is gone already says so and harms nothing: that is the look.
  look: async () => null,
  endWhereGone: { outcome: 'done', detail: { nango: 'already_gone', local: 'forgotten', provider: 'not_asked' } },
})

/** What each action does. */
export const bulkActions = (deps: BulkActionDependencies): Readonly<Record<BulkActionName, BulkAction>> => ({
  refresh: refreshAction(deps),
  verify: verifyAction(deps.verify),
  label: labelAction(deps),
  tag: tagAction(deps),
  revoke: revokeAction(deps.revoke),
  remove: removeAction(deps),
  export: { kind: 'local', requests: 0, plan: () => DO, apply: () => ({ outcome: 'done' }) },
})
