import type { RequestListener } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import type { NangoClient } from '#core/nango/nango-client'
import { Secret } from '#core/vault/secret'
import { PatchbayError } from '#shared/errors'
import { json } from './local-servers.ts'
import { startScriptedNango, type ScriptedNango } from './scripted-nango.ts'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close()
})

const nango = async (handler: RequestListener, options: Parameters<typeof startScriptedNango>[1] = {}): Promise<ScriptedNango> => {
  const started = await startScriptedNango(handler, options)
  opened.push(started, started.client)
  return started
}

const errorOf = async (call: Promise<unknown>): Promise<PatchbayError> => {
  const error = await call.then(
    () => null,
    (failure: unknown) => failure,
  )
  expect(error).toBeInstanceOf(PatchbayError)
  return error as PatchbayError
}

/** A call that is never repeated. */
const write = (client: NangoClient): Promise<unknown> => client.createConnectSession({ tags: {}, allowedIntegrations: [] })
const look = (client: NangoClient): Promise<unknown> => client.listConnections({}, { priority: 'background' })

describe('a server that fails again and again', () => {
  test('is not asked any more by the background, which is told the same error and when to come back', async () => {
    const { client, seen } = await nango(json(503, {}))
    for (let count = 0; count < 5; count++) await errorOf(write(client))
    const held = await errorOf(look(client))
    expect(held).toMatchObject({ code: 'nango.server_error', data: { isHeldBack: true, retryInMs: expect.any(Number) } })
    expect(seen).toHaveLength(5)
  })

  test('is tried once by a person, without repeating, and again by all once the way may be free', async () => {
    const { client, seen } = await nango(json(503, {}))
    for (let count = 0; count < 5; count++) await errorOf(write(client))
    await errorOf(client.listConnections({}))
    expect(seen).toHaveLength(6)
    client.hurry()
    await errorOf(look(client))
    expect(seen).toHaveLength(7)
  })

  test('is in use again after its first answer', async () => {
    let isWell = false
    const { client } = await nango((request, response) => json(isWell ? 200 : 503, { connections: [] })(request, response))
    for (let count = 0; count < 5; count++) await errorOf(write(client))
    isWell = true
    await client.listConnections({})
    await expect(look(client)).resolves.toEqual([])
  })

  test('that refuses or makes mistakes in single calls is not given up', async () => {
    const { client, seen } = await nango(json(500, { error: { code: 'server_error', message: 'no' } }))
    for (let count = 0; count < 8; count++) await errorOf(look(client))
    expect(seen).toHaveLength(8)
  })
})

describe('a server that asks for time', () => {
  test('gets it when a reading call can wait as long', async () => {
    let left = 1
    const { client, seen } = await nango((request, response) =>
      (left-- > 0 ? json(503, {}, { 'retry-after': '1' }) : json(200, { connections: [] }))(request, response),
    )
    const startedAt = performance.now()
    await client.listConnections({})
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990)
    expect(seen).toHaveLength(2)
  })

  test('is not asked again within a call that cannot wait as long: the error says for how long', async () => {
    const { client, seen } = await nango(json(503, {}, { 'retry-after': '1000000000' }))
    const error = await errorOf(client.listConnections({}))
    expect(error).toMatchObject({ code: 'nango.server_error', data: { retryInMs: 3_600_000 } })
    expect(seen).toHaveLength(1)
  })

  test('by the date of a clock that is a day behind gets the time it meant', async () => {
    const there = Date.now() - 86_400_000
    const headers = { date: new Date(there).toUTCString(), 'retry-after': new Date(there + 20_000).toUTCString() }
    const { client } = await nango(json(429, {}, headers))
    const error = await errorOf(client.listConnections({}))
    expect(Number(error.data['retryInMs'])).toBeGreaterThan(17_000)
    expect(Number(error.data['retryInMs'])).toBeLessThan(22_000)
  })
})

test('Nango may take longer where it asks a provider first', async () => {
  const slow: RequestListener = (_request, response) =>
    void setTimeout(() => json(404, { error: { code: 'unknown_connection' } })(_request, response), 400)
  const { client } = await nango(slow, { limits: { headersMs: 100, callMs: 5_000 } })
  expect((await errorOf(client.listIntegrations())).code).toBe('nango.timeout')
  const key = { connectionId: 'c', providerConfigKey: 'k' }
  expect((await errorOf(client.getConnection({ ...key, forceRefresh: true }))).code).toBe('nango.not_found')
  const input = {
    mode: 'API_KEY',
    integrationId: 'i',
    token: new Secret('t'.repeat(40)),
    params: {},
    credentials: { apiKey: 'k' },
  } as const
  expect((await errorOf(client.submitCredentials(input))).code).toBe('nango.not_found')
})

test.each(['null', '7', '"text"', 'true'])('JSON that is no object, such as %s, is not understood', async (body) => {
  const { client } = await nango((_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body))
  expect((await errorOf(client.listIntegrations())).code).toBe('nango.protocol')
  expect((await errorOf(client.getIntegration('i'))).code).toBe('nango.protocol')
})
