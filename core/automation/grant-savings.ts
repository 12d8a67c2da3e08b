import type { WritableDb } from '../database/sql.ts'
import { noteGrantUse, putGrant, type StoredGrant } from './grant-store.ts'
import { dayOf, type Held } from './held-grant.ts'

/**
 * What stopped programs and could not be written yet. It outlives the book, which begins anew when the storage is well again: what was
 * taken back meanwhile must not come back with it.
 */
export interface UnsavedStops {
  readonly ended: Map<string, StoredGrant>
  isPauseUnsaved: boolean
  isPaused: boolean
}

/** The fact that all programs are paused. */
const PAUSED = 'grants.paused'

/** Writes what a book of grants changes by itself; a disk that takes no writes is asked again later. */
export class GrantSavings {
  readonly #db: WritableDb
  readonly #unsaved: UnsavedStops
  readonly #now: () => number

  constructor(db: WritableDb, unsaved: UnsavedStops, now: () => number) {
    this.#db = db
    this.#unsaved = unsaved
    this.#now = now
  }

  get isPaused(): boolean {
    const { isPauseUnsaved, isPaused } = this.#unsaved
    return isPauseUnsaved ? isPaused : this.#db.get('SELECT 1 AS one FROM facts WHERE name = ?', PAUSED) !== undefined
  }

  /** A grant that has ended and stands in the database as one in force still. */
  ended(grantId: string): StoredGrant | undefined {
    return this.#unsaved.ended.get(grantId)
  }

  end(grant: StoredGrant): void {
    this.#unsaved.ended.set(grant.grantId, grant)
    this.save()
  }

  restored(grantId: string): void {
    this.#unsaved.ended.delete(grantId)
  }

  pause(isPaused: boolean): void {
    Object.assign(this.#unsaved, { isPauseUnsaved: true, isPaused })
    this.save()
  }

  /** Writes what waits for it. */
  save(): void {
    const { ended, isPauseUnsaved, isPaused } = this.#unsaved
    if (ended.size === 0 && !isPauseUnsaved) return
    try {
      this.#db.transaction(() => {
        for (const grant of ended.values()) putGrant(this.#db, grant)
        if (!isPauseUnsaved) return
        if (isPaused) this.#db.run('INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING', PAUSED, '1')
        else this.#db.run('DELETE FROM facts WHERE name = ?', PAUSED)
      })
      ended.clear()
      this.#unsaved.isPauseUnsaved = false
    } catch {
      // Said where the storage's trouble is said.
    }
  }

  /** Keeps when grants were used last, and how often today. */
  saveUses(held: Iterable<Held>): void {
    const dirty = [...held].filter(({ isDirty }) => isDirty)
    if (dirty.length === 0) return
    try {
      this.#db.transaction(() => {
        for (const { grant } of dirty) {
          const { grantId, lastCallAt, callsDay, callsOnDay } = grant
          if (lastCallAt !== null) noteGrantUse(this.#db, grantId, lastCallAt, callsDay ?? dayOf(this.#now()), callsOnDay)
        }
      })
      for (const each of dirty) each.isDirty = false
    } catch {
      // Kept in memory and tried again.
    }
  }
}
