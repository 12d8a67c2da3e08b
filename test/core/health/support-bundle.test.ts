import { randomBytes, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { readFileSync, statSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { redactText } from '#core/health/redact-report'
import { originKind } from '#core/health/support-bundle'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { makeCore, type TestCore } from '#test/helpers/make-core'

describe('the support bundle', () => {
  let nango: FakeNango
  let core: TestCore
  const planted = {
    apiKey: `planted${randomBytes(12).toString('hex')}`,
    label: 'Harborline payroll',
    email: 'mara.lindqvist@harborline.example',
    name: 'Mara Lindqvist',
    notes: 'the safe is behind the picture',
    profile: 'Zephyr production',
    proxy: 'squid.corp.harborline.example',
    otherKey: randomUUID(),
  }

  beforeEach(async () => {
    nango = await startFakeNango({ rateLimitPerMinute: 100_000 })
    nango.seedConnections([
      {
        connectionId: 'payroll-1',
        integrationKey: 'n8n',
        credentials: { type: 'API_KEY', apiKey: planted.apiKey },
        tags: { end_user_email: planted.email, end_user_display_name: planted.name },
      },
    ])
    core = await makeCore({ environment: { NO_PROXY: planted.proxy, GITHUB_INTEGRATION_KEY: 'harborline-github', LOG_LEVEL: 'debug' } })
    await core.ui.profiles.create({ name: planted.profile, kind: 'nango', nangoHost: nango.url, secretKey: nango.secretKey })
    await core.cli.sync.run({})
    await core.cli.connect.start({
      connectorId: 'n8n',
      label: planted.label,
      fields: { baseUrl: 'https://n8n.harborline.example' },
      credentials: { apiKey: planted.apiKey },
    })
    const { connections } = await core.cli.connections.list({})
    await core.cli.connections.update({ connectionId: connections[0]?.connectionId ?? '', notes: planted.notes })
    await core.ui.profiles.create({ name: 'Second', kind: 'nango', nangoHost: nango.url, secretKey: planted.otherKey, use: false })
    // Whatever a careless line may hold.
    core.core.log.warn('careless.line', {
      host: 'nango.harborline.example',
      label: planted.label,
      who: planted.email,
      url: `https://nango.harborline.example/connections?code=${planted.apiKey}`,
      error: new Error(`${planted.email} at https://nango.harborline.example:8443/x and /srv/mara/.secrets said no`),
    })
  })
  afterEach(async () => {
    await core.stop()
    await nango.stop()
  })

  test('holds no key, e-mail, account name, label, note, profile name or host name', async () => {
    const { text, contents } = await core.cli.system.bundle({})
    const hidden = [
      ...Object.values(planted),
      nango.secretKey,
      nango.url,
      new URL(nango.url).host,
      'harborline',
      'Lindqvist',
      core.platform.dataFolder,
    ]
    for (const secret of hidden) expect(text.includes(secret), secret).toBe(false)
    if (hostname().length >= 2) expect(text).not.toContain(`"${hostname()}"`)
    expect(text).not.toMatch(/[\w.]+@[\w.]+\.\w+/)
    expect(contents.map(({ part }) => part)).toEqual(['versions', 'status', 'doctor', 'profiles', 'settings', 'environment', 'log'])
  })

  test('says in itself what it holds, and helps: versions, states, findings, codes, counts, and the log of an attempt', async () => {
    const { text } = await core.cli.system.bundle({})
    const bundle = JSON.parse(text) as Record<string, never>
    expect(Object.keys(bundle)).toEqual(['about', 'versions', 'status', 'doctor', 'profiles', 'settings', 'environment', 'log'])
    expect(bundle).toMatchObject({
      about: { holds: expect.arrayContaining([expect.objectContaining({ part: 'log' })]), never: expect.stringContaining('No keys') },
      versions: { node: process.versions.node, storedData: expect.any(Number) },
      status: { vault: { state: 'open' }, connections: { total: 2 } },
      profiles: [{ server: 'self-hosted, this computer, http', isActive: true }, { server: 'self-hosted, this computer, http' }],
      environment: { set: expect.arrayContaining(['NO_PROXY', 'LOG_LEVEL']), integrationKeys: 1 },
    })
    expect(text).toContain('"id": "nango_server"')
    expect(text).toContain('connect.connected')
    expect(text).toContain('"leftOut"')
  })

  test('is saved for its owner alone', async () => {
    const { path, sizeBytes } = await core.ui.system.saveBundle({})
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(path).size).toBe(sizeBytes)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveProperty('about')
  })

  test('blots out names, addresses and paths in free text, and leaves codes and our own files', () => {
    const known = [['Zephyr production', '[profile]']] as const
    expect(redactText('Zephyr production is in use, at https://nango.acme.example:3003/api.', known)).toBe(
      '[profile] is in use, at [address]',
    )
    expect(redactText('mara@acme.example via nango.acme.example:443 and 10.1.2.3:80, [fe80::1]:80', known)).toBe(
      '[e-mail] via [host] and [address], [address]',
    )
    expect(redactText('google-mail/work ended with nango.key_refused in patchbay.db', known)).toBe(
      '[connection] ended with nango.key_refused in patchbay.db',
    )
    expect(redactText('Run: chmod 700 "/srv/mara/My Folder"', known)).not.toContain('mara')
  })

  test('names the kind of a server, never the server', () => {
    expect(originKind({ kind: 'nango', nangoHost: 'https://api.nango.dev' })).toBe('Nango Cloud')
    expect(originKind({ kind: 'nango', nangoHost: 'https://nango.acme.example' })).toBe('self-hosted, elsewhere, https')
    expect(originKind({ kind: 'sandbox' })).toBe('sandbox')
  })
})
