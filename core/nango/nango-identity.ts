import { parseForeignJson } from '#core/http-json'

/** Who an account is, as far as its token response says; null where it says nothing. */
export interface RawIdentity {
  readonly accountId: string | null
  readonly displayName: string | null
  readonly username: string | null
  readonly email: string | null
  readonly avatarUrl: string | null
  readonly workspace: string | null
}

/** Where each fact may stand: claims of OpenID Connect Core section 5.1 first, then what providers add to the token response. */
const PLACES = {
  accountId: ['sub', 'account_id', 'user_id', 'bot_id'],
  displayName: ['name', 'display_name'],
  username: ['preferred_username', 'username', 'login'],
  email: ['email'],
  avatarUrl: ['picture', 'avatar_url'],
  workspace: ['workspace_name', 'team_name', 'hd'],
} as const satisfies Record<keyof RawIdentity, readonly string[]>

/**
 * The claims of an ID token (RFC 7519 section 3). Its signature is not checked: it arrived from Nango's API over the same connection
 * as the rest, and is shown, never used to let anybody in.
 */
const claimsOf = (idToken: unknown): Record<string, unknown> => {
  const payload = typeof idToken === 'string' && idToken.length <= 65_536 ? idToken.split('.')[1] : undefined
  if (payload === undefined) return {}
  const claims = parseForeignJson(Buffer.from(payload, 'base64url').toString('utf8'))
  return typeof claims === 'object' && claims !== null ? { ...claims } : {}
}

const shortText = (value: unknown): string | null => {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text.length > 0 && text.length <= 320 && !/\p{Cc}/u.test(text) ? text : null
}

/** Picks the facts about the account out of a raw token response; null when it holds none. */
export const identityFrom = (raw: Readonly<Record<string, unknown>>): RawIdentity | null => {
  const claims = { ...claimsOf(raw['id_token']), ...raw }
  const fact = (names: readonly string[]): string | null =>
    names.map((name) => shortText(claims[name])).find((text) => text !== null) ?? null
  const identity = {
    accountId: fact(PLACES.accountId),
    displayName: fact(PLACES.displayName),
    username: fact(PLACES.username),
    email: fact(PLACES.email),
    avatarUrl: fact(PLACES.avatarUrl),
    workspace: fact(PLACES.workspace),
  }
  return Object.values(identity).every((value) => value === null) ? null : identity
}
