import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { keyFileWords } from '#renderer/features/connect/key-words.ts'

const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey

describe('what is said of a key file', () => {
  test('kind and size, whatever way the key is written', () => {
    const key = rsa(2048)
    expect(keyFileWords(['pem_private_key'], key.export({ type: 'pkcs8', format: 'pem' }).toString())).toBe('PEM, 2048 bit')
    expect(keyFileWords(['pem_private_key'], key.export({ type: 'pkcs1', format: 'pem' }).toString())).toBe('PEM, 2048 bit')
    const { privateKey: curve } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(keyFileWords(['pem_private_key'], curve.export({ type: 'pkcs8', format: 'pem' }).toString())).toBe('PEM, P-256')
    expect(keyFileWords(['pem_private_key'], curve.export({ type: 'sec1', format: 'pem' }).toString())).toBe('PEM, P-256')
    const { privateKey: edwards } = generateKeyPairSync('ed25519')
    expect(keyFileWords(['pem_private_key'], edwards.export({ type: 'pkcs8', format: 'pem' }).toString())).toBe('PEM, Ed25519')
  })

  test('a service account by its kind and the size of its key, a JWK and a certificate by their kind', () => {
    const pem = rsa(1024).export({ type: 'pkcs8', format: 'pem' }).toString()
    const account = JSON.stringify({ type: 'service_account', private_key: pem })
    expect(keyFileWords(['pem_private_key', 'json_service_account'], account)).toBe('JSON, service account, 1024 bit')
    expect(keyFileWords(['json_jwk'], '{"kty":"EC"}')).toBe('JSON, key (JWK)')
    expect(keyFileWords(['pem_certificate'], '-----BEGIN CERTIFICATE-----')).toBe('Certificate')
  })

  test('no size where there is none to be read, and nothing thrown', () => {
    for (const text of ['', 'hello', '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----', '{"private_key":', '\u0000'])
      expect(keyFileWords(['pem_private_key', 'json_service_account'], text)).toBe('PEM')
  })
})
