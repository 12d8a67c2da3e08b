import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSmallCore, GOOD_TICKET, SESSION_TOKEN, type SmallCore } from '#test/transports/small-core'
import { startWindow, type RunningWindow } from '#test/transports/window-peer'
import { hostilePaths } from './path-corpus.ts'

let core: SmallCore
let window: RunningWindow
let clock = 0

beforeEach(async () => {
  core = createSmallCore()
  clock = 1000
  window = await startWindow(core, () => clock)
})
afterEach(() => window.stop())

const PATHS = ['/', '/health', '/open?token=x', '/rpc', '/assets/index-Aa11.js', '/nothing', '/auth-window/', '/auth-window/session']

describe('the Host of a request', () => {
  test('every other name gets 421 with nothing in it, on every path', async () => {
    const { port } = window.server
    const [label = ''] = window.host.split('.')
    const foreign = [
      'localhost',
      `localhost:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port}`,
      `0.0.0.0:${port}`,
      `[::1]:${port}`,
      'evil.test',
      `evil.test:${port}`,
      `${window.host}.evil.test`,
      `${label}.localhost`,
      `${label}.localhost:${port + 1}`,
      `${label}.localhost.:${port}`,
      window.host.toUpperCase(),
      `x${window.host}`,
      ` ${window.host}x`,
      '',
    ]
    const cookie = await window.openSession()
    for (const host of foreign) {
      for (const path of PATHS) {
        const { status, body, headers } = await window.ask(path, { headers: { Host: host, Cookie: cookie } })
        expect([host, path, status, body]).toEqual([host, path, 421, ''])
        expect(Object.keys(headers).toSorted()).toEqual(['connection', 'content-length'])
      }
    }
    expect(core.calls).toEqual([])
  })

  test.each([
    ['no Host at all', (host: string) => `GET / HTTP/1.1\r\nX-Other: ${host}\r\n\r\n`],
    ['two Hosts', (host: string) => `GET /health HTTP/1.1\r\nHost: ${host}\r\nHost: ${host}\r\n\r\n`],
    ['the right one after a foreign one', (host: string) => `GET /health HTTP/1.1\r\nHost: evil.test\r\nHost: ${host}\r\n\r\n`],
    ['an absolute address', (host: string) => `GET http://${host}/health HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
    ['a foreign absolute address', (host: string) => `GET http://evil.test/health HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
    ['an asterisk', (host: string) => `OPTIONS * HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
    ['HTTP/1.0 without a Host', () => 'GET /health HTTP/1.0\r\n\r\n'],
    ['a forwarded right Host', (host: string) => `GET /health HTTP/1.1\r\nHost: evil.test\r\nX-Forwarded-Host: ${host}\r\n\r\n`],
    [
      'a body that waits for a go',
      () => 'POST /auth-window/session HTTP/1.1\r\nHost: evil.test\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n',
    ],
  ])('%s gets 421', async (_name, bytes) => {
    const answer = await window.askRaw(bytes(window.host))
    expect(answer).toMatch(/^HTTP\/1\.1 421 /)
    expect(answer.split('\r\n\r\n')[1]).toBe('')
    expect(answer).not.toMatch(/Server:|Set-Cookie:|Content-Security-Policy:|100 Continue/i)
  })

  test.each(['GET / HTTP/9\r\n\r\n', '\0\0\0\0', 'GET /\r\n\r\n', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`])(
    'bytes that are no request are hung up on (%#)',
    async (bytes) => {
      expect(await window.askRaw(bytes)).toMatch(/^(?:HTTP\/1\.1 4\d\d |$)/)
      expect((await window.ask('/health')).status).toBe(200)
    },
  )

  test('CONNECT goes nowhere', async () => {
    expect(await window.askRaw(`CONNECT ${window.host} HTTP/1.1\r\nHost: ${window.host}\r\n\r\n`)).toBe('')
  })
})

describe('the Origin and the session', () => {
  test('every other Origin gets 403, also with the session', async () => {
    const cookie = await window.openSession()
    const foreign = [
      'null',
      'http://evil.test',
      `https://${window.host}`,
      `http://${window.host}/`,
      `http://${window.authHost}`,
      'http://127.0.0.1',
      'file://',
      '',
    ]
    for (const origin of foreign) {
      for (const path of PATHS) {
        const { status, headers } = await window.ask(path, { headers: { Origin: origin, Cookie: cookie } })
        expect([origin, path, status]).toEqual([origin, path, 403])
        expect(Object.keys(headers).some((name) => name.startsWith('access-control-'))).toBe(false)
      }
    }
  })

  test('a second Origin gets 403 even if both are right', async () => {
    const origin = `Origin: http://${window.host}\r\n`
    expect(await window.askRaw(`GET /health HTTP/1.1\r\nHost: ${window.host}\r\n${origin}${origin}\r\n`)).toMatch(/^HTTP\/1\.1 403 /)
  })

  test('nothing but health and the opening is there without the session', async () => {
    expect((await window.ask('/health')).body).toBe('{"status":"ok"}')
    const name = (await window.openSession()).split('=')[0] ?? ''
    const cookies = ['', `${name}=`, `${name}=x`, `${name.toUpperCase()}=${'A'.repeat(43)}`, 'patchbay=x', `${name}`]
    for (const cookie of cookies) {
      for (const path of ['/', '/index.html', '/rpc', '/assets/index-Aa11.js', '/nothing']) {
        expect([cookie, (await window.ask(path, { headers: { Cookie: cookie } })).status]).toEqual([cookie, 403])
      }
    }
  })

  test('two session cookies are none', async () => {
    const cookie = await window.openSession()
    expect((await window.ask('/', { headers: { Cookie: cookie } })).status).toBe(200)
    expect((await window.ask('/', { headers: { Cookie: `${cookie}; ${cookie}` } })).status).toBe(403)
  })

  test('the session of one host opens no other', async () => {
    const other = await startWindow(createSmallCore())
    try {
      const cookie = await other.openSession()
      expect((await window.ask('/', { headers: { Cookie: cookie } })).status).toBe(403)
      expect(cookie.split('=')[0]).not.toBe((await window.openSession()).split('=')[0])
    } finally {
      await other.stop()
    }
  })

  test('only reading is understood, whatever a header pretends', async () => {
    const cookie = await window.openSession()
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      const { status } = await window.ask('/', { method, headers: { Cookie: cookie, 'X-HTTP-Method-Override': 'GET' } })
      expect([method, status]).toEqual([method, 405])
    }
  })
})

describe('the one-time token', () => {
  const open = (url: string) => {
    const { pathname, search } = new URL(url)
    return window.ask(`${pathname}${search}`)
  }

  test('it opens one session, with a cookie that scripts and other sites cannot use, and goes on by a refresh', async () => {
    const url = window.server.issueUrl()
    const { status, headers, body } = await open(url)
    expect(status).toBe(200)
    expect(headers['set-cookie']?.[0]).toMatch(/^patchbay-[0-9a-f]{16}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(body).toContain('<meta http-equiv="refresh" content="0;url=/">')
    expect(body).not.toContain(new URL(url).searchParams.get('token'))
    expect((await open(url)).status).toBe(403)
    expect((await open(url)).headers['set-cookie']).toBeUndefined()
  })

  test('it dies after 60 s', async () => {
    const [inTime, late] = [window.server.issueUrl(), window.server.issueUrl()]
    clock += 60_000
    expect((await open(inTime)).status).toBe(200)
    clock += 1
    expect((await open(late)).status).toBe(403)
  })

  test.each([
    '/open',
    '/open?token=',
    '/open?token=x',
    '/open?token=%00',
    '/open?token=%',
    '/open?Token=x',
    `/open?token=${'A'.repeat(10_000)}`,
  ])('%s opens nothing', async (path) => {
    expect((await window.ask(path)).status).toBe(403)
  })

  test('a token in another method or place opens nothing and stays good', async () => {
    const url = new URL(window.server.issueUrl())
    expect((await window.ask('/open', { method: 'POST', body: `token=${url.searchParams.get('token')}` })).status).toBe(403)
    expect((await window.ask(`/${url.search}`)).status).toBe(403)
    expect((await open(url.href)).status).toBe(200)
  })
})

describe('files', () => {
  test('each page is what was built, with a policy that names nothing but itself', async () => {
    const cookie = await window.openSession()
    const { status, headers, body } = await window.ask('/', { headers: { Cookie: cookie } })
    expect([status, body]).toEqual([200, expect.stringContaining('index-Aa11.js')])
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self' ws://${window.host}; ` +
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    )
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    expect(headers).not.toHaveProperty('server')
  })

  test('what is not a key of the map is not there', async () => {
    const cookie = await window.openSession()
    const paths = [...hostilePaths('/assets/index-Aa11.js'), '/auth-window/index.html', '/auth-window/']
    for (const path of paths) {
      const answer = await window.askRaw(
        `GET ${Buffer.from(path).toString('latin1')} HTTP/1.1\r\nHost: ${window.host}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
      )
      // Bytes that make no request line get no further than the parser.
      const isRequest = /^[\x21-\x7e]{1,10001}$/.test(path)
      const expected = isRequest ? ['HTTP/1.1 404', 'There is nothing here.\n'] : [expect.stringMatching(/^HTTP\/1\.1 4(?:00|31)$/), '']
      expect([path, answer.slice(0, 12), answer.split('\r\n\r\n')[1]]).toEqual([path, ...expected])
    }
  })
})

describe('the sign-in page', () => {
  const at = (path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) =>
    window.ask(path, { ...options, headers: { Host: window.authHost, ...options.headers } })
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    at(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { Origin: `http://${window.authHost}`, 'Content-Type': 'application/json', ...headers },
    })

  test('its name serves the page and what the page needs, and nothing of the window', async () => {
    for (const path of ['/auth-window/', '/assets/auth-window-Bb22.js', '/assets/shared-Cc33.js', '/assets/late-Dd44.js']) {
      expect([path, (await at(path)).status]).toEqual([path, 200])
    }
    const cookie = await window.openSession()
    for (const path of [
      '/',
      '/index.html',
      '/assets/index-Aa11.js',
      '/assets/index-Ee55.css',
      '/rpc',
      '/health',
      '/open',
      '/auth-window',
    ]) {
      expect([path, (await at(path, { headers: { Cookie: cookie } })).status]).toEqual([path, 404])
    }
  })

  test('its policy names the Nango servers of the profiles, and its popup can be seen', async () => {
    const { headers } = await at('/auth-window/')
    expect(headers['content-security-policy']).toContain(
      "connect-src 'self' http://127.0.0.1:3003 ws://127.0.0.1:3003; frame-src http://127.0.0.1:3003;",
    )
    expect(headers['cross-origin-opener-policy']).toBe('same-origin-allow-popups')
  })

  test('a ticket is traded once', async () => {
    const { status, headers, body } = await post('/auth-window/session', { ticket: GOOD_TICKET })
    expect([status, JSON.parse(body)]).toEqual([
      200,
      {
        connectorName: 'GitHub',
        nangoHost: 'http://127.0.0.1:3003',
        websocketsPath: '/',
        integrationId: 'github',
        sessionToken: SESSION_TOKEN,
        params: { subdomain: 'acme' },
        connectUiUrl: null,
      },
    ])
    expect(headers['cache-control']).toBe('no-store')
    const again = await post('/auth-window/session', { ticket: GOOD_TICKET })
    expect([again.status, JSON.parse(again.body)]).toMatchObject([403, { error: { code: 'automation.denied' } }])
  })

  test('what the page saw reaches the core', async () => {
    const outcome = { kind: 'error', type: 'window_closed', message: 'closed' }
    expect((await post('/auth-window/outcome', { ticket: 't1', outcome })).status).toBe(200)
    expect(core.outcomes).toEqual([{ ticket: 't1', outcome }])
  })

  test.each([
    ['no Origin', { Origin: undefined }, 403],
    ["the window's Origin", { Origin: 'window' }, 403],
    ['a foreign Origin', { Origin: 'http://evil.test' }, 403],
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }, 400],
    ['plain text', { 'Content-Type': 'text/plain' }, 400],
  ])('%s trades nothing', async (_name, change, status) => {
    const headers: Record<string, string> = { Origin: `http://${window.authHost}`, 'Content-Type': 'application/json' }
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined) delete headers[name]
      else headers[name] = value === 'window' ? `http://${window.host}` : value
    }
    expect((await at('/auth-window/session', { method: 'POST', headers, body: JSON.stringify({ ticket: GOOD_TICKET }) })).status).toBe(
      status,
    )
    expect((await post('/auth-window/session', { ticket: GOOD_TICKET })).status).toBe(200)
  })

  test.each([
    ['not JSON', '{', 400],
    ['no ticket', {}, 400],
    ['a wrong outcome', { ticket: 't', outcome: { kind: 'else' } }, 400],
    ['too much', { ticket: 't', outcome: { kind: 'error', type: 't', message: 'x'.repeat(9000) } }, 413],
  ])('%s is refused', async (_name, body, status) => {
    expect((await post('/auth-window/outcome', body)).status).toBe(status)
    expect(core.outcomes).toEqual([])
  })
})

describe('slow clients', () => {
  test('500 of them do not keep a real one waiting, and are gone within 10 s', async () => {
    const slow = Array.from({ length: 500 }, () => {
      const socket = connect({ host: '127.0.0.1', port: window.server.port }, () => socket.write('GET / HT'))
      socket.on('error', () => {})
      return { socket, gone: new Promise<void>((resolve) => socket.once('close', () => resolve())) }
    })
    const started = performance.now()
    await Promise.all(slow.map(({ gone, socket }) => (socket.resume(), gone)))
    expect(performance.now() - started).toBeLessThan(10_000)
    expect((await window.ask('/health')).status).toBe(200)
  })
})
