import { PatchbayError } from '#shared/errors'

/** OAuth addresses with a long list of scopes reach several thousand characters. */
const MAX_LENGTH = 8192

/** RFC 3986's characters alone: no spaces, quotes, backslashes, control or non-ASCII characters; the authority spelled out. */
const SHAPE = /^https?:\/\/([^/?#@\\]+)(?:[/?#][A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*)?$/i
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])$/

const isThisComputer = (hostname: string): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(hostname) || hostname.endsWith('.localhost')

/**
 * The one spelling of an address that may go to the browser: https, or http on this computer, without user name or password,
 * without a host that has to be decoded first. Throws `connect.no_browser` for any other.
 */
export const browserAddress = (address: string): string => {
  const refused = new PatchbayError('connect.no_browser', {
    message: 'This address is not opened in a browser.',
    data: { reason: 'address_not_allowed' },
  })
  if (address.length > MAX_LENGTH) throw refused
  const authority = SHAPE.exec(address)?.[1]
  if (authority === undefined || !URL.canParse(address)) throw refused
  const url = new URL(address)
  const spelledHost = authority.replace(/:\d{1,5}$/, '').toLowerCase()
  if (spelledHost !== url.hostname || !HOST.test(url.hostname)) throw refused
  if (url.username !== '' || url.password !== '') throw refused
  if (url.protocol === 'http:' && !isThisComputer(url.hostname)) throw refused
  return url.href
}
