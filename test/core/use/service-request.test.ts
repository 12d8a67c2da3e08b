import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '#core/caller'
import type { Connection } from '#shared/contract/connections'
import { connectToService, inJson, type LocalService, startLocalService } from '#test/helpers/local-service'
import { eventually } from '#test/helpers/make-core'
import { useNangoWorld } from '#test/helpers/nango-world'

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

const request = (params: object = {}, caller?: Caller) => {
  const api = caller === undefined ? world.core.cli : world.core.as(caller)
  return api.connections.request({ connectionId: connection.handle, path: '/items', ...params })
}

describe('a call', () => {
  test('reaches the service with the credential, and its answer comes back without what is not for the caller', async () => {
    service.answer = inJson({ items: [1, 'ü'] }, 201, { 'x-total': '2', 'set-cookie': 'a=b', link: '</x>; rel="self"' })
    const answer = await request({ path: '/items/ü?limit=2', query: { q: 'a b', tag: ['x', 'y'] }, headers: { 'X-Trace': 't' } })
    expect(answer).toMatchObject({ status: 201, body: { items: [1, 'ü'] }, bodyIs: 'json', pages: 1, hasMore: false, retries: 0 })
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'x-total': '2' })
    expect(Object.keys(answer.headers).filter((name) => /cookie|ratelimit|access-control|connection|content-length/.test(name))).toEqual([])
    const [seen] = service.seen
    expect(seen).toMatchObject({ method: 'GET', url: '/api/items/%C3%BC?limit=2&q=a%20b&tag=x&tag=y', body: '' })
    expect(seen?.headers).toMatchObject({ authorization: 'Bearer key-of-n-1-0123456789', 'x-trace': 't' })
  })

  test('takes no header that names another credential, host, way or method', async () => {
    const headers = Object.fromEntries(
      [
        'Authorization',
        'Proxy-Authorization',
        'Cookie',
        'Host',
        'X-HTTP-Method-Override',
        'X-HTTP-Method',
        'X-Method-Override',
        'X-Original-URL',
        'X-Rewrite-URL',
        'X-Forwarded-Host',
        'X-Api-Key',
        'Base-Url-Override',
        'Connection-Id',
        'Provider-Config-Key',
        'Nango-Proxy-Authorization',
        'Transfer-Encoding',
      ].map((name) => [name, 'evil']),
    )
    await request({ headers })
    expect(Object.values(service.seen[0]?.headers ?? {})).not.toContain('evil')
  })

  test.each<[string, unknown, Record<string, string>, string, string]>([
    ['an object', { a: [1] }, {}, 'application/json', '{"a":[1]}'],
    ['a list', [1, null], {}, 'application/json', '[1,null]'],
    ['text', 'plain ü', {}, 'text/plain; charset=utf-8', 'plain ü'],
    ['a form', 'a=1&b=2', { 'Content-Type': 'application/x-www-form-urlencoded' }, 'application/x-www-form-urlencoded', 'a=1&b=2'],
    ['a bare value', 7, {}, 'application/json', '7'],
  ])('carries %s as it is', async (_name, body, headers, type, text) => {
    await request({ method: 'POST', body, headers })
    expect(service.seen[0]).toMatchObject({ method: 'POST', body: text, headers: { 'content-type': type } })
  })

  test('without a body has none; one that only reads may not have any', async () => {
    await request({ method: 'DELETE' })
    expect(service.seen[0]?.headers['content-type']).toBeUndefined()
    await expect(request({ body: { a: 1 } })).rejects.toMatchObject({ code: 'request.invalid' })
    expect(service.seen).toHaveLength(1)
  })

  test.each(['/../connections', '//evil.test', '/a/%2e%2e/b', '/a%2fb', 'https://evil.test/', '/a#b'])(
    'to %s is refused before anything is sent',
    async (path) => {
      await expect(request({ path })).rejects.toMatchObject({ code: 'request.invalid' })
      expect(service.seen).toEqual([])
    },
  )
})

