import { parseForeignJson } from '#core/http-json'
import { PatchbayError } from '#shared/errors'
import { LIMITS } from '#shared/wire'
import type { ServiceCall, ServiceReply } from './use-backend.ts'

/** A JSON value as it travels. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** The body of an answer as the caller is given it. */
export interface GivenBody {
  readonly body: Json
  readonly bodyIs: 'none' | 'json' | 'text' | 'base64'
}

const JSON_TYPE = /^application\/(?:[\w.!#$&^-]+\+)?json\b|^text\/json\b/i
const TEXT_TYPE =
  /^text\/|^application\/(?:[\w.!#$&^-]+\+)?xml\b|^application\/(?:javascript|ecmascript|x-www-form-urlencoded|graphql|yaml|x-yaml|toml|x-ndjson|sql)\b|^image\/svg\+xml\b/i

/** The text of bytes in the character set that the answer names, UTF-8 else; null where they are none. */
const textOf = (bytes: Buffer, contentType: string, isStrict: boolean): string | null => {
  const [, charset = 'utf-8'] = /;\s*charset="?([\w.:-]{1,40})/i.exec(contentType) ?? []
  try {
    return new TextDecoder(charset, { fatal: isStrict }).decode(bytes)
  } catch {
    return isStrict ? null : new TextDecoder().decode(bytes)
  }
}

/** The error of an answer that does not fit. */
export const resultTooLarge = (data: Readonly<Record<string, unknown>>): PatchbayError =>
  new PatchbayError('request.result_too_large', {
    message: 'The service answered more than fits: 8 MiB, in base64 6 MiB.',
    data: { limitInBytes: LIMITS.lineOutBytes, ...data },
  })

const inBase64 = (bytes: Buffer): GivenBody => {
  if (bytes.length * (4 / 3) > LIMITS.lineOutBytes) throw resultTooLarge({ bytes: bytes.length })
  return { body: bytes.toString('base64'), bodyIs: 'base64' }
}

/** Whether the body of an answer is text or JSON by what it says of itself. */
export const isTextual = (headers: Readonly<Record<string, string>>): boolean => {
  const type = headers['content-type']?.trim() ?? ''
  return type === '' || JSON_TYPE.test(type) || TEXT_TYPE.test(type)
}

/**
 * An answer without the values of these parameters: some services take the credential in their address, and give that back, in links to
 * further pages above all.
 */
export const withoutParameters = (reply: ServiceReply, names: readonly string[]): ServiceReply => {
  if (names.length === 0) return reply
  const quoted = names.map((name) => encodeURIComponent(name).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|')
  const value = new RegExp(String.raw`((?:[?&]|&amp;|\\u0026)(?:${quoted})=)[^&#"'<>\s\\]+`, 'gi')
  const clean = (text: string): string => text.replace(value, '$1')
  return {
    status: reply.status,
    headers: Object.fromEntries(Object.entries(reply.headers).map(([name, text]) => [name, clean(text)])),
    // Byte for byte: only characters of ASCII are looked for.
    body: isTextual(reply.headers) ? Buffer.from(clean(reply.body.toString('latin1')), 'latin1') : reply.body,
  }
}

/** Reads the body of an answer. Throws `request.result_too_large` for bytes that would not fit an answer. */
export const readServiceBody = ({ headers, body }: ServiceReply, as: 'auto' | 'text' | 'base64'): GivenBody => {
  if (body.length === 0) return { body: null, bodyIs: 'none' }
  if (as === 'base64') return inBase64(body)
  const type = headers['content-type']?.trim() ?? ''
  if (as === 'text') return { body: textOf(body, type, false), bodyIs: 'text' }
  if (JSON_TYPE.test(type)) {
    const text = textOf(body, type, true)
    const value = text === null ? undefined : parseForeignJson(text)
    if (value !== undefined) return { body: value as Json, bodyIs: 'json' }
    return text === null ? inBase64(body) : { body: text, bodyIs: 'text' }
  }
  const text = TEXT_TYPE.test(type) || type === '' ? textOf(body, type, true) : null
  return text === null || text.includes('\0') ? inBase64(body) : { body: text, bodyIs: 'text' }
}

/** An answer that was larger than may be read, in words of the call. */
export const asResultTooLarge = (error: unknown): unknown =>
  error instanceof PatchbayError && error.code === 'nango.too_large' ? resultTooLarge({}) : error

const textOfJson = (body: unknown): string => {
  try {
    const text: unknown = JSON.stringify(body)
    if (typeof text === 'string') return text
  } catch {
    // The window may hand over what JSON has no words for.
  }
  throw new PatchbayError('request.invalid', { data: { problems: [{ path: 'body', message: 'is no JSON' }] } })
}

/**
 * What is sent as the body: a JSON object or list as JSON, a text as it is, of the type that the headers name or plain text. `null` is
 * no body. Throws `request.invalid` for a body where the method has none.
 */
export const sentBody = (
  method: ServiceCall['method'],
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Pick<ServiceCall, 'body'> => {
  if (body === undefined || body === null) return {}
  if (method === 'GET' || method === 'HEAD')
    throw new PatchbayError('request.invalid', {
      message: `The call is not understood: body: ${method} has none`,
      data: { problems: [{ path: 'body', message: `${method} has none` }] },
    })
  const named = headers['content-type']
  if (typeof body === 'string') return { body: { content: body, contentType: named ?? 'text/plain; charset=utf-8' } }
  const content = textOfJson(body)
  // What Nango takes as JSON is an object or a list.
  return { body: { content, contentType: /^[[{]/.test(content) ? null : (named ?? 'application/json') } }
}
