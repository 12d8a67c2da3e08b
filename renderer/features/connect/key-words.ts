// What a key file holds, told by its outer shape: PEM (RFC 7468) around DER. Read to be named beside a field, never to be shown.
import type { FileKind } from '#shared/key-file'
import { t } from '#renderer/messages/translate.ts'

interface Part {
  readonly tag: number
  readonly content: Uint8Array
}

const INTEGER = 0x02
const OCTETS = 0x04
const OBJECT_ID = 0x06
const SEQUENCE = 0x30

/** The parts inside a DER value; empty where it is not one. */
const partsOf = (bytes: Uint8Array): Part[] => {
  const parts: Part[] = []
  let at = 0
  while (at + 1 < bytes.length) {
    const tag = bytes[at] ?? 0
    let length = bytes[at + 1] ?? 0
    at += 2
    if (length > 0x80) {
      const count = length - 0x80
      if (count > 4) return parts
      length = 0
      for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[at + index] ?? 0)
      at += count
    }
    if (at + length > bytes.length) return parts
    parts.push({ tag, content: bytes.subarray(at, at + length) })
    at += length
  }
  return parts
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** Curves by the DER of their object identifiers (RFC 5480 section 2.1.1.1, RFC 8410 section 3). */
const CURVES: Readonly<Record<string, string>> = {
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
  '2b6570': 'Ed25519',
}

const bitsOf = (modulus: Uint8Array): number => {
  const first = modulus.findIndex((byte) => byte !== 0)
  return first < 0 ? 0 : (modulus.length - first) * 8 - (Math.clz32(modulus[first] ?? 0) - 24)
}

/** `2048 bit` or `P-256`; null where the key's shape is not one that is known here. */
const sizeOf = (der: Uint8Array): string | null => {
  const [outer] = partsOf(der)
  if (outer?.tag !== SEQUENCE) return null
  const inside = partsOf(outer.content)
  const [, second, third] = inside
  // RSAPrivateKey (RFC 8017 appendix A.1.2): version, modulus and more.
  if (second?.tag === INTEGER) return t('connect.file.bits', { bits: bitsOf(second.content) })
  // PrivateKeyInfo (RFC 5208 section 5): version, algorithm, the key.
  if (second?.tag === SEQUENCE && third?.tag === OCTETS) {
    const curve = partsOf(second.content)
      .filter(({ tag }) => tag === OBJECT_ID)
      .map(({ content }) => CURVES[hex(content)])
      .find((name) => name !== undefined)
    return curve ?? sizeOf(third.content)
  }
  // ECPrivateKey (RFC 5915 section 3): version, the key, its curve under tag 0.
  const named = inside.find(({ tag }) => tag === 0xa0)
  const [curve] = named === undefined ? [] : partsOf(named.content)
  return curve === undefined ? null : (CURVES[hex(curve.content)] ?? null)
}

const derOf = (pem: string): Uint8Array | null => {
  const body = pem
    .replace(/-----[A-Z0-9 ]+-----/g, '')
    .replace(/\\[rn]/g, '')
    .replace(/\s+/g, '')
  try {
    return Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0))
  } catch {
    return null
  }
}

const pemSize = (pem: unknown): string | null => {
  const der = typeof pem === 'string' ? derOf(pem) : null
  return der === null ? null : sizeOf(der)
}

const readJson = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

/** What a file that the field accepts holds, without anything of its content: `PEM, 2048 bit`, `JSON, service account`. */
export const keyFileWords = (accepts: readonly FileKind[], text: string): string => {
  const json = text.trimStart().startsWith('{') ? readJson(text) : null
  if (json !== null && accepts.includes('json_service_account')) {
    const size = pemSize(json['private_key'])
    return [t('connect.file.service-account'), ...(size === null ? [] : [size])].join(', ')
  }
  if (json !== null) return t('connect.file.jwk')
  if (/BEGIN CERTIFICATE/.test(text)) return t('connect.file.certificate')
  const size = pemSize(text)
  return ['PEM', ...(size === null ? [] : [size])].join(', ')
}
