import { parseForeignJson } from '#core/http-json'
import { HTTP_LIMITS, type HttpReply, type HttpRequest, type HttpStreamReply } from '#core/http'
import type { Secret } from '#core/vault/secret'
import { PatchbayError } from '#shared/errors'
import { foreignWords, isJsonReply } from './nango-errors.ts'
import type { CallOptions, NangoConnectionKey } from './nango-client.ts'
import { inOnePiece, type NangoTransport, wholeBody } from './nango-transport.ts'
import type { RateLimit } from './rate-budget.ts'

/** A call to the service behind a connection; Nango adds the credential, which is never seen here. */
export interface ProxyRequest {
  readonly key: NangoConnectionKey
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'
  /** Below the service's base address, with or without a slash at its beginning, and with its query. */
  readonly path: string
  /** Passed on to the service; `authorization` is Nango's and left out. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * The text of a JSON object or list: Nango re-sends other kinds as JSON anyway (nango-api.md section 8) and refuses `null` and other
   * bare values. Left out there is no content type either: with one, Nango would send the service `{}`.
   */
  readonly body?: string | Uint8Array
  /** The body is not JSON but this: it goes to Nango as bytes, which it hands on as they are, up to its limit of 75 MB. */
  readonly bodyType?: string
  /** Another host than the service's own. A server may refuse it: `nango.rejected` with `nangoCode: base_url_override_not_allowed`. */
  readonly baseUrlOverride?: string
  /** For the whole call, milliseconds; 30 s when left out. */
  readonly timeoutMs?: number
}

/** The same with bodies in pieces. */
export interface ProxyStreamRequest extends Omit<ProxyRequest, 'body' | 'timeoutMs'> {
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** Until the reply begins, milliseconds. */
  readonly beginMs: number
  /** The longest time without a piece, milliseconds. */
  readonly idleMs: number
  /** The most of either body. */
  readonly maxBytes: number
}

/** What the service answered, whatever its status; a header repeated by it is joined with `, `. At most 8 MiB. */
export type ProxyReply = HttpReply

/** Calls through Nango (nango-api.md section 8). */
export interface NangoProxy {
  /**
   * The service's own answer, also an unhappy one. Throws what is Nango's: `nango.*`, `connection.refresh_backoff`, `nango.not_found`
   * for a connection or integration that it does not know, and `provider.unreachable` where it could not reach the service. A call is
   * made once. Side effect at Nango: a token due within 15 minutes is refreshed; do not probe one in the background.
   */
  proxy(request: ProxyRequest, options?: CallOptions): Promise<ProxyReply>
  /** The same; the answer's body is read piece by piece, to its end or given back. An unhappy answer is at most 8 MiB. */
  proxyInPieces(request: ProxyStreamRequest, options?: CallOptions): Promise<HttpStreamReply>
}

/** Codes in `error.code` that are Nango's own, with the statuses it gives them (nango-api.md sections 2 and 8). */
const OWN_CODES: Readonly<Record<number, ReadonlySet<string>>> = {
  400: new Set(['invalid_headers', 'base_url_override_not_allowed', 'invalid_credentials', 'unknown_provider_config', 'invalid_json']),
  401: new Set(['missing_auth_header', 'malformed_auth_header', 'invalid_secret_key_format', 'unknown_account', 'unknown_user_account']),
  404: new Set(['unknown_provider_config']),
  424: new Set(['connection_refresh_backoff', 'invalid_credentials']),
  429: new Set(['too_many_request']),
  500: new Set(['generic_error_support']),
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined

const textOf = (value: unknown, name: string): string | null => {
  const text = fieldOf(value, name)
  return typeof text === 'string' ? text : null
}

/** Nango says this, sic, of a connection that it does not have. */
const isUnknownConnection = (error: unknown): boolean =>
  textOf(error, 'code') === 'server_error' && /^Failed to get connection\b/.test(textOf(error, 'message') ?? '')

/** `{message,code,method}` without an `error` around it: the service could not be reached. */
const unreachableReason = (reply: HttpReply, body: unknown, method: string): string | null => {
  const code = textOf(body, 'code')
  const isSo =
    reply.status === 500 &&
    code !== null &&
    /^[A-Z][A-Z0-9_]{2,60}$/.test(code) &&
    textOf(body, 'message') !== null &&
    textOf(body, 'method')?.toUpperCase() === method
  return isSo ? code : null
}

const throwIfUnreachable = (reply: HttpReply, method: string): void => {
  const reason = unreachableReason(reply, reply.status === 500 ? jsonOf(reply) : undefined, method)
  if (reason !== null) throw new PatchbayError('provider.unreachable', { data: { reason: foreignWords(reason) } })
}

const isOwnError = (status: number, error: unknown): boolean => {
  const code = textOf(error, 'code')
  if (code === null) return false
  if (status === 400 && isUnknownConnection(error)) return true
  if (status === 403) return code === 'forbidden' && /\benvironment:/.test(textOf(error, 'message') ?? '')
  // The service's own words for the same would not name the way that the call took here.
  if (status === 429) return code === 'too_many_request' && textOf(error, 'path')?.startsWith('/proxy') === true
  if (status === 401) return OWN_CODES[401]?.has(code) === true && fieldOf(error, 'payload') !== undefined
  return OWN_CODES[status]?.has(code) === true
}

const jsonOf = (reply: HttpReply): unknown => (isJsonReply(reply) ? parseForeignJson(reply.body.toString('utf8')) : undefined)

/** Whether a reply is Nango's own, or that of something in front of it, and not the service's. */
const isNangosOwn = (reply: HttpReply, rateLimit: RateLimit | null): boolean => {
  if (reply.status >= 400 && isOwnError(reply.status, fieldOf(jsonOf(reply), 'error'))) return true
  // Where Nango counts at all it marks every reply that it passes on: one without the mark never got through it.
  return rateLimit !== null && reply.headers['x-ratelimit-limit'] === undefined
}

/** The address of a proxied path. Throws `request.invalid` for one that would leave the proxy. */
const proxyUrl = (host: string, path: string): string => {
  const url = new URL(`${host}/proxy/${path.replace(/^\/+/, '')}`)
  // `..`, however it is written, would end at Nango's own API, with the secret key.
  if (!url.href.startsWith(`${new URL(host).href.replace(/\/$/, '')}/proxy/`)) {
    throw new PatchbayError('request.invalid', { data: { issues: [{ path: 'path', message: 'leads out of the service' }] } })
  }
  url.hash = ''
  return url.href
}

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/
const LINE_BREAKS = /[\r\n\0]/
/** Nango's own, what belongs to one leg of the way, and what would name another credential. */
const KEPT_HERE = /^(?:authorization|host|connection|connection-id|provider-config-key|base-url-override|retries|content-length|nango-.*)$/i

const passedOn = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name, value]) => HEADER_NAME.test(name) && !KEPT_HERE.test(name) && !LINE_BREAKS.test(value))
      .map(([name, value]) => [`nango-proxy-${name.toLowerCase()}`, value]),
  )

