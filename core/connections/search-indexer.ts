import type { WritableDb } from '../database/sql.ts'
import type { Log } from '../log.ts'

/** How long what was written may wait: a reconciliation of thousands is over by then, and a search looks at the rows themselves. */
const REST_MS = 1000
const RETRY_MS = 60_000
/** As many rows as make a commit of a few milliseconds, and the pause after it: others are served in between. */
const SLICE_ROWS = 100
const PAUSE_MS = 16
/** How much of the index is merged with each slice: more than a slice adds on each of its levels. */
const MERGED_PAGES = 64

/** A mark of three signs for each fact that a list is filtered by, so that the full-text index leaves out most of what differs. */
const DOCUMENT = `search_text || char(2) || substr(profile_id, -2) || char(4) || substr(connector_id, 1, 2) ||
  char(3) || status_rank || is_foreign`

/** Takes a slice of rows into the full-text index, in one commit; false when none is left. */
export const indexForSearch = (db: WritableDb, rows: number = SLICE_ROWS): boolean => {
  const waiting = db.all<{ connection_id: string; document: string }>(
    `SELECT connection_id, ${DOCUMENT} AS document FROM connections INDEXED BY connections_unsearched WHERE search_id IS NULL
     ORDER BY profile_id, connection_id LIMIT ?`,
    rows,
  )
  if (waiting.length === 0) return false
  db.transaction(() => {
    db.run("INSERT INTO connection_search (connection_search, rank) VALUES ('merge', ?)", MERGED_PAGES)
    const last = db.get<{ id: number | null }>('SELECT max(search_id) AS id FROM connections WHERE search_id IS NOT NULL')?.id ?? 0
    waiting.forEach(({ connection_id: id }, index) =>
      db.run('UPDATE connections SET search_id = ? WHERE connection_id = ?', last + 1 + index, id),
    )
    // Last, and as plain values: any statement that SQLite could have to undo in part makes FTS5 write out what it has gathered.
    waiting.forEach(({ document }, index) =>
      db.run('INSERT INTO connection_search (rowid, document) VALUES (?, ?)', last + 1 + index, document),
    )
  })
  return waiting.length === rows
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
    this.#timer = setTimeout(() => void this.#slice(), delayMs)
    this.#timer.unref()
  }

  async #slice(): Promise<void> {
    await this.#db.waitForRoom()
    this.#timer = null
    if (this.#isStopped) return
    try {
      if (indexForSearch(this.#db)) this.#in(PAUSE_MS)
    } catch (error) {
      // A search looks at what is not in the index: it is slower until then, and misses nothing.
      this.#log.warn('search.index_failed', { error })
      this.#in(RETRY_MS)
    }
  }
}
