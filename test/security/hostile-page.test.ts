import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath } from '#test/installed-browser'
import { createSmallCore, type SmallCore } from '#test/transports/small-core'
import { type RunningWindow, startWindow } from '#test/transports/window-peer'
import { count } from '../reliability/seeded-random.ts'

const PATHS = ['/', '/health', '/open?token=x', '/rpc', '/assets/index-Aa11.js', '/auth-window/', '/auth-window/session', '/nothing']

/** What one attempt of the page brought it. */
interface Attempt {
  readonly what: string
  /** The page could read an answer, or a connection stood. */
  readonly gotThrough: boolean
}

/** Runs in the hostile page: every kind of request that a page can make to another place. */
const attack = async (targets: readonly string[]): Promise<Attempt[]> => {
  const attempts: Attempt[] = []
  const note = (what: string, gotThrough: boolean): void => void attempts.push({ what, gotThrough })
  const rpc = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'settings.update', params: { theme: 'dark' } })
  const kinds: readonly (readonly [string, RequestInit])[] = [
    ['GET', {}],
    ['GET with credentials', { credentials: 'include' }],
    ['POST as text', { method: 'POST', body: rpc, headers: { 'content-type': 'text/plain' }, credentials: 'include' }],
    ['POST as JSON', { method: 'POST', body: rpc, headers: { 'content-type': 'application/json' }, credentials: 'include' }],
    ['PUT', { method: 'PUT', body: rpc }],
    ['DELETE', { method: 'DELETE' }],
  ]
  const loads = (name: 'img' | 'script' | 'iframe' | 'link' | 'video', address: string): Promise<boolean> =>
    new Promise((resolve) => {
      const element = document.createElement(name) as HTMLImageElement
      element.onload = () => resolve(name !== 'iframe' || (element as unknown as HTMLIFrameElement).contentDocument !== null)
      element.onerror = () => resolve(false)
      if (name === 'link') Object.assign(element, { rel: 'stylesheet', href: address })
      else element.src = address
      document.body.append(element)
      setTimeout(() => resolve(false), 400)
    })
  const socketOpens = (address: string, protocols: string[]): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = new WebSocket(address, protocols)
      socket.onopen = () => {
        socket.send(rpc)
        resolve(true)
      }
      socket.onerror = () => resolve(false)
    })
  const attackOne = async (target: string): Promise<void> => {
    for (const [name, init] of kinds) {
      note(
        `${name} ${target}`,
        await fetch(target, init).then(
          () => true,
          () => false,
        ),
      )
      const opaque = await fetch(target, {
        ...init,
        mode: 'no-cors',
        ...(init.method === 'PUT' || init.method === 'DELETE' ? { method: 'POST' } : {}),
        headers: {},
      }).then(
        (reply) => reply.type !== 'opaque',
        () => false,
      )
      note(`${name} without CORS ${target}`, opaque)
    }
    const embedded = await Promise.all((['img', 'script', 'iframe', 'link', 'video'] as const).map((name) => loads(name, target)))
    note(`embedded ${target}`, embedded.some(Boolean))
    // Chromium lets a refused WebSocket wait before the next one to the same place, so only where one could stand.
    if (target.endsWith('/rpc')) {
      note(`WebSocket ${target}`, await socketOpens(target.replace(/^http/, 'ws'), []))
      note(`WebSocket with a protocol ${target}`, await socketOpens(target.replace(/^http/, 'ws'), ['patchbay']))
    }
    const events = new EventSource(target, { withCredentials: true })
    note(
      `EventSource ${target}`,
      await new Promise((resolve) => {
        events.onopen = () => resolve(true)
        events.onerror = () => resolve(false)
      }),
    )
    events.close()
    navigator.sendBeacon(target, rpc)
  }
  await Promise.all(targets.map(attackOne))
  return attempts
}

/** Runs in the hostile page: a form that a click or a script sends, in a window of its own. */
const submitForm = (target: string): void => {
  const form = Object.assign(document.createElement('form'), { method: 'post', action: target, enctype: 'text/plain' })
  form.append(Object.assign(document.createElement('input'), { name: '{"method":"settings.update","x":"', value: '"}' }))
  document.body.append(form)
  form.submit()
}

