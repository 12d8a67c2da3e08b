import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { type CandidateKey, signatureOrigin } from '#core/health/signature-origin'
import { Secret } from '#core/vault/secret'
import { inEnglish } from '#shared/sentence'
import { makeCore, type TestCore } from '#test/helpers/make-core'

// A webhook of a real Nango 0.71, with the key it was signed with.
const KEY = '09da2fbc-6c03-4cfb-b527-e45ef658862b'
const BODY =
  '{"authMode":"API_KEY","connectionId":"7c40c53d-1c26-4242-84a0-27f3734903c0","environment":"dev","from":"nango","operation":"creation","provider":"n8n","providerConfigKey":"n8n-main","success":true,"tags":{"project":"W1"},"type":"auth"}'
const SHA256 = '3b035f369f6cc15f09eeeedccced126d86b87380d8a0715f80f9827915b22df8'
const HMAC = '9098f1d67a80a40c3efc12715ecb4f1edfe0a910e1d3346291b4a0f76ed39a5f'
const OTHER = '00832ce7-4e7f-4f82-bf7c-cfda1737a1e6'

const keys: CandidateKey[] = [
  { kind: 'signing_key', name: 'signing', key: new Secret(OTHER) },
  { kind: 'secret_key', name: 'secret', key: new Secret(KEY) },
]

describe('which key a webhook was signed with', () => {
  let core: TestCore | null = null
  afterEach(async () => {
    await core?.stop()
    core = null
  })

  test('is told for both signatures of a real Nango', () => {
    expect(signatureOrigin(BODY, HMAC, keys)).toEqual({ kind: 'secret_key', name: 'secret', scheme: 'hmac' })
    expect(signatureOrigin(BODY, SHA256.toUpperCase(), keys)).toEqual({ kind: 'secret_key', name: 'secret', scheme: 'sha256' })
  })

  test('is none for another body or an unknown key', () => {
    expect(signatureOrigin(`${BODY} `, HMAC, keys)).toBeNull()
    expect(signatureOrigin(BODY, HMAC, keys.slice(0, 1))).toBeNull()
  })

  test('is answered over the contract, naming the keys that were tried and never showing one', async () => {
    core = await makeCore({ environment: { NANGO_HOST: 'http://127.0.0.1:9', NANGO_SECRET_KEY: KEY, NANGO_WEBHOOK_SECRET: OTHER } })
    const bySecret = await core.cli.system.checkSignature({ body: BODY, signature: HMAC })
    expect(bySecret).toMatchObject({ signedWith: 'secret_key', scheme: 'hmac', fix: expect.stringContaining('NANGO_WEBHOOK_SECRET') })
    const bySigning = createHmac('sha256', OTHER).update(BODY).digest('hex')
    expect(await core.cli.system.checkSignature({ body: BODY, signature: bySigning })).toMatchObject({
      signedWith: 'signing_key',
      fix: null,
    })
    const neither = await core.cli.system.checkSignature({ body: 'another', signature: HMAC })
    expect(neither).toMatchObject({ signedWith: 'neither', scheme: null })
    expect(neither.tried).toHaveLength(2)
    for (const { summary, said } of [bySecret, neither]) expect(inEnglish(said?.summary ?? [])).toBe(summary)
    expect(JSON.stringify([bySecret, neither])).not.toMatch(new RegExp(`${KEY}|${OTHER}`))
  })
})
