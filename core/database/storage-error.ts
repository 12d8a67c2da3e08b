import { PatchbayError, type ErrorCode } from '#shared/errors'

const codeOf = (error: unknown): string => {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

const PREFIXES: readonly (readonly [string, ErrorCode])[] = [
  ['SQLITE_FULL', 'storage.full'],
  ['SQLITE_BUSY', 'storage.busy'],
  ['SQLITE_LOCKED', 'storage.busy'],
  ['SQLITE_READONLY', 'storage.read_only'],
  ['SQLITE_CANTOPEN', 'storage.read_only'],
  ['SQLITE_PERM', 'storage.read_only'],
  ['SQLITE_CORRUPT', 'storage.corrupt'],
  ['SQLITE_NOTADB', 'storage.corrupt'],
  ['SQLITE_IOERR', 'storage.failed'],
  ['SQLITE_PROTOCOL', 'storage.failed'],
  ['SQLITE_NOMEM', 'storage.failed'],
  ['ENOSPC', 'storage.full'],
  ['EDQUOT', 'storage.full'],
  ['EROFS', 'storage.read_only'],
  ['EACCES', 'storage.read_only'],
  ['EPERM', 'storage.read_only'],
  ['EFBIG', 'storage.full'],
  ['EIO', 'storage.failed'],
  ['EMFILE', 'storage.failed'],
  ['ENFILE', 'storage.failed'],
]

/** What the driver or the file system threw, as `storage.*`; a mistake of ours (bad SQL, a broken constraint) stays what it is. */
export const toStorageError = (error: unknown, data: Readonly<Record<string, unknown>> = {}): unknown => {
  if (error instanceof PatchbayError) return error
  const reason = codeOf(error)
  const known = PREFIXES.find(([prefix]) => reason.startsWith(prefix))
  return known === undefined ? error : new PatchbayError(known[1], { cause: error, data: { ...data, reason } })
}

/** Runs `work` and throws what it throws as `storage.*`. */
export const withStorageErrors = <T>(data: Readonly<Record<string, unknown>>, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    throw toStorageError(error, data)
  }
}
