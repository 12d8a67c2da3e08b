import type { WritableDb } from '../database/sql.ts'

interface Waiting {
  readonly work: (db: WritableDb) => void
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Writes of several workers in one transaction: each waits until its own is on the disk, and all wait for one commit. */
export class GroupCommit {
  readonly #db: WritableDb
  #waiting: Waiting[] = []

  constructor(db: WritableDb) {
    this.#db = db
  }

  /** Resolves when it is durable. Throws what the transaction throws: then nothing of the group is written. */
  write(work: (db: WritableDb) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => void this.#flush())
      this.#waiting.push({ work, resolve, reject })
    })
  }

  async #flush(): Promise<void> {
    await this.#db.waitForRoom()
    const group = this.#waiting
    this.#waiting = []
    try {
      this.#db.transaction(() => {
        for (const { work } of group) work(this.#db)
      })
      for (const { resolve } of group) resolve()
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
}
