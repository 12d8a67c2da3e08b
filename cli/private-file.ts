import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { PatchbayError } from '#shared/errors'
import { safeText } from './text-format.ts'
import { usageError } from './usage-error.ts'

/** A file that is written piece by piece and is there only once it is whole. */
export interface PrivateFile {
  readonly path: string
  readonly write: (text: string) => void
  /** Puts it in its place. */
  readonly finish: () => void
  /** Leaves nothing behind; nothing after `finish`. */
  readonly drop: () => void
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

const isThere = (path: string): PatchbayError =>
  usageError(`${safeText(path)} is there already; it was left as it is.`, 'Name another file, or add --force to write over it.')

const notWritten = (path: string, cause: unknown): PatchbayError =>
  new PatchbayError('storage.failed', {
    message: `${safeText(path)} could not be written.`,
    data: { path, next: 'Name a file in a folder that you may write to, on a disk with room.' },
    cause,
  })

/** Begins a file for this user's eyes only (0600). Where one of that name is there, `mayReplace` decides, now and at the end. */
export const openPrivateFile = (file: string, mayReplace: boolean): PrivateFile => {
  const path = resolve(file)
  if (!mayReplace && existsSync(path)) throw isThere(path)
  // Unlike anything that is there; `wx` makes sure.
  const part = `${path}.${process.pid}-${Date.now().toString(36)}.part`
  const attempt = <T>(action: () => T): T => {
    try {
      return action()
    } catch (error) {
      throw notWritten(path, error)
    }
  }
  let descriptor: number | null = attempt(() => openSync(part, 'wx', 0o600))
  const close = (): void => {
    if (descriptor !== null) closeSync(descriptor)
    descriptor = null
  }
  const drop = (): void => {
    close()
    rmSync(part, { force: true })
  }
  return {
    path,
    write: (text) =>
      attempt(() => {
        const bytes = Buffer.from(text)
        for (let done = 0; descriptor !== null && done < bytes.length;) done += writeSync(descriptor, bytes, done)
      }),
    finish: () => {
      attempt(() => descriptor !== null && fsyncSync(descriptor))
      close()
      if (mayReplace) return attempt(() => renameSync(part, path))
      try {
        // A link, unlike a new name, never takes the place of what has come meanwhile.
        linkSync(part, path)
      } catch (error) {
        if (codeOf(error) === 'EEXIST' || existsSync(path)) throw isThere(path)
        // This disk has no links.
        return attempt(() => renameSync(part, path))
      }
      rmSync(part, { force: true })
    },
    drop,
  }
}
