import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { z } from 'zod'

/** What a handler answers. `json` is serialised, `text` is JSON text already, `html` a page; `stream` is handed on as it comes. */
export interface Reply {
  readonly status: number
  readonly json?: unknown
  readonly text?: string
  readonly html?: string
  readonly stream?: Readable
  readonly headers?: Readonly<Record<string, string>>
}

/** Ends a handler early with an answer. */
export class Refusal extends Error {
  readonly reply: Reply

  constructor(reply: Reply) {
    super(`answered ${reply.status}`)
    this.reply = reply
  }
}

export const answer = (status: number, json: unknown): Reply => ({ status, json })

/** Nango's usual error body; without a message the key is absent. */
export const refuse = (status: number, code: string, message?: string): Refusal =>
  new Refusal(answer(status, { error: { code, ...(message === undefined ? {} : { message }) } }))

interface Issue {
  readonly code?: string | undefined
  readonly message: string
  readonly path: readonly PropertyKey[]
}

/** The 400 of a failed validation; path elements are strings, array indexes included (nango-api.md section 2). */
export const refuseInvalid = (code: 'invalid_body' | 'invalid_query_params' | 'invalid_uri_params', issues: readonly Issue[]): Refusal =>
  new Refusal(
    answer(400, {
      error: { code, errors: issues.map((issue) => ({ code: issue.code, message: issue.message, path: issue.path.map(String) })) },
    }),
  )

/** Parses or refuses with the given validation code. */
export const parseOrRefuse = <S extends z.ZodType>(
  code: 'invalid_body' | 'invalid_query_params' | 'invalid_uri_params',
  schema: S,
  value: unknown,
): z.output<S> => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw refuseInvalid(code, parsed.error.issues)
}

/** An error of the authentication layer: 401 with an empty payload. */
export const refuseAuthentication = (code: string, message: string): Refusal =>
  new Refusal(answer(401, { error: { message, code, payload: {} } }))

/** A crash or an unknown route (nango-api.md section 2). */
export const genericError = (): Reply => {
  const id = randomUUID()
  return answer(500, {
    error: {
      message: `An error occurred. Please contact support with this unique id: ${JSON.stringify(id)}`,
      code: 'generic_error_support',
      payload: id,
    },
  })
}

const weakTag = (body: Buffer): string => `W/"${body.length.toString(16)}-${createHash('sha1').update(body).digest('base64').slice(0, 27)}"`

const strip = (tag: string): string => tag.trim().replace(/^W\//, '')

/** A 304 is given only when the request does not forbid caches: Node's fetch does so (nango-api.md section 7). */
const isFresh = (request: IncomingMessage, tag: string): boolean => {
  const wanted = request.headers['if-none-match']
  if (wanted === undefined || /(?:^|,)\s*no-cache\s*(?:,|$)/.test(request.headers['cache-control'] ?? '')) return false
  return wanted.trim() === '*' || wanted.split(',').some((one) => strip(one) === strip(tag))
}

/** The whole answer with its length, weak ETag and, when the caller has it already, 304. Never compressed. */
export const send = (request: IncomingMessage, response: ServerResponse, reply: Reply): void => {
  response.statusCode = reply.status
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value)
  if (reply.stream !== undefined) {
    const { stream } = reply
    // One that breaks off must not look whole.
    stream.on('error', () => response.destroy())
    response.on('close', () => stream.destroy())
    response.flushHeaders()
    stream.pipe(response)
    return
  }
  const text = reply.html ?? reply.text ?? (reply.json === undefined ? null : JSON.stringify(reply.json))
  if (text === null) {
    response.end()
    return
  }
  const body = Buffer.from(text)
  if (!response.hasHeader('content-type'))
    response.setHeader('content-type', reply.html === undefined ? 'application/json; charset=utf-8' : 'text/html')
  const tag = weakTag(body)
  response.setHeader('etag', tag)
  if ((request.method === 'GET' || request.method === 'HEAD') && reply.status === 200 && isFresh(request, tag)) {
    response.removeHeader('content-type')
    response.statusCode = 304
    response.end()
    return
  }
  response.setHeader('content-length', body.length)
  response.end(request.method === 'HEAD' ? undefined : body)
}
