import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** A new identifier: a prefix, then 26 characters that sort by time and cannot be guessed (ULID's layout). */
export const newIdentifier = (prefix: string, now: number): string => {
  let time = now
  let head = ''
  for (let index = 0; index < 10; index += 1) {
    head = `${ALPHABET[time % 32] ?? '0'}${head}`
    time = Math.floor(time / 32)
  }
  const tail = Array.from(randomBytes(16), (byte) => ALPHABET[byte % 32]).join('')
  return `${prefix}_${head}${tail}`
}
