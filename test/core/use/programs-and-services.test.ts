import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Connection } from '#shared/contract/connections'
import { connectToService, inJson, type LocalService, startLocalService } from '#test/helpers/local-service'
import { eventually } from '#test/helpers/make-core'
import { useNangoWorld } from '#test/helpers/nango-world'
import { pairProgram, type Wish } from '#test/helpers/paired-program'

const world = useNangoWorld()
let service: LocalService
let connection: Connection
beforeAll(async () => {
  service = await startLocalService()
})
afterAll(() => service.stop())
beforeEach(async () => {
  service.seen.length = 0
  service.answer = inJson({})
  connection = await connectToService(world, service)
})

const pair = (wish: Wish = {}) =>
  pairProgram(world.core, { verbs: ['request'], connections: { kind: 'some', connectionIds: [connection.handle] }, ...wish })

test('rules of a grant hold for the path as it reaches the service, however it is written, and for every page', async () => {
  const rules = [{ methods: ['GET' as const], path: '/items/**' }]
  const { api } = await pair({ limits: { rules, callsPerMinute: 6 } })
  const request = (path: string, more: object = {}) => api.connections.request({ connectionId: connection.handle, path, ...more })
  for (const path of ['/items/1', '/items/%31', '/items/a%2Cb?x=../other']) expect(await request(path)).toMatchObject({ status: 200 })
  expect(service.seen.map(({ url }) => url)).toEqual(['/api/items/1', '/api/items/1', '/api/items/a%2Cb?x=../other'])
  for (const path of ['/other', '/itemsx/1', '/%69tem/1', '/items%3F/1'])
    await expect(request(path)).rejects.toMatchObject({ code: 'automation.denied' })
  await expect(request('/items/1', { method: 'DELETE' })).rejects.toMatchObject({ code: 'automation.denied' })
  for (const path of [
    '/items/../other',
    '/items/%2e%2e/other',
    '/items/..;/other',
    '/items//../other',
    '/items/%2e%2e%2fother',
    '/items/a\\..\\..\\other',
  ])
    await expect(request(path)).rejects.toMatchObject({ code: 'request.invalid' })
  expect(service.seen).toHaveLength(3)
  service.answer = (message, response) => {
    const isFirst = message.url === '/api/items/list'
    inJson([message.url], 200, isFirst ? { link: `<${service.url}/api/other?page=2>; rel=next` } : {})(message, response)
  }
  await expect(request('/items/list', { maxPages: 3 })).rejects.toMatchObject({ code: 'automation.denied' })
  service.answer = (message, response) => {
    const isFirst = message.url === '/api/items/list'
    inJson([message.url], 200, isFirst ? { link: `<${service.url}/api/items/list/2>; rel=next` } : {})(message, response)
  }
  // The fifth and the sixth call of this minute; there is none left for another.
  expect(await request('/items/list', { maxPages: 3 })).toMatchObject({ pages: 2, body: ['/api/items/list', '/api/items/list/2'] })
  await expect(request('/items/1')).rejects.toMatchObject({ code: 'automation.rate_limited' })
})

test.each([
  ['its grant is taken back', 'automation.denied', (grantId: string) => world.core.ui.grants.revoke({ grantId })],
  ['all programs are paused', 'automation.paused', () => world.core.ui.grants.pause({})],
])('an answer that is read in pieces ends when %s', async (_name, code, end) => {
  let isClosed = false
  service.answer = (message, response) => {
    message.socket.once('close', () => (isClosed = true))
    response.write('the beginning')
  }
  const { api, grantId } = await pair()
  const { streamId } = await api.connections.request({ connectionId: connection.handle, path: '/file', stream: true })
  const id = streamId ?? ''
  expect(await api.connections.readBody({ streamId: id })).toMatchObject({ isLast: false })
  const waiting = api.connections.readBody({ streamId: id })
  waiting.catch(() => {})
  await end(grantId)
  await expect(waiting).rejects.toMatchObject({ code })
  await expect(api.connections.readBody({ streamId: id })).rejects.toMatchObject({ code: 'stream.not_found' })
  await eventually(() => isClosed)
})

test('a program may send a body in pieces only while a grant lets it make calls', async () => {
  const onlyReads = await pair({ verbs: ['read'] })
  await expect(onlyReads.api.connections.openBody({})).rejects.toMatchObject({ code: 'automation.denied' })
  const { api, grantId } = await pair()
  const { streamId } = await api.connections.openBody({})
  const answer = api.connections.request({ connectionId: connection.handle, path: '/file', method: 'PUT', bodyStreamId: streamId })
  await api.connections.sendBody({ streamId, data: 'AAAA', isLast: true })
  expect(await answer).toMatchObject({ status: 200 })
  const { streamId: waiting } = await api.connections.openBody({})
  await world.core.ui.grants.revoke({ grantId })
  await expect(api.connections.sendBody({ streamId: waiting, data: 'AAAA' })).rejects.toMatchObject({ code: 'stream.not_found' })
  await expect(api.connections.openBody({})).rejects.toMatchObject({ code: 'automation.denied' })
})

test('a program holds a credential only where its grant says so, and never over the socket for MCP', async () => {
  const connectionId = connection.handle
  const { caller, api } = await pair({ verbs: ['request', 'secret'] })
  expect(await api.connections.getCredentials({ connectionId })).toMatchObject({ token: 'key-of-n-1-0123456789', authMode: 'API_KEY' })
  const overMcp = world.core.as({ ...caller, via: 'mcp' })
  await expect(overMcp.connections.getCredentials({ connectionId })).rejects.toMatchObject({ code: 'automation.denied' })
  const { api: other } = await pair()
  await expect(other.connections.getCredentials({ connectionId })).rejects.toMatchObject({ code: 'automation.denied' })
})
