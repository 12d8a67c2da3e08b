import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createHttp, type Http, type HttpOptions } from '#core/http'
import { HttpFailure } from '#core/http-failure'
import { isNestedDeeperThan, parseForeignJson } from '#core/http-json'
import { SILENT_LOG } from '#core/log'
import { makeCertificates, startProxy, startServer, startTlsServer, type LocalServer } from '#test/core/nango/local-servers'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close()
})

const keep = <T extends { close(): unknown }>(thing: T): T => {
  opened.push(thing)
  return thing
}

const makeHttp = (options: Partial<HttpOptions> = {}): Http =>
  keep(createHttp({ environment: {}, log: SILENT_LOG, now: Date.now, ...options }))

const serve = async (handler: Parameters<typeof startServer>[0]): Promise<LocalServer> => keep(await startServer(handler))

const failureOf = async (call: Promise<unknown>): Promise<HttpFailure> => {
  const outcome = await call.then(
    () => null,
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(HttpFailure)
  return outcome as HttpFailure
}

describe('a call', () => {
  test('brings status, headers and body, and keeps its connection for the next one', async () => {
    const ports = new Set<number | undefined>()
    const server = await serve((request, response) => {
      ports.add(request.socket.remotePort)
      response.writeHead(207, { 'x-a': 'b' }).end('body')
    })
    const http = makeHttp()
    const reply = await http.request({ method: 'GET', url: `${server.url}/x` })
    await http.request({ method: 'GET', url: `${server.url}/x` })
    expect([reply.status, reply.headers['x-a'], reply.body.toString()]).toEqual([207, 'b', 'body'])
    expect(ports.size).toBe(1)
  })

  test('does not follow redirects', async () => {
    let calls = 0
    const server = await serve((_request, response) => {
      calls++
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    expect((await makeHttp().request({ method: 'GET', url: server.url })).status).toBe(302)
    expect(calls).toBe(1)
  })

  test('reads at most its limit of an endless body and ends the connection', async () => {
    let sent = 0
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const server = await serve((_request, response) => {
      const chunk = Buffer.alloc(65_536, 'x')
      const write = (): void => {
        while (!response.destroyed && sent < 2 ** 31) {
          sent += chunk.length
          if (!response.write(chunk)) return void response.once('drain', write)
        }
      }
      response.on('close', resolve)
      response.writeHead(200)
      write()
    })
    expect((await failureOf(makeHttp().request({ method: 'GET', url: server.url }))).kind).toBe('too_large')
    await closed
    expect(sent).toBeLessThan(64 * 1_048_576)
  })

  test('refuses a body that announces 2 GB without reading it', async () => {
    const server = await serve((_request, response) => void response.writeHead(200, { 'content-length': String(2 ** 31) }).write('x'))
    const failure = await failureOf(makeHttp().request({ method: 'GET', url: server.url }))
    expect([failure.kind, failure.reason]).toEqual(['too_large', 'content_length'])
  })

  test('counts the decompressed bytes of a compressed body', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576))
    const server = await serve((_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb))
    expect(bomb.length).toBeLessThan(100_000)
    expect((await failureOf(makeHttp().request({ method: 'GET', url: server.url }))).kind).toBe('too_large')
  })

  test('unpacks a compressed body', async () => {
    const server = await serve((_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('hello')))
    expect((await makeHttp().request({ method: 'GET', url: server.url })).body.toString()).toBe('hello')
  })

  test('gives up at its deadline when nothing comes, and when the body stalls', async () => {
    const silent = await serve(() => {})
    const stalling = await serve((_request, response) => void response.writeHead(200, { 'content-length': '10' }).write('12345'))
    for (const server of [silent, stalling]) {
      const failure = await failureOf(makeHttp().request({ method: 'GET', url: server.url, timeoutMs: 150 }))
      expect([failure.kind, failure.reason]).toEqual(['timeout', 'call_deadline'])
    }
  })

  test('gives up when no headers come in time, however long the call may last', async () => {
    const silent = await serve(() => {})
    const http = makeHttp({ limits: { headersMs: 100 } })
    expect((await failureOf(http.request({ method: 'GET', url: silent.url }))).reason).toBe('headers_deadline')
    const slow = await serve((_request, response) => void setTimeout(() => response.end('late'), 200))
    expect((await http.request({ method: 'GET', url: slow.url, headersTimeoutMs: 5_000 })).body.toString()).toBe('late')
  })

  test('gives up when the body stops coming, not while pieces of it come', async () => {
    const http = makeHttp({ limits: { idleBodyMs: 150 } })
    const pieces = await serve((_request, response) => {
      let left = 6
      const timer = setInterval(() => {
        response.write('x')
        if (--left === 0) {
          clearInterval(timer)
          response.end()
        }
      }, 50)
    })
    expect((await http.request({ method: 'GET', url: pieces.url })).body.toString()).toBe('xxxxxx')
    const stalling = await serve((_request, response) => void response.writeHead(200, { 'content-length': '10' }).write('12345'))
    expect((await failureOf(http.request({ method: 'GET', url: stalling.url }))).reason).toBe('idle_body')
  })

  test('opens a new connection once the kept ones were dropped', async () => {
    const ports = new Set<number | undefined>()
    const server = await serve((request, response) => {
      ports.add(request.socket.remotePort)
      response.end('x')
    })
    const http = makeHttp()
    await http.request({ method: 'GET', url: server.url })
    http.dropIdle()
    await http.request({ method: 'GET', url: server.url })
    expect(ports.size).toBe(2)
  })

  test('gives up after 5 s when the TLS handshake never ends', { timeout: 15_000 }, async () => {
    const server = createServer((socket) => socket.on('error', () => {}))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const startedAt = performance.now()
    const port = typeof address === 'object' ? address?.port : 0
    const failure = await failureOf(makeHttp().request({ method: 'GET', url: `https://127.0.0.1:${port}` }))
    server.close()
    expect([failure.kind, failure.reason]).toEqual(['timeout', 'connect_deadline'])
    expect(performance.now() - startedAt).toBeLessThan(6_000)
  })

  test('ends at once when its caller gives up, before and during', async () => {
    const controller = new AbortController()
    const server = await serve(() => controller.abort())
    const http = makeHttp()
    const call = { method: 'GET', url: server.url, signal: controller.signal } as const
    expect((await failureOf(http.request(call))).kind).toBe('cancelled')
    expect((await failureOf(http.request(call))).kind).toBe('cancelled')
  })

  test('tells a closed port from a connection that broke off and from something that is not HTTP', async () => {
    const gone = await startServer(() => {})
    await gone.close()
    const breaking = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => response.destroy())
    })
    const talking = createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-server\r\n'))
    await new Promise<void>((resolve) => talking.listen(0, '127.0.0.1', resolve))
    const address = talking.address()
    const other = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    const kinds = await Promise.all(
      [gone.url, breaking.url, other].map(async (url) => (await failureOf(makeHttp().request({ method: 'GET', url }))).kind),
    )
    talking.close()
    expect(kinds).toEqual(['unreachable', 'interrupted', 'protocol'])
  })

  test('fails without naming header values or bodies', async () => {
    const failure = await failureOf(
      makeHttp().request({ method: 'POST', url: 'http://127.0.0.1:1/', headers: { authorization: 'Bearer canary\n' }, body: 'canary' }),
    )
    expect(`${failure.stack} ${JSON.stringify(failure)} ${String(failure.cause)}`).not.toContain('canary')
  })

  test('is refused once the way out is closed', async () => {
    const http = makeHttp()
    http.close()
    expect((await failureOf(http.request({ method: 'GET', url: 'http://127.0.0.1:1/' }))).kind).toBe('cancelled')
  })
})

