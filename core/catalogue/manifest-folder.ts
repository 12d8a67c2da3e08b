import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, type BigIntStats } from 'node:fs'
import { basename, join } from 'node:path'
import { type ConnectorManifest, parseManifest } from './connector-manifest.ts'

/** A manifest that is not used, and why; `file` is its name in the folder, fit to be shown. */
export interface ManifestProblem {
  readonly file: string
  readonly summary: string
}

export interface ManifestFile {
  readonly file: string
  readonly manifest: ConnectorManifest
}

/** What a folder of manifests holds, by file name. */
export interface ManifestFolder {
  readonly manifests: readonly ManifestFile[]
  readonly problems: readonly ManifestProblem[]
}

const LARGEST_BYTES = 65_536
const MOST_FILES = 500
const LOOK_EVERY_MS = 1_000

const NOTHING: ManifestFolder = { manifests: [], problems: [] }

/** Text from outside without what could move a terminal's cursor or turn the direction of its text. */
const shown = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '?').slice(0, 300)

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no reason given'

/** The text of a regular file, opened without following a link and without waiting for a writer; else what is wrong. */
const readText = (path: string): { readonly text: string } | { readonly problem: string } => {
  const notAFile = { problem: 'It is not a regular file; links are not followed.' }
  try {
    if (!lstatSync(path).isFile()) return notAFile
    // Windows has neither flag; there the look before has to do.
    const handle = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    try {
      if (!fstatSync(handle).isFile()) return notAFile
      const bytes = Buffer.alloc(LARGEST_BYTES + 1)
      let length = 0
      for (;;) {
        const read = readSync(handle, bytes, length, bytes.length - length, null)
        length += read
        if (read === 0 || length === bytes.length) break
      }
      if (length > LARGEST_BYTES) return { problem: 'It is larger than 64 KiB.' }
      return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length)) }
    } finally {
      closeSync(handle)
    }
  } catch (error) {
    if (error instanceof TypeError) return { problem: 'It is not UTF-8 text.' }
    return { problem: `It cannot be read (${codeOf(error)}).` }
  }
}

const readFolder = (folder: string, names: readonly string[]): ManifestFolder => {
  const manifests: ManifestFile[] = []
  const problems: ManifestProblem[] = []
  for (const name of names.slice(0, MOST_FILES)) {
    const file = shown(name)
    if (!name.toLowerCase().endsWith('.json')) {
      problems.push({ file, summary: 'It is YAML; a manifest is JSON.' })
      continue
    }
    const read = readText(join(folder, name))
    const parsed = 'problem' in read ? read : parseManifest(read.text)
    if ('problem' in parsed) problems.push({ file, summary: shown(parsed.problem) })
    else manifests.push({ file, manifest: parsed.manifest })
  }
  if (names.length > MOST_FILES) {
    problems.push({
      file: shown(basename(folder)),
      summary: `The folder holds ${names.length} manifests; only the first ${MOST_FILES} by name are read.`,
    })
  }
  return { manifests, problems }
}

const mark = (name: string, stats: BigIntStats | undefined): string =>
  stats === undefined ? name : [name, stats.mtimeNs, stats.ctimeNs, stats.size, stats.ino, stats.mode].join(':')

/**
 * The manifests of a folder: read at the first question and again when the folder or a file in it has changed, which is looked at
 * no more than once a second. Never throws and never waits; a folder that is not there holds nothing. The same object is answered
 * until something changes.
 */
export const lazyManifestFolder = (folder: string, now: () => number = () => performance.now()): (() => ManifestFolder) => {
  let current = NOTHING
  let seen: string | null = null
  let lookedAt = Number.NEGATIVE_INFINITY

  const look = (): void => {
    const stats = lstatSync(folder, { bigint: true, throwIfNoEntry: false })
    if (stats?.isDirectory() !== true) {
      const isOdd = stats !== undefined
      if (seen === String(isOdd)) return
      seen = String(isOdd)
      current = isOdd
        ? { manifests: [], problems: [{ file: shown(basename(folder)), summary: 'It is not a folder; links are not followed.' }] }
        : NOTHING
      return
    }
    const names = readdirSync(folder)
      .filter((name) => !name.startsWith('.') && /\.(?:json|ya?ml)$/i.test(name))
      .toSorted()
    const marks = names
      .slice(0, MOST_FILES)
      .map((name) => mark(name, lstatSync(join(folder, name), { bigint: true, throwIfNoEntry: false })))
    const fingerprint = JSON.stringify([mark('', stats), ...marks])
    if (seen === fingerprint) return
    current = readFolder(folder, names)
    seen = fingerprint
  }

  return () => {
    const at = now()
    if (at - lookedAt < LOOK_EVERY_MS) return current
    lookedAt = at
    try {
      look()
    } catch (error) {
      const summary = `The folder cannot be read (${codeOf(error)}).`
      if (seen !== summary) current = { manifests: [], problems: [{ file: shown(basename(folder)), summary }] }
      seen = summary
    }
    return current
  }
}
