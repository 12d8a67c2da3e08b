import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

/** The files of a folder by their names from there; folders that hold nothing are not in it. */
export type FolderImage = ReadonlyMap<string, Buffer>

/** A folder for what is made and thrown away thousands of times: in memory where the system has such a place. */
export const scratchFolder = (): string => mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'patchbay-scratch-'))

/** Reads a folder. Not one whose database this process has open: reading it through `fs` drops SQLite's locks. */
export const readImage = (folder: string): FolderImage =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => [relative(folder, path), readFileSync(path)]),
  )

/** Makes the folder hold just that, for this user alone. */
export const writeImage = (folder: string, image: FolderImage): void => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const [name, content] of image) {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, content, { mode: 0o600 })
  }
}

/** SHA-256 of each file that `isCompared` takes. */
export const sumsOf = (image: FolderImage, isCompared: (name: string) => boolean): Record<string, string> =>
  Object.fromEntries(
    [...image]
      .filter(([name]) => isCompared(name))
      .map(([name, content]) => [name, createHash('sha256').update(content).digest('hex')] as const)
      .toSorted(),
  )
