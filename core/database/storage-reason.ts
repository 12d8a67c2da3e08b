import type { StorageReason } from '#shared/contract/backup'
import type { ErrorCode, PatchbayError } from '#shared/errors'

/** The error of each reason why nothing can be written. */
export const CODES: Readonly<Record<StorageReason, ErrorCode>> = {
  corrupt: 'storage.corrupt',
  future: 'storage.future',
  read_only: 'storage.read_only',
  full: 'storage.full',
  io: 'storage.failed',
  missing: 'storage.missing',
}

/** The reason behind an error; null where it is about something else. */
export const reasonOf = (error: PatchbayError): StorageReason | null => {
  if (error.data['reason'] === 'main_file_missing') return 'missing'
  return (Object.keys(CODES) as StorageReason[]).find((reason) => CODES[reason] === error.code) ?? null
}

/** What passes by itself; the rest waits for a decision of the person. */
export const isPassing = (reason: StorageReason): boolean => reason === 'read_only' || reason === 'full' || reason === 'io'
