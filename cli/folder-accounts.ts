import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { usageError } from './usage-error.ts'

/** The file that says which account a connector's name means in its folder and below. */
export const FOLDER_FILE = '.patchbay'

/** An account that a folder names. */
export interface FolderAccount {
  readonly handle: string
  readonly file: string
}

const MOST_BYTES = 65_536
const LINE = /^([a-z0-9][a-z0-9_.-]{0,99})\s*=\s*(?:([a-z0-9][a-z0-9_.-]{0,99})\/)?([^\s/#][^\s#]{0,319})\s*(?:#.*)?$/i

/** The accounts by connector. Throws a usage error that names the line. */
export const parseFolderFile = (text: string, file: string): ReadonlyMap<string, string> => {
  const accounts = new Map<string, string>()
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const [, connector = '', named = connector, label = ''] = LINE.exec(line) ?? []
    const place = `${file}, line ${index + 1}`
    if (connector === '' || named.toLowerCase() !== connector.toLowerCase())
      throw usageError(`${place} is not understood.`, 'Write one connector a line: github = github/work')
    if (accounts.has(connector.toLowerCase())) throw usageError(`${place} names ${connector} once more.`, 'Keep one of the lines.')
    accounts.set(connector.toLowerCase(), `${connector}/${label}`.toLowerCase())
  }
  return accounts
}

const nearest = (folder: string): string | null => {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, FOLDER_FILE)
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file
    if (dirname(at) === at) return null
  }
}

/** Whether nobody else can have written it: a folder that others may write to does not choose an account. */
const isOwn = (file: string): boolean => {
  if (process.platform === 'win32') return true
  const { uid, mode } = statSync(file)
  return (uid === process.getuid?.() || uid === 0) && (mode & 0o022) === 0
}

/**
 * The account that the nearest `.patchbay`, in a folder or above it, names for a connector; null for none. Throws a usage error for a file that is not
 * understood, or that others may write to.
 */
export const folderAccount = (folder: string, connector: string): FolderAccount | null => {
  const file = nearest(folder)
  if (file === null) return null
  if (!isOwn(file))
    throw usageError(`${file} may be written by others.`, 'Make it yours alone (chmod go-w), or name the account: github/work.')
  const bytes = readFileSync(file)
  if (bytes.length > MOST_BYTES) throw usageError(`${file} is larger than 64 KiB.`, 'It holds one connector a line.')
  const handle = parseFolderFile(bytes.toString('utf8'), file).get(connector.toLowerCase())
  return handle === undefined ? null : { handle, file }
}