describe('certificates', () => {
  let certificates: ReturnType<typeof makeCertificates>
  beforeAll(() => {
    certificates = makeCertificates()
  })
  const serveTls = async (): Promise<LocalServer> =>
    keep(await startTlsServer(certificates, (_request, response) => void response.end('tls')))

  test('an unknown authority is refused', async () => {
    const server = await serveTls()
    expect((await failureOf(makeHttp().request({ method: 'GET', url: server.url }))).kind).toBe('certificate')
  })

  test('a private authority given as PEM is trusted', async () => {
    const server = await serveTls()
    const http = makeHttp({ certificatePem: certificates.authorityPem })
    expect((await http.request({ method: 'GET', url: server.url })).body.toString()).toBe('tls')
  })

  test('a certificate for another name is refused although its authority is trusted', async () => {
    const server = await serveTls()
    const http = makeHttp({ certificatePem: certificates.authorityPem })
    const failure = await failureOf(http.request({ method: 'GET', url: server.url.replace('127.0.0.1', 'localhost') }))
    expect([failure.kind, failure.reason]).toEqual(['certificate', 'ERR_TLS_CERT_ALTNAME_INVALID'])
  })

  test('text that is no certificate fails as such', async () => {
    const failure = await failureOf(makeHttp({ certificatePem: 'nonsense' }).request({ method: 'GET', url: 'https://127.0.0.1:1' }))
    expect([failure.kind, failure.reason]).toEqual(['certificate', 'private_certificate_invalid'])
  })

  test('HTTPS_PROXY carries https calls in a tunnel, with the private authority', async () => {
    const server = await serveTls()
    const proxy = keep(await startProxy())
    const http = makeHttp({ certificatePem: certificates.authorityPem, environment: { HTTPS_PROXY: proxy.url } })
    expect((await http.request({ method: 'GET', url: server.url })).body.toString()).toBe('tls')
    expect(proxy.seen).toEqual([`127.0.0.1:${server.port}`])
  })
})

