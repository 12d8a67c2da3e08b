import { PatchbayError } from '#shared/errors'

/** Where a call goes at the service, in one form for everything that looks at it. */
export interface ServiceTarget {
  /** The pathname below the service's base address, exactly as it is sent. */
  readonly path: string
  /** The same with the query. */
  readonly target: string
}

/** A path as it may be asked for, with values of its query. */
export type QueryValues = Readonly<Record<string, string | readonly string[]>>

/** Servers take a request line of 16 KiB, headers aside; Nango's own part of it is short. */
const MOST_CHARACTERS = 15_000

const refused = (message: string): PatchbayError =>
  new PatchbayError('request.invalid', {
    message: `The call is not understood: path: ${message}`,
    data: { problems: [{ path: 'path', message }] },
  })

const CONTROLS = /[\p{Cc}\p{Cs}\u2028\u2029]/u
const UNRESERVED = /[A-Za-z0-9_~-]/
/** What RFC 3986 section 3.3 lets stand in a segment as it is. */
const PATH_CHARACTER = /[A-Za-z0-9\-._~!$&'()*+,;=:@]/
/** Of a query (section 3.4) nothing that would be read by Nango, which fills in `${...}` and cuts at `||` in the whole address. */
const QUERY_CHARACTER = /[A-Za-z0-9\-._~!$&'()*+,;=:@/?%[\]]/

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw refused('holds something that is not percent-encoded UTF-8')
  }
}

/** One way to write each segment, so that a rule sees what the service will see. */
const normalSegment = (segment: string): string => {
  const plain = decoded(segment)
  if (/%2e/i.test(segment) || /^\.{1,2}(?:;|$)/.test(plain)) throw refused('may not go up: it holds a segment of dots, or an encoded dot')
  if (/[/\\]/.test(plain)) throw refused('may not hold a backslash, or an encoded slash')
  if (CONTROLS.test(plain)) throw refused('may not hold control characters')
  if (/%[0-9a-f]{2}/i.test(plain)) throw refused('is percent-encoded twice')
  return segment.replace(/%[0-9a-f]{2}|[^%]/giu, (part) => {
    if (!part.startsWith('%')) return PATH_CHARACTER.test(part) ? part : encodeURIComponent(part)
    const character = String.fromCodePoint(Number.parseInt(part.slice(1), 16))
    return UNRESERVED.test(character) ? character : part.toUpperCase()
  })
}

const normalPath = (path: string): string => {
  if (!path.startsWith('/')) throw refused('begins with /, below the address of the service')
  if (path.includes('\\')) throw refused('may not hold a backslash, or an encoded slash')
  const segments = path.slice(1).split('/')
  if (segments.slice(0, -1).includes('')) throw refused('may not hold two slashes in a row')
  return `/${segments.map(normalSegment).join('/')}`
}

const normalQuery = (query: string): string =>
  query
    .replaceAll(/%(?![0-9a-f]{2})/gi, '%25')
    .replaceAll(/./gsu, (character) => (QUERY_CHARACTER.test(character) ? character : encodeURIComponent(character)))
    // An address in a value: Nango takes that of the service itself out of whatever it is sent.
    .replaceAll('://', ':%2F%2F')

/**
 * The one form of a path, with its query and further values of that. Percent-encoding is made even (RFC 3986 section 6.2.2). Throws
 * `request.invalid` for what could mean another place to somebody on the way: dot segments, encoded dots, slashes, backslashes and
 * control characters, double encoding, `//`, a fragment, an absolute address.
 */
export const normalTarget = (path: string, query: QueryValues = {}): ServiceTarget => {
  if (path.includes('#')) throw refused('has no fragment')
  if (CONTROLS.test(path)) throw refused('may not hold control characters')
  const at = path.indexOf('?')
  const pathname = normalPath(at < 0 ? path : path.slice(0, at))
  const values = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(each.toWellFormed())}`),
  )
  const search = [...(at < 0 || at === path.length - 1 ? [] : [normalQuery(path.slice(at + 1))]), ...values].join('&')
  const target = search === '' ? pathname : `${pathname}?${search}`
  if (target.length > MOST_CHARACTERS) throw refused(`is longer than ${MOST_CHARACTERS} characters with its query`)
  // Whatever reads addresses on the way must read this one.
  const read = new URL(target, 'http://service.invalid')
  if (read.host !== 'service.invalid' || read.pathname !== pathname) throw refused('is not a path')
  return { path: pathname, target }
}
