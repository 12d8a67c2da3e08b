import { randomFillSync } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const TAIL = 16

/** Random bytes are fetched for many identifiers at once: a reconciliation makes thousands. */
const pool = Buffer.alloc(TAIL * 256)
let used = pool.length

const randomTail = (): string => {
  if (used >= pool.length) {
    randomFillSync(pool)
    used = 0
  }
  let tail = ''
  for (let index = used; index < used + TAIL; index += 1) tail += ALPHABET[(pool[index] ?? 0) % 32]
  used += TAIL
  return tail
}

/** A new identifier: a prefix, then 26 characters that sort by time and cannot be guessed (ULID's layout). */
export const newIdentifier = (prefix: string, now: number): string => {
  let time = now
  let head = ''
  for (let index = 0; index < 10; index += 1) {
    head = `${ALPHABET[time % 32] ?? '0'}${head}`
    time = Math.floor(time / 32)
  }
  return `${prefix}_${head}${randomTail()}`
}
