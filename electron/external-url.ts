import { PatchbayError } from '#shared/errors'

const MAX_LENGTH = 2048

/** RFC 3986's characters only, with the authority spelled out: no spaces, quotes, backslashes, control or non-ASCII characters. */
const SHAPE = /^(https?):\/\/([^/?#@\\]+)([/?#][A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*)?$/i
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])$/
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether a host name, as `URL.hostname` spells it, can only be this computer. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.has(hostname) || hostname.endsWith('.localhost')

/**
 * The address, in one spelling, that may be handed to the system browser: https, or http on this computer; no user name,
 * no disguised host, at most 2,048 characters. Throws `connect.no_browser` for anything else.
 */
export const externalUrl = (address: unknown): string => {
  const refuse = (): never => {
    throw new PatchbayError('connect.no_browser', { message: 'This address is not opened in a browser.' })
  }
  if (typeof address !== 'string' || address.length > MAX_LENGTH) return refuse()
  const [, scheme, authority = ''] = SHAPE.exec(address) ?? refuse()
  if (!URL.canParse(address)) return refuse()
  const url = new URL(address)
  const spelledHost = authority.replace(/:\d{1,5}$/, '').toLowerCase()
  // A host that the parser had to rewrite (octal, percent, full-width) was meant to be misread.
  if (spelledHost !== url.hostname || !HOST.test(url.hostname)) return refuse()
  if (scheme?.toLowerCase() === 'http' && !isLoopback(url.hostname)) return refuse()
  return url.href
}
