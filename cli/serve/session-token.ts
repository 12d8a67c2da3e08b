import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const TOKEN_MS = 60_000
const MAX_TOKENS = 32

const hash = (value: string): Buffer => createHash('sha256').update(value).digest()
const secret = (): string => randomBytes(32).toString('base64url')

/** The one-time tokens and the session of one start of the host. Only hashes are kept; 256 bits cannot be guessed, so tries are not counted. */
export interface SessionTokens {
  /** The name of the session cookie, different for every host, because cookies do not know ports. */
  readonly cookieName: string
  /** A token that opens one session within 60 s. */
  issueToken(): string
  /** The value for the session cookie, or null for a token that is wrong, used or old. */
  redeemToken(token: string): string | null
  isSession(value: string): boolean
}

/** Tokens by `now`, milliseconds that never jump. */
export const createSessionTokens = (now: () => number): SessionTokens => {
  const tokens: { readonly digest: Buffer; readonly expiresAt: number }[] = []
  const sessions: Buffer[] = []
  return {
    cookieName: `patchbay-${randomBytes(8).toString('hex')}`,
    issueToken: () => {
      const token = secret()
      tokens.push({ digest: hash(token), expiresAt: now() + TOKEN_MS })
      if (tokens.length > MAX_TOKENS) tokens.shift()
      return token
    },
    redeemToken: (token) => {
      const digest = hash(token)
      const at = tokens.findIndex((known) => timingSafeEqual(known.digest, digest))
      const [found] = at === -1 ? [] : tokens.splice(at, 1)
      if (found === undefined || found.expiresAt < now()) return null
      const session = secret()
      sessions.push(hash(session))
      if (sessions.length > MAX_TOKENS) sessions.shift()
      return session
    },
    isSession: (value) => {
      const digest = hash(value)
      return sessions.some((known) => timingSafeEqual(known, digest))
    },
  }
}
