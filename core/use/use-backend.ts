import type { HttpReply, HttpRequest, HttpStreamReply } from '#core/http'
import type { ConnectionRow } from '../connections/connection-row.ts'
import type { Secret } from '../vault/secret.ts'
import type { PagingFacts } from './service-pages.ts'

/** A call to the service behind a connection, ready to be sent: its target is in its one form, its headers are those that go out. */
export interface ServiceCall {
  readonly method: HttpRequest['method']
  /** Path and query below the service's base address. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  /** `contentType` null: the text of a JSON object or list. */
  readonly body?: { readonly content: string | Uint8Array; readonly contentType: string | null }
}

/** The same with a body that comes in pieces. */
export interface StreamedCall extends Omit<ServiceCall, 'body'> {
  readonly body?: { readonly content: string | Uint8Array | AsyncIterable<Uint8Array>; readonly contentType: string | null }
}

export interface StreamOptions {
  readonly signal: AbortSignal
  /** Until the answer begins, milliseconds. */
  readonly beginMs: number
  /** The longest time without a piece, milliseconds. */
  readonly idleMs: number
  /** The most of either body. */
  readonly maxBytes: number
}

export interface UseOptions {
  readonly signal?: AbortSignal
  /** For the whole call, milliseconds. */
  readonly timeoutMs?: number
}

/** What the service answered, whatever its status; at most 8 MiB. */
export type ServiceReply = HttpReply

/** A credential as it is kept, with the end of its validity. */
export interface HeldCredential {
  /** The JSON text of the object that Nango's API shows (nango-api.md section 7). */
  readonly credentials: Secret
  readonly expiresAt: string | null
}

/**
 * A way to use connections. Which one a connection has is told by its row (`oauth_method`): through Nango, or without it. Throws
 * PatchbayErrors that hold nothing of the credential.
 */
export interface UseBackend {
  /** Makes a call once, with the credential added on the way. Throws what is not the service's answer. */
  request(row: ConnectionRow, call: ServiceCall, options: UseOptions): Promise<ServiceReply>
  /** The same with bodies in pieces. */
  requestInPieces(row: ConnectionRow, call: StreamedCall, options: StreamOptions): Promise<HttpStreamReply>
  /**
   * The credential, valid for so long from now at least; it is renewed where it is not. Throws `connection.validity_too_short` where
   * that does not help.
   */
  credentials(row: ConnectionRow, minValidSeconds: number, options: UseOptions): Promise<HeldCredential>
  /** Where the service is, and how it gives further pages, as far as that is known. */
  paging(row: ConnectionRow, options: UseOptions): Promise<PagingFacts>
  /** What is known of the limit of calls that the way has, whose headers are not the service's; null for none. */
  limit(row: ConnectionRow): Promise<{ readonly limit: number; readonly now: number } | null>
}