describe('the deadline of the connection', () => {
  test('does not count the time a server takes to answer, on any way there', async () => {
    const certificates = makeCertificates()
    const slow: Parameters<typeof startServer>[0] = (_request, response) => void setTimeout(() => response.end('late'), 500)
    const [plain, secure, proxy] = [await serve(slow), keep(await startTlsServer(certificates, slow)), keep(await startProxy())]
    const certificatePem = certificates.authorityPem
    const ways = [
      makeHttp({ certificatePem }),
      makeHttp({ certificatePem, environment: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url } }),
    ]
    for (const http of ways) {
      for (const { url } of [plain, secure, plain, secure]) {
        expect((await http.request({ method: 'GET', url, connectTimeoutMs: 300 })).body.toString()).toBe('late')
      }
    }
    expect(proxy.seen.length).toBeGreaterThanOrEqual(3)
  })
})

test('a proxy that never answers is given up at the deadline of the connection', async () => {
  const silent = createServer((socket) => socket.on('error', () => {}))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  const http = makeHttp({ environment: { HTTPS_PROXY: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}` } })
  const failure = await failureOf(http.request({ method: 'GET', url: 'https://nango.example', connectTimeoutMs: 200 }))
  silent.close()
  expect([failure.kind, failure.reason]).toEqual(['timeout', 'connect_deadline'])
})

describe('proxies', () => {
  const serveText = (): Promise<LocalServer> => serve((_request, response) => void response.end('plain'))

  test('HTTP_PROXY carries http calls', async () => {
    const [server, proxy] = [await serveText(), keep(await startProxy())]
    const http = makeHttp({ environment: { http_proxy: proxy.url } })
    expect((await http.request({ method: 'GET', url: `${server.url}/a?b=c` })).body.toString()).toBe('plain')
    expect(proxy.seen).toEqual([`${server.url}/a?b=c`])
  })

  test('a proxy may be written without its scheme', async () => {
    const [server, proxy] = [await serveText(), keep(await startProxy())]
    const http = makeHttp({ environment: { HTTP_PROXY: `127.0.0.1:${proxy.port}` } })
    expect((await http.request({ method: 'GET', url: server.url })).body.toString()).toBe('plain')
    expect(proxy.seen).toEqual([`${server.url}/`])
  })

  test('NO_PROXY goes past the proxy', async () => {
    const [server, proxy] = [await serveText(), keep(await startProxy())]
    const http = makeHttp({ environment: { HTTP_PROXY: proxy.url, NO_PROXY: 'example.com,127.0.0.1' } })
    expect((await http.request({ method: 'GET', url: server.url })).body.toString()).toBe('plain')
    expect(proxy.seen).toEqual([])
  })

  test('a proxy that is down, and a proxy setting that is no address, are failures of the way', async () => {
    const server = await serveText()
    for (const HTTP_PROXY of ['http://127.0.0.1:1', 'not an address', 'socks5://127.0.0.1:1']) {
      const failure = await failureOf(makeHttp({ environment: { HTTP_PROXY } }).request({ method: 'GET', url: server.url }))
      expect(failure.kind).toBe('unreachable')
    }
  })
})

describe('JSON from outside', () => {
  test('is parsed up to 64 levels and not beyond', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
    expect(parseForeignJson(nested(64))).toBeDefined()
    expect(parseForeignJson(nested(65))).toBeUndefined()
    expect(parseForeignJson('{"a":'.repeat(200_000))).toBeUndefined()
  })

  test('does not count brackets within strings', () => {
    expect(isNestedDeeperThan(JSON.stringify({ a: '[[[["\\[{{' }), 1)).toBe(false)
  })

  test('is undefined where it is not JSON', () => {
    expect(parseForeignJson('{"half":')).toBeUndefined()
  })
})
