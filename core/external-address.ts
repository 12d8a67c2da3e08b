import { PatchbayError } from '#shared/errors'

/** OAuth addresses with a long list of scopes reach several thousand characters. */
const MAX_LENGTH = 8192

/** RFC 3986's characters alone: no spaces, quotes, backslashes, control or non-ASCII characters; the authority spelled out. */
const SHAPE = /^https?:\/\/([^/?#@\\]+)(?:[/?#][A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*)?$/i
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])$/
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:[a-z0-9-]+\.)*localhost)$/

/** Whether a host name, as `URL.hostname` spells it, can only be this computer. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname)

/**
 * The one spelling of an address that may be handed to a browser: https, or http on this computer or to the one origin whose risk
 * the person accepted for their profile; no user name, no host that has to be decoded first. Throws `connect.no_browser`.
 */
export const externalAddress = (address: unknown, acceptedHttpOrigin: string | null = null): string => {
  const refuse = (): never => {
    throw new PatchbayError('connect.no_browser', {
      message: 'This address is not opened in a browser.',
      data: { reason: 'address_not_allowed' },
    })
  }
  if (typeof address !== 'string' || address.length > MAX_LENGTH) return refuse()
  const authority = SHAPE.exec(address)?.[1]
  if (authority === undefined || !URL.canParse(address)) return refuse()
  const url = new URL(address)
  const spelledHost = authority.replace(/:\d{1,5}$/, '').toLowerCase()
  // A host that the parser had to rewrite (octal, percent, full-width) was meant to be misread.
  if (spelledHost !== url.hostname || !HOST.test(url.hostname)) return refuse()
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && url.origin !== acceptedHttpOrigin) return refuse()
  return url.href
}
