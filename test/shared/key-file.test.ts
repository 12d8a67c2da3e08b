import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type FileKind, readKeyFile } from '#shared/key-file'

const pem = (type: 'pkcs1' | 'pkcs8', cipher?: { cipher: string; passphrase: string }) =>
  generateKeyPairSync('rsa', {
    modulusLength: 1024,
    privateKeyEncoding: { type, format: 'pem', ...cipher },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
const { privateKey, publicKey } = pem('pkcs8')
const KEY: readonly FileKind[] = ['pem_private_key']
const words = (accepts: readonly FileKind[], text: string): string => {
  const read = readKeyFile(accepts, text)
  return 'message' in read ? read.message : 'fits'
}

describe('a key file', () => {
  it.each([
    ['as it is', privateKey],
    ['with the line ends of Windows', privateKey.replaceAll('\n', '\r\n')],
    ['with line ends written out, as in JSON', privateKey.replaceAll('\n', '\\n')],
    ['in one line, as a browser pastes it', privateKey.replaceAll('\n', ' ')],
    ['with blanks around it', `\n  ${privateKey}\n`],
  ])('comes out the same: %s', (_how, text) => {
    expect(readKeyFile(KEY, text)).toEqual({ value: privateKey.trim(), email: null })
  })

  it('may be an RSA key of the older form', () => {
    const older = pem('pkcs1').privateKey
    expect(readKeyFile(KEY, older)).toEqual({ value: older.trim(), email: null })
  })

  it('says what it is instead', () => {
    expect(words(KEY, publicKey)).toBe('This file holds something else than a private key.')
    expect(words(['pem_certificate'], privateKey)).toBe('This file holds something else than a certificate.')
    expect(words(KEY, pem('pkcs8', { cipher: 'aes-256-cbc', passphrase: 'x' }).privateKey)).toContain('locked with a passphrase')
    expect(words(KEY, '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----')).toContain('OpenSSH')
  })

  it.each([
    ['nothing like one', 'hello'],
    ['one cut off at its end', privateKey.slice(0, -40)],
    ['one without its first line', privateKey.split('\n').slice(1).join('\n')],
    ['one with a letter lost', privateKey.replace('MII', 'MI')],
    ['one that is not base64', privateKey.replace('MII', 'MI*')],
    ['an ellipsis in place of its middle', '-----BEGIN PRIVATE KEY-----\nMIIE...\n-----END PRIVATE KEY-----'],
    ['no more than its two lines', '-----BEGIN PRIVATE KEY-----\n\n-----END PRIVATE KEY-----'],
  ])('is refused: %s', (_what, text) => {
    expect(words(KEY, text)).toBe('This is no private key as PEM. The whole file is wanted, from BEGIN to END.')
  })
})

describe('a service account file', () => {
  const both: readonly FileKind[] = ['pem_private_key', 'json_service_account']
  const account = { type: 'service_account', client_email: 'bot@project.iam.gserviceaccount.com', private_key: privateKey }

  it('gives its key and whose it is', () => {
    expect(readKeyFile(both, JSON.stringify(account))).toEqual({ value: privateKey.trim(), email: account.client_email })
    expect(readKeyFile(both, privateKey)).toEqual({ value: privateKey.trim(), email: null })
  })

  it('is refused when it is none', () => {
    for (const text of ['{', '{}', '{"type":"authorized_user","private_key":"x"}', '{"type":"service_account"}'])
      expect(words(both, text), text).toContain('This is no service account file.')
    expect(words(both, JSON.stringify({ ...account, private_key: 'x' }))).toContain('This is no private key as PEM.')
    expect(words(KEY, JSON.stringify(account)), 'where it is not accepted').toContain('This is no private key as PEM.')
  })
})

it('a JWK is a private one, whole', () => {
  const jwk = { kty: 'RSA', kid: 'one', d: 'AQAB' }
  expect(readKeyFile(['json_jwk'], JSON.stringify(jwk, null, 2))).toEqual({ value: JSON.stringify(jwk), email: null })
  for (const text of ['x', '[]', 'null', '{"kty":"RSA","n":"x"}', privateKey]) expect(words(['json_jwk'], text), text).toContain('as JWK')
})
