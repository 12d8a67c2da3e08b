// What a file field accepts: keys and certificates as PEM (RFC 7468), keys and service accounts as JSON. Read here, so that the window
// and the core say the same, and Nango is sent one canonical form whatever way the text was copied.

/** What a file field may hold. */
export const FILE_KINDS = ['pem_private_key', 'pem_certificate', 'json_jwk', 'json_service_account'] as const
export type FileKind = (typeof FILE_KINDS)[number]

/** The text as Nango takes it, or what is wrong with it; `email` is the account that a service account file names. */
export type KeyFile = { readonly value: string; readonly email: string | null } | { readonly message: string }

const PEM = /^-----BEGIN ([A-Z0-9 ]{1,40})-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END \1-----$/
const ENCRYPTED = /^-----BEGIN (?:ENCRYPTED PRIVATE KEY-----|[A-Z ]{0,20}PRIVATE KEY-----\s*Proc-Type:)/
const COLUMNS = 64

/** A file copied out of JSON writes its line ends as `\n`. */
const withLineEnds = (text: string): string => text.replace(/\\r/g, '').replace(/\\n/g, '\n').trim()

const BARE_WORDS = { pem_private_key: 'private key', pem_certificate: 'certificate' } as const
type PemKind = keyof typeof BARE_WORDS

/** PEM that is whole: base64 of a DER sequence, which always begins with `M`. */
const readPem = (text: string, kind: PemKind): KeyFile => {
  const wanted = BARE_WORDS[kind]
  const pem = withLineEnds(text)
  if (ENCRYPTED.test(pem)) return { message: 'This key is locked with a passphrase, which Nango cannot ask for. Give one without.' }
  const found = PEM.exec(pem)
  const label = found?.[1] ?? ''
  const body = (found?.[2] ?? '').replace(/\s+/g, '')
  if (label === 'OPENSSH PRIVATE KEY') return { message: 'This is an OpenSSH key. Give the key as PEM (PKCS #8).' }
  const isLabel = kind === 'pem_certificate' ? label === 'CERTIFICATE' : /^(?:RSA |EC )?PRIVATE KEY$/.test(label)
  if (found !== null && !isLabel) return { message: `This file holds something else than a ${wanted}.` }
  if (!body.startsWith('M') || body.length < 40 || body.length % 4 !== 0 || !/^[^=]+={0,2}$/.test(body))
    return { message: `This is no ${wanted} as PEM. The whole file is wanted, from BEGIN to END.` }
  const lines = body.match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? []
  return { value: [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\n'), email: null }
}

const readJson = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(text.trim())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

const hasText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** A private key as JWK (RFC 7517): its type, and the part that only the owner has. */
const readJwk = (text: string): KeyFile => {
  const jwk = readJson(text)
  if (jwk === null || !hasText(jwk['kty']) || !hasText(jwk['d']))
    return { message: 'This is no private key as JWK. A JSON object with kty and d is wanted.' }
  return { value: JSON.stringify(jwk), email: null }
}

const readServiceAccount = (text: string): KeyFile => {
  const account = readJson(text)
  const { private_key: key, client_email: email, type } = account ?? {}
  if (type !== 'service_account' || !hasText(key))
    return { message: 'This is no service account file. A JSON object with type service_account and private_key is wanted.' }
  const pem = readPem(key, 'pem_private_key')
  return 'message' in pem ? pem : { value: pem.value, email: hasText(email) ? email : null }
}

/** Reads what a file field was given; of a service account the private key is what is sent. */
export const readKeyFile = (accepts: readonly FileKind[], text: string): KeyFile => {
  const isJson = text.trimStart().startsWith('{')
  if (isJson && accepts.includes('json_service_account')) return readServiceAccount(text)
  if (accepts.includes('json_jwk') && (isJson || accepts.length === 1)) return readJwk(text)
  return readPem(text, accepts.includes('pem_certificate') ? 'pem_certificate' : 'pem_private_key')
}
