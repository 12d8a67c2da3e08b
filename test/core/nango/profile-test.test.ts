import type { RequestListener } from 'node:http'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startNangoStandIn } from '#core/sandbox/nango-stand-in'
import type { ProfileTest } from '#shared/contract/profiles'
import { makeProfilesWorld, type ProfilesWorld } from '../profiles/profiles-world.ts'
import { json, makeCertificates, startServer, startTlsServer, type LocalServer } from './local-servers.ts'

const KEY = '09da2fbc-6c03-4cfb-b527-e45ef658862b'
const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close()
})
const keep = <T extends { close(): unknown }>(thing: T): T => {
  opened.push(thing)
  return thing
}

const standIn = async (options: Parameters<typeof startNangoStandIn>[0] = {}) => {
  const server = await startNangoStandIn(options)
  opened.push({ close: () => server.stop() })
  return server
}

const world = (environment: Readonly<Record<string, string>> = {}): ProfilesWorld => keep(makeProfilesWorld(environment))

const testOf = async (nangoHost: string, secretKey: string, more: { certificatePem?: string } = {}): Promise<ProfileTest> => {
  const { api } = world()
  await api.create({ name: 'Tested', kind: 'nango', nangoHost, secretKey, ...more })
  return api.test({})
}

const statuses = (outcome: ProfileTest): Record<string, string> =>
  Object.fromEntries(outcome.checks.map((check) => [check.id, check.status]))

describe('testing a profile', () => {
  test('passes with a full key and leaves no session behind', async () => {
    const server = await standIn()
    const { api } = world()
    const { profileId } = await api.create({ name: 'Good', kind: 'nango', nangoHost: server.url, secretKey: server.secretKey })
    const outcome = await api.test({ profileId })
    expect(outcome).toMatchObject({ profileId, isWorking: true, failure: null })
    expect(statuses(outcome)).toEqual({
      profile: 'ok',
      server: 'ok',
      connections: 'ok',
      integrations: 'ok',
      sessions: 'ok',
      callback: 'ok',
    })
    expect((await api.list({})).profiles[0]).toMatchObject({ status: 'connected', statusReason: null })
  })

  test('warns where the callback address of the server is not let through, and fails one of your own that leads elsewhere', async () => {
    const server = await standIn()
    const closed: RequestListener = (request, response) =>
      request.url?.startsWith('/oauth/callback') === true
        ? response.writeHead(404).end()
        : response.writeHead(307, { location: `${server.url}${request.url ?? ''}` }).end()
    const before = keep(await startServer(closed))
    const { api } = world()
    await api.create({ name: 'Good', kind: 'nango', nangoHost: server.url, secretKey: server.secretKey })
    const outcome = await api.test({ callbackUrl: `${before.url}/back` })
    expect(outcome).toMatchObject({ isWorking: true, failure: null })
    expect(statuses(outcome)).toMatchObject({ sessions: 'ok', callback: 'fail' })
    expect(outcome.checks.at(-1)?.fix).toBe(`Let it answer every request with 308 to ${server.url}/oauth/callback, the whole query kept.`)
    const healthy = json(200, { result: 'ok' })
    const proxied = keep(await startServer((request, response) => (request.url === '/health' ? healthy : closed)(request, response)))
    expect(statuses(await testOf(proxied.url, KEY))).toMatchObject({ server: 'ok', callback: 'warn' })
  })

  test('names the scopes a narrow key lacks, all of them', async () => {
    const narrow = '11111111-1111-4111-8111-111111111111'
    const server = await standIn({ scopedKeys: { [narrow]: ['environment:connections:list'] } })
    const outcome = await testOf(server.url, narrow)
    expect(outcome).toMatchObject({ isWorking: false, failure: 'nango.scope_missing' })
    expect(statuses(outcome)).toMatchObject({ connections: 'ok', integrations: 'fail', sessions: 'fail' })
    const fixes = outcome.checks.map((check) => check.fix).join(' ')
    expect(fixes).toContain('environment:integrations:list')
    expect(fixes).toContain('environment:connect_sessions:write')
  })

  test('tells a wrong key', async () => {
    const server = await standIn()
    expect(await testOf(server.url, KEY)).toMatchObject({ isWorking: false, failure: 'nango.key_refused' })
  })

  test('tells a web page from Nango, and never sends the key there', async () => {
    const keys: (string | undefined)[] = []
    const page: RequestListener = (request, response) => {
      keys.push(request.headers.authorization)
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>')
    }
    const { url } = keep(await startServer(page))
    const outcome = await testOf(url, KEY)
    expect(outcome.failure).toBe('nango.not_nango')
    expect(statuses(outcome)).toEqual({
      profile: 'ok',
      server: 'fail',
      connections: 'skipped',
      integrations: 'skipped',
      sessions: 'skipped',
      callback: 'skipped',
    })
    expect(keys).toEqual([undefined])
  })

  test('tells a public key that Nango recognises', async () => {
    const server = keep(
      await startServer((request, response) =>
        request.url === '/health'
          ? json(200, { result: 'ok' })(request, response)
          : json(401, { error: { code: 'deprecated_authentication', message: 'x' } })(request, response),
      ),
    )
    expect((await testOf(server.url, KEY)).failure).toBe('nango.public_key')
  })

  test('says that nothing listens', async () => {
    const gone = await startServer(() => {})
    await gone.close()
    const outcome = await testOf(gone.url, KEY)
    expect(outcome.failure).toBe('nango.unreachable')
    expect(outcome.checks.find((check) => check.id === 'server')?.summary).toContain('Nothing listens')
  })

  test('says that the key is missing for the address', async () => {
    const { api } = world()
    const { profileId } = await api.create({ name: 'Keyless', kind: 'nango' })
    expect(await api.test({ profileId })).toMatchObject({ isWorking: false, failure: 'profile.key_required' })
  })

  test('works for the profile of the environment and for the sandbox', async () => {
    const server = await standIn()
    const environment = { NANGO_HOST: server.url, NANGO_SECRET_KEY: server.secretKey }
    expect(await world(environment).api.test({})).toMatchObject({ profileId: 'env', isWorking: true })
    // A proxy of the environment has no business between this program and its own sandbox.
    const { api } = keep(makeProfilesWorld({ HTTP_PROXY: 'http://127.0.0.1:1' }, server))
    await api.create({ name: 'Sandbox', kind: 'sandbox' })
    expect(await api.test({})).toMatchObject({ isWorking: true })
  })
})

describe('testing a server with a certificate of its own', () => {
  let certificates: ReturnType<typeof makeCertificates>
  beforeAll(() => {
    certificates = makeCertificates()
  })
  const serve = async (): Promise<LocalServer> => keep(await startTlsServer(certificates, json(200, { result: 'ok' })))

  test('fails without its authority and passes the reach check with it', async () => {
    const server = await serve()
    expect((await testOf(server.url, KEY)).failure).toBe('nango.certificate')
    const trusted = await testOf(server.url, KEY, { certificatePem: certificates.authorityPem })
    expect(statuses(trusted)['server']).toBe('ok')
  })

  test('says when https is spoken to a port of http', async () => {
    const plain = keep(await startServer(json(200, { result: 'ok' })))
    const outcome = await testOf(plain.url.replace('http:', 'https:'), KEY)
    expect(outcome.failure).toBe('nango.protocol')
    expect(outcome.checks.find((check) => check.id === 'server')?.summary).toMatch(/may speak http/)
  })
})
