import { Secret } from '#core/vault/secret'
import { PatchbayError } from '#shared/errors'

/** What people paste by mistake: addresses, session tokens, keys of other products' public kind. */
const PUBLIC = /^(?:pk|public|nango_public)[_-]/i
const OTHER = /^(?:https?:|nango_connect_session_|bearer\b|ey[\w-]+\.[\w-]+\.)/i

/**
 * Takes a secret key as a person pasted it. Refuses only what clearly is none, because newer keys need not be UUIDs: throws
 * `nango.public_key`, or `profile.invalid_key` with a `reason`. Nothing is sent anywhere.
 */
export const readSecretKey = (text: string): Secret => {
  const key = text.trim()
  if (PUBLIC.test(key)) throw new PatchbayError('nango.public_key')
  if (OTHER.test(key)) throw new PatchbayError('profile.invalid_key', { data: { reason: 'something_else' } })
  if (!/^[\x21-\x7e]{8,512}$/.test(key)) throw new PatchbayError('profile.invalid_key', { data: { reason: 'characters' } })
  return new Secret(key)
}

/** The last four characters of a key long enough to show them without weakening it, else null. */
export const endingOf = (key: Secret): string | null => (key.length >= 24 ? key.reveal().slice(-4) : null)
