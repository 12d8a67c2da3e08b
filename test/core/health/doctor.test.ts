import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inEnglish } from '#shared/sentence'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { makeCore, type TestCore } from '#test/helpers/make-core'

describe('doctor', () => {
  let nango: FakeNango
  let core: TestCore | null = null
  beforeEach(async () => {
    nango = await startFakeNango({ rateLimitPerMinute: 100_000 })
  })
  afterEach(async () => {
    await core?.stop()
    await nango.stop()
  })

  const look = async (environment: Record<string, string>): Promise<Record<string, string>> => {
    core = await makeCore({ environment })
    await core.cli.sync.run({}).catch(() => {})
    await core.cli.catalogue.list({ search: 'n8n' })
    const { checks } = await core.cli.system.doctor({})
    for (const { id, summary, fix, status, said } of checks) {
      expect(summary, id).toMatch(/\.$/)
      expect({ summary: inEnglish(said?.summary ?? []), fix: said?.fix == null ? null : inEnglish(said.fix) }, id).toEqual({ summary, fix })
      expect(
        said?.summary.map(({ key }) => key),
        id,
      ).not.toContain('said')
      if (status !== 'ok') expect(fix, id).not.toBeNull()
    }
    return Object.fromEntries(checks.map(({ id, status }) => [id, status]))
  }

  test('walks the way of a connection: profile, server, key, lists, sign-in pages, integrations, and how old the state is', async () => {
    expect(await look({ NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey })).toMatchObject({
      runtime: 'ok',
      data_folder: 'ok',
      vault: 'ok',
      database: 'ok',
      profile: 'ok',
      nango_server: 'ok',
      nango_connections: 'ok',
      nango_integrations: 'ok',
      nango_sessions: 'ok',
      nango_callback: 'ok',
      integrations: 'ok',
      sync: 'ok',
      clock_skew: 'ok',
    })
    expect((await core?.cli.connections.list({}))?.connections.every(({ oauthMethod }) => oauthMethod === 'nango')).toBe(true)
  })

  test('says which step fails for a wrong key, and leaves out what cannot be known then', async () => {
    const found = await look({ NANGO_HOST: nango.url, NANGO_SECRET_KEY: '3f8a0c9e-1111-4222-8333-444455556666' })
    expect(found).toMatchObject({ nango_server: 'ok', nango_connections: 'fail', sync: 'fail' })
    expect(found['integrations']).toBeUndefined()
  })

  test('names disagreeing addresses, a public key and a signing key that is the secret key', async () => {
    const found = await look({
      NANGO_HOST: nango.url,
      NANGO_API_URL: 'https://elsewhere.example.test',
      NANGO_SECRET_KEY: nango.secretKey,
      NANGO_WEBHOOK_SECRET: nango.secretKey,
      NANGO_PUBLIC_KEY: 'pk-0000',
    })
    expect(found).toMatchObject({ 'env.host_disagrees': 'warn', 'env.public_key': 'warn', 'env.webhook_secret': 'warn', profile: 'ok' })
  })

  test("says how far this computer's clock is from Nango's, and says so with the state of the list", async () => {
    await nango.stop()
    nango = await startFakeNango({ rateLimitPerMinute: 100_000, now: () => Date.now() - 2 * 3_600_000 })
    expect(await look({ NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey })).toMatchObject({ clock_skew: 'warn' })
    expect(await core?.ui.system.status({})).toMatchObject({ health: 'warn' })
    const { checks } = (await core?.cli.system.doctor({})) ?? { checks: [] }
    expect(checks.find(({ id }) => id === 'clock_skew')?.summary).toContain('2 hours ahead of Nango')
    expect(Math.abs(((await core?.ui.sync.status({}))?.clockSkewSeconds ?? 0) - 7_200)).toBeLessThanOrEqual(2)
  })

  test('with no profile says how to begin', async () => {
    expect(await look({})).toMatchObject({ profile: 'warn' })
  })
})