/** Makes the calls of one server and key. */
export const createNangoProxy = (options: {
  readonly host: string
  readonly secretKey: Secret
  readonly transport: NangoTransport
  readonly rateLimit: () => RateLimit | null
}): NangoProxy => {
  const { host, secretKey, transport, rateLimit } = options

  const ownError = (error: unknown): PatchbayError | null => {
    if (!(error instanceof PatchbayError)) return null
    const { nangoCode, words } = error.data
    if (nangoCode !== 'server_error' || typeof words !== 'string' || !/^Failed to get connection\b/.test(words)) return error
    return new PatchbayError('nango.not_found', { data: error.data })
  }

  const isOwn = (answer: HttpReply): boolean => isNangosOwn(answer, rateLimit())

  /** Where a call goes and what it says of itself; its body is the same in both forms. */
  const headOf = ({
    key,
    method,
    path,
    headers = {},
    body,
    bodyType,
    baseUrlOverride,
  }: Omit<ProxyStreamRequest, 'beginMs' | 'idleMs' | 'maxBytes'>) => ({
    method,
    url: proxyUrl(host, path),
    headers: {
      authorization: `Bearer ${secretKey.reveal()}`,
      'provider-config-key': key.providerConfigKey,
      'connection-id': key.connectionId,
      ...(baseUrlOverride === undefined ? {} : { 'base-url-override': baseUrlOverride }),
      ...(body === undefined ? {} : { 'content-type': bodyType === undefined ? 'application/json' : 'application/octet-stream' }),
      ...passedOn(bodyType === undefined ? headers : { ...headers, 'content-type': bodyType }),
    },
  })

  return {
    proxyInPieces: async ({ beginMs, idleMs, maxBytes, ...request }, call = {}) => {
      const sent = {
        ...headOf(request),
        ...(request.body === undefined ? {} : { body: request.body }),
        headersTimeoutMs: beginMs,
        idleMs,
        maxBodyBytes: maxBytes,
      }
      const policy = { ...call, isBudgeted: true, isRepeatable: false }
      const opened = await transport.passInPieces(sent, policy, isOwn).catch((error: unknown) => {
        throw ownError(error) ?? error
      })
      if (opened.status !== 500) return opened
      const reply = { status: opened.status, headers: opened.headers, body: await wholeBody(opened.body, HTTP_LIMITS.bodyBytes) }
      throwIfUnreachable(reply, request.method)
      return inOnePiece(reply)
    },
    proxy: async ({ body, timeoutMs, ...given }, call = {}) => {
      const request: HttpRequest = {
        ...headOf({ ...given, ...(body === undefined ? {} : { body }) }),
        ...(body === undefined ? {} : { body }),
        ...(timeoutMs === undefined ? {} : { timeoutMs, headersTimeoutMs: timeoutMs }),
      }
      const policy = { ...call, isBudgeted: true, isRepeatable: false }
      const reply = await transport.pass(request, policy, isOwn).catch((error: unknown) => {
        throw ownError(error) ?? error
      })
      throwIfUnreachable(reply, given.method)
      return reply
    },
  }
}