describe.skipIf(chromiumPath() === null)('a hostile page in the browser of the person', () => {
  let core: SmallCore
  let window: RunningWindow
  let neighbour: Server
  let browser: Browser
  let context: BrowserContext
  let own: Page
  const asked: { readonly host: string; readonly cookie: string | undefined }[] = []

  const port = (): number => window.server.port
  const neighbourPort = (): number => (neighbour.address() as AddressInfo).port

  beforeAll(async () => {
    core = createSmallCore()
    window = await startWindow(core)
    neighbour = createServer((request: IncomingMessage, response) => {
      asked.push({ host: request.headers.host ?? '', cookie: request.headers.cookie })
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>evil</title><body>')
    })
    await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve))
    browser = await chromium.launch({
      executablePath: chromiumPath() ?? '',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--host-resolver-rules=MAP evil.test 127.0.0.1, MAP *.localhost 127.0.0.1',
        '--disable-features=LocalNetworkAccessChecks',
      ],
    })
    context = await browser.newContext()
    own = await context.newPage()
    // The window is open in the same browser, with its session.
    await own.goto(window.server.issueUrl())
    await own.waitForURL(`http://${window.host}/`)
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await window?.stop()
    neighbour?.closeAllConnections()
    await new Promise((resolve) => neighbour?.close(resolve))
  })

  test('whose name was turned to this computer gets 421 and nothing else, on every path', { timeout: 60_000 }, async () => {
    const page = await context.newPage()
    for (const name of ['evil.test', 'localhost', '127.0.0.1', `x.${window.host.split(':')[0]}`]) {
      for (const path of PATHS) {
        const answered = page.waitForResponse((reply) => reply.url().includes(`:${port()}${path}`), { timeout: 10_000 })
        // An answer without a body ends in the browser's own error page.
        await page.goto(`http://${name}:${port()}${path}`, { waitUntil: 'commit', timeout: 10_000 }).catch(() => {})
        const reply = await answered
        expect([name, path, reply.status(), reply.headers()['content-length'], reply.headers()['set-cookie']]).toEqual([
          name,
          path,
          421,
          '0',
          undefined,
        ])
      }
    }
    // Chromium does not answer when a page is closed while its error page arrives; the browser's end closes this one.
    expect(core.calls).toEqual([])
  })

  test('reaches nothing by any kind of request, even when it knows the name and the port', { timeout: 120_000 }, async () => {
    const page = await context.newPage()
    await page.goto(`http://evil.test:${neighbourPort()}/`)
    const before = core.calls.length
    const targets = [
      `http://${window.host}`,
      `http://${window.authHost}`,
      `http://127.0.0.1:${port()}`,
      `http://evil.test:${port()}`,
    ].flatMap((origin) => ['/', '/rpc', '/open?token=guess', '/auth-window/session'].map((path) => `${origin}${path}`))
    const attempts = await page.evaluate(attack, targets)
    count(
      `hostile page: ${attempts.length} attempts on ${targets.length} addresses, ${attempts.filter(({ gotThrough }) => gotThrough).length} got through`,
    )
    expect(attempts.filter(({ gotThrough }) => gotThrough)).toEqual([])
    expect(attempts.length).toBeGreaterThan(200)
    for (const target of targets) {
      const sent = await context.newPage()
      await sent.goto(`http://evil.test:${neighbourPort()}/`)
      const answered = sent.waitForResponse((reply) => reply.request().method() === 'POST')
      await sent.evaluate(submitForm, target)
      expect([403, 421]).toContain((await answered).status())
      await sent.close()
    }
    await page.close()
    expect(core.calls.slice(before)).toEqual([])
  })

  test('cannot frame the window, hold it by its opener, or guess the way in', async () => {
    const page = await context.newPage()
    await page.goto(`http://evil.test:${neighbourPort()}/`)
    const seen = await page.evaluate(async (address) => {
      const opened = globalThis.open(`${address}/`)
      await new Promise((resolve) => setTimeout(resolve, 500))
      try {
        return { isClosed: opened?.closed ?? true, location: String(opened?.location.href) }
      } catch (error) {
        return { isClosed: opened?.closed ?? true, location: error instanceof Error ? error.name : 'refused' }
      }
    }, `http://${window.host}`)
    // Cross-Origin-Opener-Policy cuts the handle: to the opener the window is closed, or not to be read.
    expect(seen.isClosed || seen.location === 'SecurityError').toBe(true)
    const guesses = await page.evaluate(async (address) => {
      let readable = 0
      for (let round = 0; round < 50; round += 1) {
        const tries = Array.from({ length: 20 }, (_, index) =>
          fetch(`${address}/open?token=${round}-${index}-${'a'.repeat(40)}`, { credentials: 'include' }),
        )
        for (const result of await Promise.allSettled(tries)) if (result.status === 'fulfilled') readable += 1
      }
      return readable
    }, `http://${window.host}`)
    expect(guesses).toBe(0)
    await page.close()
    expect(core.calls).toEqual([])
    // The window itself still works.
    expect((await own.reload())?.status()).toBe(200)
  })

  test('a server on the next port gets no cookie of the window', async () => {
    asked.length = 0
    const page = await context.newPage()
    for (const name of ['127.0.0.1', 'localhost', 'evil.test', 'other.localhost']) await page.goto(`http://${name}:${neighbourPort()}/`)
    await page.close()
    expect(asked.length).toBeGreaterThanOrEqual(4)
    expect(asked.filter(({ cookie }) => cookie !== undefined)).toEqual([])
    expect((await context.cookies()).map(({ httpOnly, sameSite, domain }) => ({ httpOnly, sameSite, domain }))).toEqual([
      { httpOnly: true, sameSite: 'Strict', domain: window.host.split(':')[0] },
    ])
  })

  test('the same attempts get through to a server that does not look, so they are worth something', async () => {
    const careless = createServer((_request, response) => {
      response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/html' }).end('<title>open</title>')
    })
    await new Promise<void>((resolve) => careless.listen(0, '127.0.0.1', resolve))
    const page = await context.newPage()
    await page.goto(`http://evil.test:${neighbourPort()}/`)
    const attempts = await page.evaluate(attack, [`http://127.0.0.1:${(careless.address() as AddressInfo).port}/`])
    await page.close()
    careless.closeAllConnections()
    careless.close()
    expect(attempts.filter(({ gotThrough }) => gotThrough).map(({ what }) => what.split(' http')[0])).toContain('GET')
  })
})
