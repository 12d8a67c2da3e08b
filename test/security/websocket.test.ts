import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createSmallCore, type SmallCore } from '#test/transports/small-core'
import { startWindow, windowClient, type RunningWindow } from '#test/transports/window-peer'

let core: SmallCore
let window: RunningWindow

beforeEach(async () => {
  core = createSmallCore()
  window = await startWindow(core)
})
afterEach(() => window.stop())

const upgrade = (lines: readonly string[], path = '/rpc'): Promise<string> =>
  window.askRaw(
    [
      `GET ${path} HTTP/1.1`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...lines,
      '',
      '',
    ].join('\r\n'),
  )

describe('who may open the WebSocket', () => {
  test('Host, Origin and session must all be right', async () => {
    const cookie = `Cookie: ${await window.openSession()}`
    const host = `Host: ${window.host}`
    const origin = `Origin: http://${window.host}`
    const cases: readonly (readonly [number, readonly string[], string?])[] = [
      [403, [host, origin]],
      [403, [host, cookie]],
      [403, [host, cookie, 'Origin: null']],
      [403, [host, cookie, 'Origin: http://evil.test']],
      [403, [host, cookie, `Origin: https://${window.host}`]],
      [403, [host, cookie, `Origin: http://127.0.0.1:${window.server.port}`]],
      [403, [host, cookie, `Origin: http://${window.authHost}`]],
      [403, [host, cookie, origin, origin]],
      [403, [host, origin, `${cookie}x`]],
      [421, [`Host: 127.0.0.1:${window.server.port}`, origin, cookie]],
      [421, ['Host: evil.test', 'Origin: http://evil.test', cookie]],
      [421, [host, host, origin, cookie]],
      [403, [`Host: ${window.authHost}`, `Origin: http://${window.authHost}`, cookie]],
      [404, [host, origin, cookie], '/other'],
      [404, [host, origin, cookie], '/rpc?x=1'],
    ]
    for (const [status, lines, path] of cases) {
      const answer = await upgrade(lines, path)
      expect([lines, answer.slice(0, 12)]).toEqual([lines, `HTTP/1.1 ${status}`])
    }
    expect(core.calls).toEqual([])
    expect(core.attention).toBe(0)
  })

  test('a page with all three is the window', async () => {
    const socket = await window.connect()
    expect(await windowClient(socket).call('settings.get', {})).toMatchObject({ ok: true })
    expect(core.calls).toEqual([{ caller: { kind: 'ui' }, method: 'settings.get' }])
    expect(core.attention).toBe(1)
    socket.terminate()
  })

  test('the window cannot become the command line', async () => {
    const socket = await window.connect()
    const client = windowClient(socket)
    expect(await client.call('system.approveTerminal', {})).toMatchObject({ ok: false, error: { code: 'automation.denied' } })
    expect(await client.call('events.subscribe', {})).toMatchObject({ ok: false, error: { code: 'automation.denied' } })
    expect(await client.call('window.open', {})).toMatchObject({ ok: false, error: { code: 'request.unknown_method' } })
    socket.terminate()
  })
})

describe('what a page may send', () => {
  test('bytes are refused', async () => {
    const socket = await window.connect()
    socket.send(Buffer.from('{}'))
    expect((await once(socket, 'close'))[0]).toBe(1003)
  })

  test('a frame beyond 1 MiB closes with "too big" before it is read', async () => {
    const socket = await window.connect()
    socket.send('x'.repeat(1_048_577))
    expect((await once(socket, 'close'))[0]).toBe(1009)
  })

  test('text that is not UTF-8 closes', async () => {
    const socket = await window.connect()
    socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false })
    expect((await once(socket, 'close'))[0]).toBe(1007)
  })

  test('a page that never reads loses its connection, another hears everything', async () => {
    const silent = await window.connect()
    silent.pause()
    const listening = windowClient(await window.connect())
    const closed = once(silent, 'close')
    const name = 'x'.repeat(1_000_000)
    let heard = 0
    let onHeard = (): void => {}
    listening.onChange(() => {
      heard += 1
      onHeard()
    })
    for (let index = 0; index < 100; index += 1) {
      const isHeard = new Promise<void>((resolve) => (onHeard = resolve))
      core.bus.publishChange({ type: 'profiles.changed', data: { profileId: name } })
      await isHeard
    }
    silent.resume()
    await closed
    expect(heard).toBe(100)
    listening.close()
  })

  test('the message about focus is no call and needs no answer', async () => {
    const socket = await window.connect()
    socket.send('{"jsonrpc":"2.0","method":"window.focused"}')
    expect(await windowClient(socket).call('settings.get', {})).toMatchObject({ ok: true })
    expect(core.attention).toBe(2)
    expect(core.calls.length).toBe(1)
    socket.terminate()
  })

  test('a stop closes the pages', async () => {
    const socket = await window.connect()
    const closed = once(socket, 'close')
    await window.server.stop()
    await closed
    expect(socket.readyState).toBe(WebSocket.CLOSED)
  })
})
