import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../vault/secret.ts'

/** A key that a webhook may have been signed with. */
export interface CandidateKey {
  readonly kind: 'signing_key' | 'secret_key'
  /** Where it comes from: the variable, or the profile. */
  readonly name: string
  readonly key: Secret
}

export interface SignatureOrigin {
  readonly kind: CandidateKey['kind']
  readonly name: string
  /** `hmac` is x-nango-hmac-sha256, `sha256` the older x-nango-signature. */
  readonly scheme: 'hmac' | 'sha256'
}

/** Both of Nango's signatures over the body as it arrived (nango-api.md section 10). */
const signaturesOf = (key: string, body: string): readonly (readonly [SignatureOrigin['scheme'], Buffer])[] => [
  ['hmac', createHmac('sha256', key).update(body).digest()],
  [
    'sha256',
    createHash('sha256')
      .update(key + body)
      .digest(),
  ],
]

/** Which of the keys a signature was made with; null when none of them. `signature` is 64 hex digits. */
export const signatureOrigin = (body: string, signature: string, keys: readonly CandidateKey[]): SignatureOrigin | null => {
  const given = Buffer.from(signature, 'hex')
  for (const { kind, name, key } of keys) {
    for (const [scheme, made] of signaturesOf(key.reveal(), body)) {
      if (given.length === made.length && timingSafeEqual(given, made)) return { kind, name, scheme }
    }
  }
  return null
}
