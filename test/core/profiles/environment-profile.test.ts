import { describe, expect, test } from 'vitest'
import { readNangoEnvironment } from '#core/profiles/environment-profile'
import { inEnglish } from '#shared/sentence'

const KEY = '09da2fbc-6c03-4cfb-b527-e45ef658862b'
const findingsOf = (environment: Record<string, string>): string[] =>
  readNangoEnvironment(environment).findings.map((finding) => finding.id)

describe('the environment', () => {
  test('without a key makes no profile', () => {
    expect(readNangoEnvironment({})).toEqual({ isNangoEnabled: true, profile: null, webhookSecret: null, findings: [] })
    expect(findingsOf({ NANGO_HOST: 'http://localhost:3003' })).toEqual(['env.host_without_key'])
  })

  test('with a key alone means Nango Cloud', () => {
    const { profile } = readNangoEnvironment({ NANGO_SECRET_KEY: ` ${KEY} ` })
    expect([profile?.address?.host, profile?.secretKey?.reveal(), profile?.failure]).toEqual(['https://api.nango.dev', KEY, null])
  })

  test('names the address by any of its names; the first in order wins and a disagreement is said', () => {
    const environment = {
      NANGO_SECRET_KEY: KEY,
      NANGO_HOSTPORT: 'http://localhost:3',
      NANGO_URL: 'http://localhost:1',
      NANGO_BASE_URL: 'http://localhost:1/',
    }
    const { profile, findings } = readNangoEnvironment(environment)
    expect(profile?.address?.host).toBe('http://localhost:1')
    expect(findings.map(({ id, words, fix }) => ({ id, summary: inEnglish(words), fix: inEnglish(fix) }))).toEqual([
      {
        id: 'env.host_disagrees',
        summary: 'NANGO_URL and NANGO_HOSTPORT name different addresses; NANGO_URL is used.',
        fix: 'Keep NANGO_URL and unset the others.',
      },
    ])
  })

  test('with a public key is warned once and uses it for nothing', () => {
    expect(findingsOf({ NANGO_SECRET_KEY: KEY, NANGO_PUBLIC_KEY: 'x' })).toEqual(['env.public_key'])
  })

  test('that cannot be used says why, without repeating a value', () => {
    const bad = { NANGO_SECRET_KEY: 'two words', NANGO_HOST: 'https://user:canary@host' }
    const { profile, findings } = readNangoEnvironment(bad)
    expect(profile?.failure?.code).toBe('profile.invalid_address')
    expect(JSON.stringify([findings, profile])).not.toMatch(/canary|two words/)
    const code = (environment: Record<string, string>): unknown => readNangoEnvironment(environment).profile?.failure?.code
    expect(code({ NANGO_SECRET_KEY: 'two words' })).toBe('profile.invalid_key')
    expect(code({ NANGO_SECRET_KEY: 'pk_12345678' })).toBe('nango.public_key')
    expect(code({ NANGO_SECRET_KEY: KEY, NANGO_HOST: 'http://10.0.0.5:3003' })).toBe('profile.insecure_address')
  })

  test('can switch Nango off', () => {
    for (const value of ['false', 'FALSE', '0']) expect(readNangoEnvironment({ NANGO_ENABLED: value }).isNangoEnabled).toBe(false)
    for (const value of ['', 'true', '1']) expect(readNangoEnvironment({ NANGO_ENABLED: value }).isNangoEnabled).toBe(true)
  })

  test('takes the key that signs webhooks apart from the secret key, prints neither, and says when they are the same', () => {
    const key = '3f8a0c9e-1111-4222-8333-444455556666'
    const apart = readNangoEnvironment({ NANGO_SECRET_KEY: key, NANGO_WEBHOOK_SECRET: 'signing-key-1' })
    expect([apart.profile?.secretKey?.reveal(), apart.webhookSecret?.reveal()]).toEqual([key, 'signing-key-1'])
    expect(JSON.stringify(apart)).not.toMatch(/3f8a0c9e|signing-key-1/)
    expect(apart.findings).toEqual([])
    const same = readNangoEnvironment({ NANGO_SECRET_KEY: key, NANGO_WEBHOOK_SECRET: key })
    expect(same.findings.map(({ id }) => id)).toEqual(['env.webhook_secret'])
  })
})
