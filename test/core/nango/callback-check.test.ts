import type { RequestListener } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { createHttp } from '#core/http'
import { SILENT_LOG } from '#core/log'
import { type CallbackFinding, checkCallback } from '#core/nango/callback-check'
import { startNangoStandIn } from '#core/sandbox/nango-stand-in'
import { inEnglish } from '#shared/sentence'
import { startServer } from './local-servers.ts'

const NANGO = 'https://nango.example.test'
const OWN = `${NANGO}/oauth/callback`

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

const makeVisit = (timeoutMs = 2_000) => {
  const http = createHttp({ environment: {}, log: SILENT_LOG, now: () => performance.now() })
  ends.push(() => http.close())
  return (url: string) => http.request({ method: 'GET', url, timeoutMs })
}

/** What is found at an address of one's own that answers so, with Nango elsewhere. */
const found = async (listener: RequestListener, timeoutMs?: number): Promise<CallbackFinding & { readonly heard: readonly string[] }> => {
  const heard: string[] = []
  const server = await startServer((request, response) => {
    heard.push(`${request.headers.authorization ?? 'no key'} ${request.url ?? ''}`)
    listener(request, response)
  })
  ends.push(() => server.close())
  return { ...(await checkCallback(makeVisit(timeoutMs), NANGO, `${server.url}/oauth/callback`)), heard }
}

const forwarding =
  (status: number, location: (query: string) => string): RequestListener =>
  (request, response) => {
    const query = request.url?.split('?')[1] ?? ''
    response.writeHead(status, { location: location(query) }).end()
  }

describe('a callback address', () => {
  test("of Nango is in order when Nango's own page answers", async () => {
    const nango = await startNangoStandIn()
    ends.push(() => nango.stop())
    const { summary, fix } = await checkCallback(makeVisit(), nango.url)
    expect([summary.key, fix]).toEqual(['test.callback', null])
  })

  test('of your own is in order when it answers 308 to Nango and keeps the whole query; no key is sent to it', async () => {
    const { summary, fix, heard } = await found(forwarding(308, (query) => `${OWN}?${query}`))
    expect([summary.key, fix]).toEqual(['test.callback-forwards', null])
    expect(heard).toEqual([expect.stringMatching(/^no key \/oauth\/callback\?code=patchbay-check&state=patchbay-[0-9a-f]{24}$/)])
  })

  test.each([
    ['keeps no query', forwarding(308, () => OWN), 'test.callback-query'],
    ['keeps the code alone', forwarding(308, (query) => `${OWN}?${query.split('&')[0]}`), 'test.callback-query'],
    ['answers 302', forwarding(302, (query) => `${OWN}?${query}`), 'test.callback-status'],
    ['leads elsewhere', forwarding(308, (query) => `https://evil.example.test/oauth/callback?${query}`), 'test.callback-elsewhere'],
    ['leads to another path', forwarding(308, (query) => `${NANGO}/callback?${query}`), 'test.callback-elsewhere'],
    ['leads nowhere', ((_request, response) => response.writeHead(308).end()) as RequestListener, 'test.callback-elsewhere'],
    [
      'shows a page of its own',
      ((_request, response) => response.end('<title>Shop</title>')) as RequestListener,
      'test.callback-not-nango',
    ],
    [
      'names its own address in a page',
      ((request, response) => response.end(`<title>Sign in</title><a href="/login?next=${request.url ?? ''}">`)) as RequestListener,
      'test.callback-not-nango',
    ],
  ])('of your own that %s is told, with what it has to answer', async (_how, listener, key) => {
    const { summary, fix } = await found(listener)
    expect(summary.key).toBe(key)
    expect(fix === null ? null : inEnglish(fix)).toBe(`Let it answer every request with 308 to ${OWN}, the whole query kept.`)
  })

  test('that never answers, or where nothing listens, is told apart', async () => {
    expect((await found(() => {}, 100)).summary.key).toBe('test.callback-silent')
    const gone = await startServer(() => {})
    await gone.close()
    const { summary, fix } = await checkCallback(makeVisit(), gone.url)
    expect([summary.key, fix?.key]).toEqual(['test.callback-nothing', 'test.callback-let-through'])
  })

  test.each(['nango', 'http://callback.example.test/x', 'https://a:b@callback.example.test/', 'https://callback.example.test/?a=1'])(
    'cannot be %s, which is asked nothing',
    async (address) => {
      const refuse = (): never => expect.fail('it was asked')
      expect((await checkCallback(refuse, NANGO, address)).summary.key).toBe('test.callback-unusable')
    },
  )
})
