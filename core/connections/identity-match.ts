import type { Identity } from './connection-row.ts'

/** An identity as it is kept. Ids from a profile call and from the token answer are of different kinds, and are never compared. */
export type KnownIdentity = Identity & { readonly accountIdFrom?: 'profile' }

/** `unknown`: nothing that tells accounts apart is known of both. It is never a mismatch. */
export type IdentityMatch = 'same' | 'different' | 'unknown'

/** Addresses and names are the same whatever their case, and however their letters are composed. */
const folded = (text: string): string => text.trim().normalize('NFC').toLowerCase()

const compare = (left: string | null, right: string | null, form: (text: string) => string): IdentityMatch => {
  if (left === null || right === null) return 'unknown'
  return form(left) === form(right) ? 'same' : 'different'
}

/**
 * Whether two looks saw the same account: by the id where both know it from the same place, letter for letter; else by e-mail, else by user
 * name, both without regard to case. Display names, pictures and workspaces change and repeat: they decide nothing.
 */
export const matchIdentities = (known: KnownIdentity | null, found: KnownIdentity | null): IdentityMatch => {
  if (known === null || found === null) return 'unknown'
  const looks = [
    known.accountIdFrom === found.accountIdFrom ? compare(known.accountId, found.accountId, (id) => id.trim()) : 'unknown',
    compare(known.email, found.email, folded),
    compare(known.username, found.username, folded),
  ]
  return looks.find((look) => look !== 'unknown') ?? 'unknown'
}

/** What a new look says, and what was known where it says nothing; only for the same account. */
export const withKnown = (found: KnownIdentity | null, known: KnownIdentity | null): KnownIdentity | null => {
  if (found === null || known === null) return found ?? known
  const idOf = found.accountId === null ? known : found
  return {
    accountId: found.accountId ?? known.accountId,
    displayName: found.displayName ?? known.displayName,
    username: found.username ?? known.username,
    email: found.email ?? known.email,
    avatarUrl: found.avatarUrl ?? known.avatarUrl,
    workspace: found.workspace ?? known.workspace,
    ...(idOf.accountIdFrom === undefined ? {} : { accountIdFrom: idOf.accountIdFrom }),
  }
}
