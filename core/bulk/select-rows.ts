import { PatchbayError, toWire } from '#shared/errors'
import { queryConnections } from '../connections/connection-query.ts'
import type { ConnectionRow, ProfileView } from '../connections/connection-row.ts'
import { getConnection } from '../connections/connection-store.ts'
import { type Tags, tagsAfter } from '../connections/tag-rules.ts'
import type { ReadableDb } from '../database/sql.ts'
import { type BulkRecord, type BulkRowRecord, getBulk, type NewRow, rowsOf, taskOf, wantedOf } from './bulk-store.ts'
import type { BulkSelection, BulkTask, Wanted } from './bulk-task.ts'

export interface SelectionDependencies {
  readonly db: ReadableDb
  readonly viewOf: (profileId: string) => ProfileView
  readonly resolve: (reference: string) => string
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>
}

/** A chosen row; without a connection where there is none of that name. */
export interface SelectedRow extends NewRow {
  readonly connection: ConnectionRow | undefined
}

/** So many rows are read in one turn of the event loop. */
const PAGE = 200

const selected = (connection: ConnectionRow): SelectedRow => ({
  connection,
  connectionId: connection.connection_id,
  handle: connection.handle,
  wanted: null,
  refusal: null,
})

/** By when they were made, which never changes: each comes once, whatever happens meanwhile. */
const byFilter = function* (
  deps: SelectionDependencies,
  profileId: string,
  selection: Extract<BulkSelection, { kind: 'filter' }>,
): Generator<SelectedRow[]> {
  let cursor: string | undefined
  do {
    const query = { ...selection.filter, profileId, sort: 'createdAt', isDescending: false, limit: PAGE, cursor } as const
    const page = queryConnections(deps.db, query, deps.viewOf(profileId))
    cursor = page.nextCursor ?? undefined
    yield page.rows.map(selected)
  } while (cursor !== undefined)
}

const byName = function* (deps: SelectionDependencies, references: readonly string[]): Generator<SelectedRow[]> {
  const seen = new Set<string>()
  for (let index = 0; index < references.length; index += PAGE) {
    yield references.slice(index, index + PAGE).flatMap((reference): SelectedRow[] => {
      try {
        const connectionId = deps.resolve(reference)
        const connection = seen.has(connectionId) ? undefined : getConnection(deps.db, connectionId)
        seen.add(connectionId)
        return connection === undefined ? [] : [selected(connection)]
      } catch (error) {
        if (!(error instanceof PatchbayError)) throw error
        const { code, message } = toWire(error)
        const name = reference.slice(0, 200)
        return [{ connection: undefined, connectionId: name, handle: name, wanted: null, refusal: { code, message } }]
      }
    })
  }
}

/** What the row was made to be, and was before; null where that is not known. */
const undoOf = (task: BulkTask, row: BulkRowRecord): Wanted | null => {
  const former = JSON.parse(row.former ?? 'null') as { readonly label?: string | null; readonly tags?: Tags } | null
  const wanted = wantedOf(row)
  if (task.action === 'label' && former?.label !== undefined)
    return { kind: 'label', from: wanted?.kind === 'label' ? wanted.to : task.label, to: former.label }
  if (task.action !== 'tag' || former?.tags === undefined) return null
  const made = wanted?.kind === 'tags' ? tagsAfter(former.tags, { mode: 'replace', tags: wanted.to }) : null
  return { kind: 'tags', from: made ?? (task.tags === null ? former.tags : tagsAfter(former.tags, task.tags)), to: former.tags }
}

const ofRun = function* (deps: SelectionDependencies, bulkId: string, kind: 'retry' | 'undo'): Generator<SelectedRow[]> {
  const run: BulkRecord = getBulk(deps.db, bulkId)
  const task = taskOf(run)
  for (const outcome of kind === 'undo' ? (['done'] as const) : (['failed', 'waiting'] as const)) {
    for (let after = -1; ;) {
      const rows = rowsOf(deps.db, bulkId, outcome, after, PAGE)
      after = rows.at(-1)?.position ?? after
      yield rows.flatMap((row): SelectedRow[] => {
        const wanted = kind === 'undo' ? undoOf(task, row) : wantedOf(row)
        if (kind === 'undo' && wanted === null) return []
        const connection = getConnection(deps.db, row.connection_id)
        return [{ connection, connectionId: row.connection_id, handle: connection?.handle ?? row.handle, wanted, refusal: null }]
      })
      if (rows.length < PAGE) break
    }
  }
}

/** The rows of a selection, a page in each turn of the event loop. Throws `bulk.not_found` for a run that is gone. */
export const selectRows = async function* (
  deps: SelectionDependencies,
  profileId: string,
  selection: BulkSelection,
): AsyncGenerator<SelectedRow[]> {
  const pages =
    selection.kind === 'filter'
      ? byFilter(deps, profileId, selection)
      : selection.kind === 'named'
        ? byName(deps, selection.references)
        : ofRun(deps, selection.bulkId, selection.kind)
  for (const page of pages) {
    yield page
    await deps.pause()
  }
}
