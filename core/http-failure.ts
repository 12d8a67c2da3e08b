/**
 * Why a call brought no reply. `unreachable`: no connection; `interrupted`: it broke off before the end; `protocol`: the other side
 * does not speak HTTP as it should; `certificate`: its certificate is not trusted.
 */
export type HttpFailureKind = 'unreachable' | 'interrupted' | 'timeout' | 'certificate' | 'too_large' | 'protocol' | 'cancelled'

/** A call without a reply. Carries a kind and the system's short code, never an address with secrets, a header or a body. */
export class HttpFailure extends Error {
  readonly kind: HttpFailureKind
  /** Such as `ECONNREFUSED` or `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  readonly reason: string

  constructor(kind: HttpFailureKind, reason: string) {
    super(`${kind}: ${reason}`)
    this.name = 'HttpFailure'
    this.kind = kind
    this.reason = reason
  }
}

const CERTIFICATE_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

const INTERRUPTED_CODES = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'Z_BUF_ERROR'])

const TIMEOUT_CODES = new Set(['ETIMEDOUT', 'ERR_SOCKET_CONNECTION_TIMEOUT'])

const kindOf = (code: string): HttpFailureKind => {
  if (CERTIFICATE_CODES.has(code) || code.startsWith('CERT_') || code.startsWith('CRL_')) return 'certificate'
  if (TIMEOUT_CODES.has(code)) return 'timeout'
  if (INTERRUPTED_CODES.has(code)) return 'interrupted'
  if (code === 'EPROTO' || /^(?:ERR_SSL_|HPE_|Z_|ERR_TLS_|ERR_INVALID_|ERR_UNESCAPED_|ERR_BROTLI|ERR__ERROR_FORMAT)/.test(code))
    return 'protocol'
  return 'unreachable'
}

/** Names what Node reported; its message stays behind, because it may quote what was sent. */
export const httpFailureFrom = (error: unknown): HttpFailure => {
  if (error instanceof HttpFailure) return error
  const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
  return new HttpFailure(kindOf(code), code)
}