describe('an answer', () => {
  test('that is unhappy is the service’s own', async () => {
    service.answer = inJson({ message: 'Not Found' }, 404)
    expect(await request()).toMatchObject({ status: 404, body: { message: 'Not Found' } })
  })

  test('of more than 8 MiB is an error of its own', async () => {
    service.answer = (_request, response) => response.end('x'.repeat(8_400_000))
    await expect(request()).rejects.toMatchObject({ code: 'request.result_too_large' })
  })

  test('that never comes ends at the deadline; a service that is gone is told apart', async () => {
    service.answer = () => {}
    await expect(request({ timeoutSeconds: 1 })).rejects.toMatchObject({ code: 'nango.timeout' })
    service.answer = (message) => message.socket.destroy()
    await expect(request()).rejects.toMatchObject({ code: 'provider.unreachable' })
  })
})

describe('a call is made again', () => {
  test('as often as asked, after the time that the service names, where it may be repeated', async () => {
    let turn = 0
    service.answer = (message, response) => {
      turn += 1
      inJson({ turn }, turn === 1 ? 429 : 200, { 'retry-after': '1' })(message, response)
    }
    expect(await request({ retries: 2 })).toMatchObject({ status: 200, body: { turn: 2 }, retries: 1 })
  })

  test.each<[string, object, Record<string, string>, number]>([
    ['no repeats are asked for', {}, { 'retry-after': '1' }, 503],
    ['the service names no time', { retries: 3 }, {}, 503],
    ['it is another trouble', { retries: 3 }, { 'retry-after': '1' }, 500],
    ['it changes something', { retries: 3, method: 'POST' }, { 'retry-after': '1' }, 503],
    ['the time would not be enough', { retries: 3, timeoutSeconds: 5 }, { 'retry-after': '6' }, 429],
  ])('not where %s', async (_name, params, headers, status) => {
    service.answer = inJson({}, status, headers)
    expect(await request(params)).toMatchObject({ status, retries: 0 })
    expect(service.seen).toHaveLength(1)
  })
})

describe('pages', () => {
  const pageOf = (url: string): number => Number(new URL(url, 'http://x').searchParams.get('page') ?? '1')
  const linked =
    (next: (page: number) => string, last = 3) =>
    (): void => {
      service.answer = (message, response) => {
        const page = pageOf(message.url ?? '')
        const link = page < last ? `<${service.url}/api/other>; rel=prev, <${next(page + 1)}>; rel="next last"` : ''
        inJson([`item-${page}`], 200, link === '' ? {} : { link })(message, response)
      }
    }

  test('are followed as the service links them, and their lists joined', async () => {
    linked((page) => `${service.url}/api/items?page=${page}`)()
    expect(await request({ maxPages: 10 })).toMatchObject({ body: ['item-1', 'item-2', 'item-3'], pages: 3, hasMore: false })
    expect(await request({ maxPages: 2 })).toMatchObject({ body: ['item-1', 'item-2'], pages: 2, hasMore: true })
    expect(await request()).toMatchObject({ body: ['item-1'], pages: 1, hasMore: false })
  })

  test.each<[string, (page: number) => string]>([
    ['another server', (page) => `http://127.0.0.1:1/api/items?page=${page}`],
    ['another place of the server', (page) => `${service.url}/admin/items?page=${page}`],
    ['a place above', (page) => `${service.url}/api/../admin?page=${page}`],
    ['an encoded place', (page) => `${service.url}/api/%2e%2e%2fadmin?page=${page}`],
    ['the page itself', () => `${service.url}/api/items`],
  ])('that lead to %s are not followed', async (_name, next) => {
    linked(next)()
    expect(await request({ maxPages: 10 })).toMatchObject({ body: ['item-1'], pages: 1, hasMore: true })
    expect(service.seen).toHaveLength(1)
  })
})

describe('a connection', () => {
  test('that is still being made, or whose access has ended, is not used', async () => {
    const { connectionId } = await world.core.cli.connect.start({ connectorId: 'github', label: 'Open', open: false })
    await expect(world.core.cli.connections.request({ connectionId, path: '/user' })).rejects.toMatchObject({
      code: 'connection.not_usable',
      data: { status: 'pending', handle: 'github/open' },
    })
  })
})

test('a program that hangs up ends its call', async () => {
  service.answer = () => {}
  const gone = new Set<() => void>()
  const caller: Caller = {
    kind: 'cli',
    isTrusted: true,
    terminal: null,
    onGone: (listener) => {
      gone.add(listener)
      return () => void gone.delete(listener)
    },
  }
  const call = request({}, caller)
  await eventually(() => service.seen.length === 1)
  for (const listener of gone) listener()
  await expect(call).rejects.toMatchObject({ code: 'request.cancelled' })
  expect(gone.size).toBe(0)
})
