import type { Identity } from './connection-row.ts'

/** `unknown`: nothing that tells accounts apart is known of both. It is never a mismatch. */
export type IdentityMatch = 'same' | 'different' | 'unknown'

/** Addresses and names are the same whatever their case, and however their letters are composed. */
const folded = (text: string): string => text.trim().normalize('NFC').toLowerCase()

const compare = (left: string | null, right: string | null, form: (text: string) => string): IdentityMatch => {
  if (left === null || right === null) return 'unknown'
  return form(left) === form(right) ? 'same' : 'different'
}

/**
 * Whether two looks saw the same account: by the id at the service where both know it, letter for letter; else by e-mail, else by user
 * name, both without regard to case. Display names, pictures and workspaces change and repeat: they decide nothing.
 */
export const matchIdentities = (known: Identity | null, found: Identity | null): IdentityMatch => {
  if (known === null || found === null) return 'unknown'
  const looks = [
    compare(known.accountId, found.accountId, (id) => id.trim()),
    compare(known.email, found.email, folded),
    compare(known.username, found.username, folded),
  ]
  return looks.find((look) => look !== 'unknown') ?? 'unknown'
}

/** What a new look says, and what was known where it says nothing; only for the same account. */
export const withKnown = (found: Identity | null, known: Identity | null): Identity | null => {
  if (found === null || known === null) return found ?? known
  return {
    accountId: found.accountId ?? known.accountId,
    displayName: found.displayName ?? known.displayName,
    username: found.username ?? known.username,
    email: found.email ?? known.email,
    avatarUrl: found.avatarUrl ?? known.avatarUrl,
    workspace: found.workspace ?? known.workspace,
  }
}
