import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto'
import type { AuditEntry } from '#shared/contract/audit'

/** The hash before the first line there ever was. */
export const NO_HASH: Uint8Array = new Uint8Array(32)

/** Where the chain begins and ends. */
export interface AuditHead {
  readonly lastSequence: number
  readonly lastHash: Uint8Array
  /** The first line that is kept, once there is one, and the hash of the one before it, which retention let go. */
  readonly firstSequence: number
  readonly beforeHash: Uint8Array
  /** From this line on the chain goes on behind an end that nobody could prove; null where that never happened. */
  readonly unprovenFrom: number | null
}

/** The hash of a line and the seal of the head, by a key that only the host has. */
export interface AuditChain {
  /** HMAC-SHA-256 over the hash before it and the line. */
  hash(before: Uint8Array, entry: AuditEntry): Uint8Array
  seal(head: AuditHead): Uint8Array
}

/** Every fact of a line in one fixed order; JSON keeps them apart. */
const bytesOf = (entry: AuditEntry): string =>
  JSON.stringify([
    entry.sequence,
    entry.at,
    entry.caller,
    entry.via,
    entry.clientId,
    entry.clientName,
    entry.grantId,
    entry.program,
    entry.pid,
    entry.method,
    entry.profileId,
    entry.connectionId,
    entry.handle,
    entry.target,
    entry.outcome,
    entry.code,
    entry.durationMs,
    entry.count,
  ])

const subKey = (key: Uint8Array, purpose: string): KeyObject => {
  const derived = createHmac('sha256', key).update(purpose).digest()
  const object = createSecretKey(derived)
  derived.fill(0)
  return object
}

/** The chain under a key, which is taken over at once: the caller may zero it afterwards. */
export const createAuditChain = (key: Uint8Array): AuditChain => {
  const lines = subKey(key, 'patchbay/audit/v1 line')
  const heads = subKey(key, 'patchbay/audit/v1 head')
  return {
    hash: (before, entry) => createHmac('sha256', lines).update(before).update(bytesOf(entry)).digest(),
    seal: ({ lastSequence, lastHash, firstSequence, beforeHash, unprovenFrom }) =>
      createHmac('sha256', heads)
        .update(JSON.stringify([lastSequence, firstSequence, unprovenFrom]))
        .update(lastHash)
        .update(beforeHash)
        .digest(),
  }
}

/** Whether two hashes are the same. */
export const isSameHash = (one: Uint8Array, other: Uint8Array): boolean => one.length === other.length && timingSafeEqual(one, other)
