import type { IncomingMessage } from 'node:http'
import { Refusal, answer, refuse } from './stand-in-reply.ts'

/** A query value in the nested form `tags[a]=b`, as Express reads it. */
export type QueryValue = string | QueryValue[] | { [key: string]: QueryValue }
export type Query = Record<string, QueryValue>

const MAX_BODY_BYTES = 75 * 1_048_576
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

const isObject = (value: QueryValue | undefined): value is { [key: string]: QueryValue } =>
  typeof value === 'object' && !Array.isArray(value)

/** Reads `a=1&b[c]=2&d=3&d=4` to `{a:'1', b:{c:'2'}, d:['3','4']}`; deeper brackets stay part of the key. */
export const parseQuery = (search: URLSearchParams): Query => {
  const query: Query = {}
  for (const [name, value] of search) {
    const nested = /^([^[\]]+)\[([^[\]]*)\]$/.exec(name)
    const key = nested?.[1] ?? name
    if (FORBIDDEN_KEYS.has(key)) continue
    const known = query[key]
    if (nested && nested[2] !== '' && nested[2] !== undefined) {
      if (FORBIDDEN_KEYS.has(nested[2])) continue
      const inner = isObject(known) ? known : {}
      const before = inner[nested[2]]
      inner[nested[2]] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
      query[key] = inner
    } else if (nested) query[key] = [...(Array.isArray(known) ? known : known === undefined ? [] : [known]), value]
    else query[key] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value]
  }
  return query
}

/** The raw body, at most 75 MiB. */
export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new Refusal(answer(413, { error: { code: 'payload_too_big', message: 'request entity too large' } }))
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The JSON of a body, undefined for none; broken JSON is 400 `invalid_json` before any authentication. */
export const parseJsonBody = (request: IncomingMessage, body: Buffer): unknown => {
  if (body.length === 0 || !(request.headers['content-type'] ?? '').startsWith('application/json')) return undefined
  const text = body.toString('utf8')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch (error) {
    throw refuse(400, 'invalid_json', error instanceof Error ? error.message : 'Unexpected token')
  }
  throw refuse(400, 'invalid_json', `Unexpected token '${text.trim().slice(0, 1)}', "${text.slice(0, 10)}" is not valid JSON`)
}

/** Refuses another content type than JSON with 415, before any authentication. */
export const requireJsonContentType = (request: IncomingMessage): void => {
  const type = request.headers['content-type']
  if (type && !type.startsWith('application/json'))
    throw refuse(415, 'invalid_content_type', 'Content-Type header must be application/json')
}

/** The fields of a form post. */
export const parseForm = (body: Buffer): URLSearchParams => new URLSearchParams(body.toString('utf8'))
