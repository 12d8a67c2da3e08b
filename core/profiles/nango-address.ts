import { isLoopback } from '#core/external-address'
import { PatchbayError } from '#shared/errors'

/** Nango Cloud. */
export const NANGO_CLOUD = 'https://api.nango.dev'

/** Where a Nango server is. */
export interface NangoAddress {
  /** Origin and path prefix, without a slash at its end. */
  readonly host: string
  /** Scheme, host and port: what a key is bound to. */
  readonly origin: string
  /** Over http beyond this computer: a key would go in the clear. */
  readonly isInsecure: boolean
}

const invalid = (reason: string): PatchbayError => new PatchbayError('profile.invalid_address', { data: { reason } })

/**
 * Reads the address of a Nango server as a person types it. Throws `profile.invalid_address` with a `reason`: `control_characters`,
 * `not_an_address`, `scheme`, `credentials`, `query`. It never repeats the text, which may hold a password.
 */
export const parseNangoAddress = (text: string): NangoAddress => {
  const trimmed = text.trim()
  if (/[\p{Cc}\p{Cs}\s\\]/u.test(trimmed)) throw invalid('control_characters')
  const url = URL.parse(trimmed)
  // Without `//` URL takes much for an address that nobody meant as one: `https:host`, `localhost:3003`.
  if (url === null || !/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)) throw invalid('not_an_address')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid('scheme')
  if (url.username !== '' || url.password !== '') throw invalid('credentials')
  if (/[?#]/.test(trimmed)) throw invalid('query')
  return {
    host: url.origin + url.pathname.replace(/\/+$/, ''),
    origin: url.origin,
    isInsecure: url.protocol === 'http:' && !isLoopback(url.hostname),
  }
}

/** As parseNangoAddress, and throws `profile.insecure_address` unless the risk of http beyond this computer was accepted. */
export const acceptNangoAddress = (text: string, allowsInsecureHttp: boolean): NangoAddress => {
  const address = parseNangoAddress(text)
  if (address.isInsecure && !allowsInsecureHttp) throw new PatchbayError('profile.insecure_address', { data: { origin: address.origin } })
  return address
}

/** The origin of a stored address: what its key is bound to. */
export const originOf = (host: string): string => new URL(host).origin
