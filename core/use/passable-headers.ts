/** Those of one leg of the way (RFC 9110 section 7.6.1), and those that its ends make themselves. */
const ONE_LEG = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'expect',
])

/** What names another credential, sender, place or method than the call says it has. */
const NOT_SENT =
  /^(?:(?:proxy-)?authorization|cookie2?|host|accept-encoding|forwarded|via|x-forwarded-.+|x-real-ip|x-http-method(?:-override)?|x-method-override|x-original-(?:url|method|uri)|x-rewrite-url|(?:x-)?api-?key|x-(?:auth|access)-(?:token|key)|private-token|nango-.+)$/

/** The headers of a call that go to the service. */
export const sentHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !ONE_LEG.has(name) && !NOT_SENT.test(name)),
  )

/** What a page of Nango's would set in a browser, and what is true of its own leg of the way. */
const NOT_GIVEN = /^(?:set-cookie2?|content-encoding|access-control-.+|(?:x-)?nango-.+|x-powered-by|alt-svc)$/

/** Nango counts calls by the minute. */
const WINDOW_MS = 61_000

/**
 * The headers of an answer that the caller is given. Those of a limit are left out where they are Nango's: it adds its own to what the
 * service said (nango-api.md section 8), told by its limit and its window of a minute.
 */
export const givenHeaders = (
  headers: Readonly<Record<string, string>>,
  nango: { readonly limit: number; readonly now: number } | null,
): Record<string, string> => {
  const resetsInMs = Number(headers['x-ratelimit-reset']) * 1000 - (nango?.now ?? 0)
  const isNangos = nango !== null && Number(headers['x-ratelimit-limit']) === nango.limit && resetsInMs <= WINDOW_MS
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !ONE_LEG.has(name) && !NOT_GIVEN.test(name) && !(isNangos && /^x-ratelimit-(?:limit|remaining|reset)$/.test(name)),
    ),
  )
}
