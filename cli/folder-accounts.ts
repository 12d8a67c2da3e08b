import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, type Stats } from 'node:fs'
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

const isThere = (file: string): boolean => {
  try {
    // A link counts as it lies there: whoever made it chooses what it leads to.
    const found = lstatSync(file)
    return found.isSymbolicLink() || found.isFile()
  } catch {
    return false
  }
}

const nearest = (folder: string): string | null => {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, FOLDER_FILE)
    if (isThere(file)) return file
    if (dirname(at) === at) return null
  }
}

/** Whether nobody else can have made it: a folder that others may write to does not choose an account. */
const isOwn = ({ uid }: Stats): boolean => process.platform === 'win32' || uid === process.getuid?.() || uid === 0

/** What is in the file that was looked at, whatever lies in its place by now. */
const readOwn = (file: string): string => {
  const others = usageError(`${file} may be written by others.`, 'Make it yours alone (chmod go-w), or name the account: github/work.')
  if (!isOwn(lstatSync(file))) throw others
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = fstatSync(descriptor)
    if (!isOwn(found) || (process.platform !== 'win32' && (found.mode & 0o022) !== 0)) throw others
    if (found.size > MOST_BYTES) throw usageError(`${file} is larger than 64 KiB.`, 'It holds one connector a line.')
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

/**
 * The account that the nearest `.patchbay`, in a folder or above it, names for a connector; null for none. Throws a usage error for a
 * file that is not understood or cannot be read, or that others may write to or have linked there.
 */
export const folderAccount = (folder: string, connector: string): FolderAccount | null => {
  const file = nearest(folder)
  if (file === null) return null
  let text: string
  try {
    text = readOwn(file)
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw usageError(
      `${file} cannot be read: ${'code' in error ? String(error.code) : 'unknown'}.`,
      'Mend it, or name the account: github/work.',
    )
  }
  const handle = parseFolderFile(text, file).get(connector.toLowerCase())
  return handle === undefined ? null : { handle, file }
}
