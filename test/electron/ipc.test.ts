import { describe, expect, it } from 'vitest'
import type { Caller } from '#core/caller'
import type { ChangeEvent } from '#shared/contract/contract'
import { createLog } from '#core/log'
import { assertWithinLimits, connectIpc, type IpcOptions } from '#electron/ipc'
import { CHANNELS } from '#shared/channels'
import { PatchbayError } from '#shared/errors'
import type { Reply } from '#shared/wire'
import { createFakeElectron } from '#test/helpers/fake-electron'
import { FakeFrame, fromPage } from '#test/helpers/fake-web-contents'

const setUp = () => {
  const fake = createFakeElectron()
  const window = new fake.BrowserWindow({})
  window.webContents.mainFrame.origin = 'patchbay://app'
  const calls: { caller: Caller; method: string; params: unknown }[] = []
  const lines: string[] = []
  const listeners = new Set<(event: ChangeEvent) => void>()
  let now = 0
  const core: IpcOptions['core'] = {
    dispatch: async (caller, method, params) => {
      calls.push({ caller, method, params })
      if (method === 'system.explode') throw new Error('disk full at secret-path')
      return { ok: true, value: { echoed: params } }
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  let contents: typeof window.webContents | null = window.webContents
  const stop = connectIpc({
    ipcMain: fake.modules.ipcMain,
    core,
    log: createLog('debug', (line) => lines.push(line)),
    monotonicNow: () => now,
    contents: () => contents as unknown as ReturnType<IpcOptions['contents']>,
  })
  const call = (event: object, ...args: unknown[]): Promise<Reply> => fake.ipcMain.invoke(event, CHANNELS.call, ...args) as Promise<Reply>
  return {
    fake,
    window,
    contents: window.webContents,
    calls,
    lines,
    call,
    stop,
    publish: (event: ChangeEvent) => {
      for (const listener of listeners) listener(event)
    },
    wait: (ms: number) => (now += ms),
    closeWindow: () => (contents = null),
  }
}

const codeOf = (reply: Reply): string => (reply.ok ? 'ok' : reply.error.code)

describe('a call from the window', () => {
  it('reaches the core as the caller ui, with its parameters', async () => {
    const { call, calls, contents } = setUp()
    expect(await call(fromPage(contents), 'connections.list', { limit: 3 })).toEqual({ ok: true, value: { echoed: { limit: 3 } } })
    expect(calls).toEqual([{ caller: { kind: 'ui' }, method: 'connections.list', params: { limit: 3 } }])
  })

  it('that goes wrong inside says nothing of the inside', async () => {
    const { call, contents } = setUp()
    const reply = await call(fromPage(contents), 'system.explode', {})
    expect(codeOf(reply)).toBe('internal')
    expect(JSON.stringify(reply)).not.toContain('secret-path')
  })
})

describe('a call from elsewhere is refused before the core sees it', () => {
  const refused: readonly [string, (context: ReturnType<typeof setUp>) => object][] = [
    [
      'a frame inside the page',
      ({ contents }) => {
        const frame = new FakeFrame('inner')
        frame.origin = 'patchbay://app'
        frame.parent = contents.mainFrame
        return fromPage(contents, frame)
      },
    ],
    ['a frame that is gone (null)', ({ contents }) => fromPage(contents, null)],
    [
      'a destroyed frame',
      ({ contents }) => {
        contents.mainFrame.destroyed = true
        return fromPage(contents)
      },
    ],
    [
      'a detached frame',
      ({ contents }) => {
        contents.mainFrame.detached = true
        return fromPage(contents)
      },
    ],
    [
      'a top frame that is not this page any more',
      ({ contents }) => {
        const frame = new FakeFrame('older')
        frame.origin = 'patchbay://app'
        return fromPage(contents, frame)
      },
    ],
    ...['patchbay://auth', 'https://example.com', 'null', 'file://', 'patchbay://app.evil', 'patchbay://app/'].map(
      (origin): [string, (context: ReturnType<typeof setUp>) => object] => [
        `the origin ${origin}`,
        ({ contents }) => {
          contents.mainFrame.origin = origin
          return fromPage(contents)
        },
      ],
    ),
    [
      'another window',
      ({ fake }) => {
        const other = new fake.BrowserWindow({})
        other.webContents.mainFrame.origin = 'patchbay://app'
        return fromPage(other.webContents)
      },
    ],
    ['another window that names our frame', ({ fake, contents }) => fromPage(new fake.BrowserWindow({}).webContents, contents.mainFrame)],
    [
      'a destroyed page',
      ({ contents }) => {
        contents.destroyed = true
        return fromPage(contents)
      },
    ],
    [
      'a window that was closed',
      ({ contents, closeWindow }) => {
        closeWindow()
        return fromPage(contents)
      },
    ],
  ]
  it.each(refused)('%s', async (_name, eventOf) => {
    const context = setUp()
    const reply = await context.call(eventOf(context), 'connections.list', {})
    expect(codeOf(reply)).toBe('automation.denied')
    expect(context.calls).toEqual([])
    expect(context.lines.join()).toContain('ipc.refused')
  })
})

describe('what a call may carry', () => {
  const nested = (depth: number): unknown => {
    let value: unknown = 1
    for (let level = 1; level < depth; level += 1) value = { inner: value }
    return value
  }
  it.each<[string, unknown, string]>([
    ['64 levels', nested(64), 'ok'],
    ['65 levels', nested(65), 'request.too_large'],
    ['a text of 1 MiB', { text: 'x'.repeat(1_048_576) }, 'request.too_large'],
    ['a text of half a MiB', { text: 'x'.repeat(524_288) }, 'ok'],
    ['a key of 1 MiB', { ['k'.repeat(1_048_577)]: 1 }, 'request.too_large'],
    ['200,000 numbers', { list: Array.from({ length: 200_000 }, () => 1) }, 'request.too_large'],
    ['a map', { map: new Map() }, 'request.invalid'],
    ['a date', { date: new Date(0) }, 'request.invalid'],
    ['bytes', { bytes: new Uint8Array(3) }, 'request.invalid'],
    ['a number that JSON cannot say', { number: Number.NaN }, 'request.invalid'],
    ['a big integer', { number: 1n }, 'request.invalid'],
    ['nothing', undefined, 'ok'],
  ])('%s: %s', async (_name, params, code) => {
    const { call, contents, calls } = setUp()
    expect(codeOf(await call(fromPage(contents), 'connections.list', params))).toBe(code)
    expect(calls.length).toBe(code === 'ok' ? 1 : 0)
  })

  it('does not fall over 100,000 levels', () => {
    expect(() => assertWithinLimits(nested(100_000))).toThrow(PatchbayError)
  })

  it('ends a value that contains itself', () => {
    const value: Record<string, unknown> = {}
    value['self'] = value
    expect(() => assertWithinLimits(value)).toThrow(PatchbayError)
  })

  it('ends a sparse array that claims four thousand million elements', () => {
    const value: unknown[] = []
    value.length = 4_000_000_000
    expect(() => assertWithinLimits(value)).toThrow(PatchbayError)
  })

  it.each([[undefined], [42], [{}], ['x'.repeat(201)]])('a method must be a short text, not %j', async (method) => {
    const { call, contents, calls } = setUp()
    expect(codeOf(await call(fromPage(contents), method, {}))).toBe('request.malformed')
    expect(calls).toEqual([])
  })

  it('refuses a flood and takes calls again afterwards', async () => {
    const { call, contents, wait } = setUp()
    const replies = await Promise.all(Array.from({ length: 1200 }, () => call(fromPage(contents), 'system.status', {})))
    expect(replies.filter(({ ok }) => ok).length).toBe(1000)
    wait(1000)
    expect(codeOf(await call(fromPage(contents), 'system.status', {}))).toBe('ok')
  })
})

describe('change events', () => {
  const event: ChangeEvent = { type: 'settings.changed', data: {} }

  it('reach the window, until the connection ends', () => {
    const { contents, publish, stop } = setUp()
    publish(event)
    expect(contents.sent).toEqual([[CHANNELS.event, event]])
    stop()
    publish(event)
    expect(contents.sent.length).toBe(1)
  })

  it.each(['https://example.com', 'patchbay://auth', 'null'])('are not sent to a page of %s', (origin) => {
    const { contents, publish } = setUp()
    contents.mainFrame.origin = origin
    publish(event)
    expect(contents.sent).toEqual([])
  })

  it('are not sent to a page that is gone', () => {
    const { contents, publish, closeWindow } = setUp()
    contents.destroyed = true
    publish(event)
    closeWindow()
    publish(event)
    expect(contents.sent).toEqual([])
  })
})
