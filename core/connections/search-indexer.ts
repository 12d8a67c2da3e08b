import type { WritableDb } from '../database/sql.ts'
import type { Log } from '../log.ts'

/** How long what was written may wait: a reconciliation of thousands is over by then, and a search looks at the rows themselves. */
const REST_MS = 1000
const RETRY_MS = 60_000
/** A slice of the work, and the pause after it: others are served in between. */
const SLICE_MS = 8
const PAUSE_MS = 24
const AT_ONCE = 20

/** A mark of three signs for each fact that a list is filtered by, so that the full-text index leaves out most of what differs. */
const DOCUMENT = `search_text || char(2) || substr(profile_id, -2) || char(4) || substr(connector_id, 1, 2) ||
  char(3) || status_rank || is_foreign`

/** Takes rows into the full-text index for so long, in one commit; false when none is left. */
export const indexForSearch = (db: WritableDb, sliceMs: number = SLICE_MS): boolean => {
  const waiting = (): { connection_id: string }[] =>
    db.all(
      'SELECT connection_id FROM connections INDEXED BY connections_unsearched WHERE search_id IS NULL ORDER BY profile_id, connection_id LIMIT ?',
      AT_ONCE,
    )
  if (waiting().length === 0) return false
  const until = performance.now() + sliceMs
  return db.transaction(() => {
    let number = db.get<{ id: number | null }>('SELECT max(search_id) AS id FROM connections WHERE search_id IS NOT NULL')?.id ?? 0
    for (;;) {
      const ids = waiting()
      for (const { connection_id: id } of ids) {
        number += 1
        db.run('UPDATE connections SET search_id = ? WHERE connection_id = ?', number, id)
        db.run(`INSERT INTO connection_search (rowid, document) SELECT search_id, ${DOCUMENT} FROM connections WHERE connection_id = ?`, id)
      }
      if (ids.length < AT_ONCE) return false
      if (performance.now() >= until) return true
    }
  })
}

/** Keeps the full-text index behind the writes, in slices between which others are served. */
export class SearchIndexer {
  readonly #db: WritableDb
  readonly #log: Log
  #timer: NodeJS.Timeout | null = null
  #isStopped = false

  constructor(deps: { readonly db: WritableDb; readonly log: Log }) {
    this.#db = deps.db
    this.#log = deps.log
  }

  /** Rows may have been written: they are taken in about a second later. */
  note(): void {
    if (this.#timer === null) this.#in(REST_MS)
  }

  stop(): void {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #in(delayMs: number): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => this.#slice(), delayMs)
    this.#timer.unref()
  }

  #slice(): void {
    this.#timer = null
    try {
      if (indexForSearch(this.#db)) this.#in(PAUSE_MS)
    } catch (error) {
      // A search looks at what is not in the index: it is slower until then, and misses nothing.
      this.#log.warn('search.index_failed', { error })
      this.#in(RETRY_MS)
    }
  }
}
