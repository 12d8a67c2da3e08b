import { readFileSync, statSync } from 'node:fs'
import { safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'

const LARGEST = 65_536

/** The text of a key file; larger ones and unreadable ones are refused with exit 2. */
export const readKeyFileText = (file: string): string => {
  let size: number
  try {
    size = statSync(file).size
    if (size <= LARGEST) return readFileSync(file, 'utf8')
  } catch {
    throw usageError(`${safeText(file)} cannot be read.`)
  }
  throw usageError(`${safeText(file)} is larger than 64 KiB.`, 'Give the file that holds the key alone.')
}
