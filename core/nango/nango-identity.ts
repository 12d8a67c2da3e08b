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
  accountId: ['sub', 'account_id', 'user_id', 'bot_id', 'stripe_user_id', 'authed_user.id'],
  displayName: ['name', 'display_name', 'owner.user.name'],
  username: ['preferred_username', 'username', 'login'],
  email: ['email', 'owner.user.person.email'],
  avatarUrl: ['picture', 'avatar_url', 'owner.user.avatar_url'],
  workspace: ['workspace_name', 'team_name', 'team.name', 'hd'],
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

const MOST_ADDRESS = 2_048

/** One fact of a foreign answer: a short text in one line, an https address for the picture; null for anything else. */
export const factFrom = (name: keyof RawIdentity, value: unknown): string | null => {
  if (name !== 'avatarUrl') return shortText(value)
  if (typeof value !== 'string' || value.length > MOST_ADDRESS || !URL.canParse(value)) return null
  const url = new URL(value)
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? url.href : null
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

/** The value behind names joined by dots; undefined where there is none. */
export const valueAt = (answer: unknown, place: string): unknown =>
  place.split('.').reduce<unknown>((inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined), answer)

/** Picks the facts about the account out of a raw token response; null when it holds none. */
export const identityFrom = (raw: Readonly<Record<string, unknown>>): RawIdentity | null => {
  const claims = { ...claimsOf(raw['id_token']), ...raw }
  const fact = (name: keyof RawIdentity): string | null =>
    PLACES[name].map((place) => factFrom(name, valueAt(claims, place))).find((text) => text !== null) ?? null
  const identity = {
    accountId: fact('accountId'),
    displayName: fact('displayName'),
    username: fact('username'),
    email: fact('email'),
    avatarUrl: fact('avatarUrl'),
    workspace: fact('workspace'),
  }
  return Object.values(identity).every((value) => value === null) ? null : identity
}
