import { createHmac, timingSafeEqual } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { syncFolder } from './durable-file.ts'
import { toStorageError, withStorageErrors } from './storage-error.ts'

/** The file that keeps, outside the database, how many commits it has seen. */
export const MARK_FILE = 'hwm'

const Mark = z.strictObject({ version: z.literal(1), commits: z.number().int().min(0), mac: z.string().max(100) })

/** What the mark says. `damaged`: there is one, and it is not ours or not whole. */
export type MarkOutcome = { readonly state: 'absent' | 'damaged' } | { readonly state: 'valid'; readonly commits: number }

/** HMAC-SHA-256 (RFC 2104) under a key of its own, so that nobody without the vault can set the mark back. */
const macOf = (commits: number, key: Uint8Array): Buffer => createHmac('sha256', key).update(`patchbay commits\n${commits}`).digest()

const textOf = (commits: number, key: Uint8Array): string =>
  `${JSON.stringify({ version: 1, commits, mac: macOf(commits, key).toString('base64') })}\n`

/** What says nothing about the file itself. */
const PASSING = new Set(['EMFILE', 'ENFILE', 'EIO'])

/** Reads and proves the mark of a data folder. Throws `storage.failed` where the system could not even look. */
export const readMark = (folder: string, key: Uint8Array): MarkOutcome => {
  let text: string
  try {
    text = readFileSync(join(folder, MARK_FILE), 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (PASSING.has(code)) throw toStorageError(error, { file: MARK_FILE })
    return { state: code === 'ENOENT' ? 'absent' : 'damaged' }
  }
  try {
    const mark = Mark.parse(JSON.parse(text))
    const given = Buffer.from(mark.mac, 'base64')
    const wanted = macOf(mark.commits, key)
    return given.length === wanted.length && timingSafeEqual(given, wanted)
      ? { state: 'valid', commits: mark.commits }
      : { state: 'damaged' }
  } catch {
    return { state: 'damaged' }
  }
}

/** How long a commit may be without its mark, milliseconds; the write itself comes on top. */
const MARK_DELAY_MS = 500
/** How often that time doubles while the mark cannot be written: to 8 s. */
const SLOWEST = 4

/** Writes the mark behind the commits: after a moment by itself, at once where it matters. */
export class CommitMark {
  readonly #file: string
  readonly #key: Uint8Array
  readonly #onError: (error: unknown) => void
  #commits: number
  #written: number
  #timer: NodeJS.Timeout | null = null
  #isWriting = false
  #failures = 0
  #isClosed = false

  constructor(options: {
    readonly folder: string
    readonly key: Uint8Array
    readonly commits: number
    readonly onError: (error: unknown) => void
  }) {
    this.#file = join(options.folder, MARK_FILE)
    this.#key = options.key
    this.#commits = options.commits
    this.#written = options.commits - 1
    this.#onError = options.onError
  }

  /** One more commit is on the disk. */
  count(): void {
    this.#commits++
    this.#schedule()
  }

  /** The database counts so many, which may be more than were told of. */
  raiseTo(commits: number): void {
    if (commits <= this.#commits) return
    this.#commits = commits
    this.#schedule()
  }

  /** Durable when it returns. Throws `storage.*`. */
  writeNow(): void {
    if (this.#isClosed || this.#written >= this.#commits) return
    const commits = this.#commits
    withStorageErrors({ file: MARK_FILE }, () => {
      const beside = `${this.#file}.now`
      const handle = openSync(beside, 'w', 0o600)
      try {
        writeSync(handle, textOf(commits, this.#key))
        fsyncSync(handle)
      } finally {
        closeSync(handle)
      }
      renameSync(beside, this.#file)
      syncFolder(dirname(this.#file))
    })
    this.#written = commits
  }

  /** Writes what is left and ends. */
  close(): void {
    if (this.#isClosed) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    try {
      this.writeNow()
    } catch (error) {
      this.#onError(error)
    }
    this.#isClosed = true
  }

  #schedule(): void {
    if (this.#timer !== null || this.#isWriting || this.#isClosed) return
    this.#timer = setTimeout(
      () => {
        this.#timer = null
        void this.#write()
      },
      MARK_DELAY_MS * 2 ** Math.min(this.#failures, SLOWEST),
    )
    this.#timer.unref()
  }

  /** Off the event loop: two waits for the disk must not hold up calls. */
  async #write(): Promise<void> {
    if (this.#isWriting || this.#isClosed || this.#written >= this.#commits) return
    this.#isWriting = true
    const commits = this.#commits
    const beside = `${this.#file}.next`
    try {
      const handle = await open(beside, 'w', 0o600)
      try {
        await handle.writeFile(textOf(commits, this.#key))
        await handle.sync()
      } finally {
        await handle.close()
      }
      if (this.#isClosed || this.#written >= commits) await unlink(beside)
      else {
        // In the same turn as the look: a newer mark is never replaced by an older one.
        renameSync(beside, this.#file)
        this.#written = commits
        if (process.platform !== 'win32') {
          const folder = await open(dirname(this.#file), 'r')
          try {
            await folder.sync()
          } finally {
            await folder.close()
          }
        }
      }
      this.#failures = 0
    } catch (error) {
      this.#failures++
      if (!this.#isClosed) this.#onError(error)
    } finally {
      this.#isWriting = false
      if (this.#written < this.#commits) this.#schedule()
    }
  }
}
