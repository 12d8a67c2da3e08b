import { z } from 'zod'
import { ConnectionReference, Instant } from './common.ts'
import { everyone, method } from './define.ts'
import { HttpMethod } from './http-method.ts'

const HeaderName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/)
const HeaderValue = z
  .string()
  .max(8192)
  .regex(/^[^\r\n\0]*$/)

/** A credential as its auth mode has it; field names are the field's own: `access_token`, `apiKey`, `username`. */
export const Credential = z.object({
  connectionId: z.string(),
  handle: z.string(),
  authMode: z.string(),
  /** The one that goes into a request: the access token or key; null where there are several parts. */
  token: z.string().nullable(),
  fields: z.record(z.string(), z.string()),
  expiresAt: Instant.nullable(),
})
export type Credential = z.output<typeof Credential>

const StreamId = z.string().regex(/^[0-9a-f]{32}$/)

/** At most 512 KiB. */
const Piece = z.base64().max(699_052)

/** Why a reference means a connection. */
export const ResolvedBy = z.enum(['id', 'handle', 'only_one', 'client_default', 'default'])

/** What programs use connections for. */
export const connectionUse = {
  request: method({
    summary: 'Makes a call to the service through a connection; the credential is added on the way and never seen.',
    access: 'request',
    callers: everyone,
    reach: 'connection',
    params: z.object({
      connectionId: ConnectionReference,
      method: HttpMethod.default('GET'),
      /** Below the service's base address: `/user/repos`. */
      path: z.string().min(1).max(8192),
      query: z.record(z.string().max(200), z.union([z.string().max(8192), z.array(z.string().max(8192)).max(100)])).optional(),
      headers: z.record(HeaderName, HeaderValue).optional(),
      /** JSON, or text; at most what fits a message. Not looked into here: a schema for any JSON would hold up the host for long ones. */
      body: z.unknown().optional(),
      /** `base64`: the answer's body is bytes. `auto`: JSON is parsed, other text is text, the rest base64. */
      bodyAs: z.enum(['auto', 'text', 'base64']).default('auto'),
      /** Waits as long as the service's `Retry-After` says, this often at most, and only for what may be repeated. */
      retries: z.number().int().min(0).max(5).default(0),
      /** Follows the pages of the answer, this many at most, as the service links them; their lists are joined. */
      maxPages: z.number().int().min(1).max(100).default(1),
      timeoutSeconds: z.number().int().min(1).max(600).default(60),
      /** The body comes in pieces: the stream that `connections.openBody` has opened. */
      bodyStreamId: StreamId.optional(),
      /** The answer's body is read in pieces with `connections.readBody`, up to 1 GiB; the time is that until the answer begins. */
      stream: z.boolean().default(false),
    }),
    result: z.object({
      status: z.number().int(),
      headers: z.record(z.string(), z.string()),
      /** JSON, text or null, as `bodyIs` says. */
      body: z.unknown(),
      bodyIs: z.enum(['none', 'json', 'text', 'base64', 'stream']),
      /** Of a body that is to be read in pieces. */
      streamId: StreamId.nullable(),
      pages: z.number().int(),
      /** More pages are there than were asked for. */
      hasMore: z.boolean(),
      retries: z.number().int(),
    }),
  }),
  openBody: method({
    summary: 'Opens a body that is sent in pieces, for a `connections.request` that names it.',
    access: 'request',
    isPart: true,
    callers: everyone,
    reach: 'none',
    params: z.object({}),
    result: z.object({ streamId: StreamId }),
  }),
  sendBody: method({
    summary: 'Sends the next piece of a body; answered once it has gone on to the service.',
    access: 'open',
    isPart: true,
    callers: everyone,
    reach: 'none',
    params: z.object({ streamId: StreamId, data: Piece, isLast: z.boolean().default(false) }),
    result: z.object({}),
  }),
  readBody: method({
    summary: 'The next piece of the body of an answer; only after the last one is the body whole.',
    access: 'open',
    isPart: true,
    callers: everyone,
    reach: 'none',
    params: z.object({ streamId: StreamId }),
    result: z.object({ data: z.string(), isLast: z.boolean() }),
  }),
  closeBody: method({
    summary: 'Ends a body before its end, and with it its call.',
    access: 'open',
    isPart: true,
    callers: everyone,
    reach: 'none',
    params: z.object({ streamId: StreamId }),
    result: z.object({}),
  }),
  getCredentials: method({
    summary: 'The credential itself, good for a time at least: for programs that cannot work through `connections.request`.',
    access: 'secret',
    callers: ['cli', 'automation'],
    reach: 'connection',
    params: z.object({ connectionId: ConnectionReference, minValidSeconds: z.number().int().min(0).max(86_400).default(60) }),
    result: Credential,
  }),
  resolve: method({
    summary: 'Which connection a reference means, and why.',
    access: 'read',
    callers: everyone,
    reach: 'listed',
    params: z.object({ reference: ConnectionReference }),
    result: z.object({ connectionId: z.string(), handle: z.string(), connectorId: z.string(), because: ResolvedBy }),
  }),
}
