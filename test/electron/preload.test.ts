import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthBridge } from '#shared/auth-session'
import type { Bridge } from '#shared/bridge'
import { strict } from '#test/helpers/fake-web-contents'

const fake = vi.hoisted(() => ({ current: {} as Record<string, unknown> }))
vi.mock('electron', () => ({
  get contextBridge() {
    return fake.current['contextBridge']
  },
  get ipcRenderer() {
    return fake.current['ipcRenderer']
  },
}))

const exposed = new Map<string, object>()
const invoked: unknown[][] = []

class FakeIpcRenderer extends EventEmitter {
  async invoke(...message: unknown[]): Promise<unknown> {
    invoked.push(message)
    return { ok: true, value: {} }
  }
}
const ipcRenderer = strict('ipcRenderer', new FakeIpcRenderer())

beforeEach(() => {
  vi.resetModules()
  exposed.clear()
  invoked.length = 0
  ipcRenderer.removeAllListeners()
  fake.current = {
    ipcRenderer,
    contextBridge: strict('contextBridge', { exposeInMainWorld: (name: string, api: object): void => void exposed.set(name, api) }),
  }
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe('what the preload script gives the page', () => {
  it('is two functions under one name', async () => {
    await import('#electron/preload')
    expect([...exposed.keys()]).toEqual(['patchbay'])
    const bridge = exposed.get('patchbay') ?? {}
    expect(Object.keys(bridge)).toEqual(['call', 'onEvent'])
    expect(Object.values(bridge).every((member) => typeof member === 'function')).toBe(true)
  })

  it('sends a call on the one channel, whatever else is passed', async () => {
    await import('#electron/preload')
    const call = (exposed.get('patchbay') as Bridge).call as (...args: unknown[]) => Promise<unknown>
    await call('connections.list', { limit: 1 }, 'other-channel')
    expect(invoked).toEqual([['patchbay:call', 'connections.list', { limit: 1 }]])
  })

  it('never lets a listener see the event object, and stops when told', async () => {
    await import('#electron/preload')
    const seen: unknown[][] = []
    const stop = (exposed.get('patchbay') as Bridge).onEvent((...args: unknown[]) => seen.push(args))
    const change = { type: 'settings.changed', data: {} }
    ipcRenderer.emit('patchbay:event', { sender: ipcRenderer }, change)
    expect(seen).toEqual([[change]])
    expect(stop()).toBeUndefined()
    ipcRenderer.emit('patchbay:event', { sender: ipcRenderer }, change)
    expect(seen.length).toBe(1)
    expect(ipcRenderer.listenerCount('patchbay:event')).toBe(0)
  })
})

describe('what the auth preload script gives the auth page', () => {
  it('is two functions bound to its own channels', async () => {
    vi.stubGlobal('location', { href: 'patchbay://auth/' })
    await import('#electron/auth-preload')
    expect([...exposed.keys()]).toEqual(['patchbayAuth'])
    const bridge = exposed.get('patchbayAuth') as AuthBridge
    expect(Object.keys(bridge)).toEqual(['session', 'report'])
    await bridge.session()
    expect(bridge.report({ kind: 'closed' })).toBeUndefined()
    expect(invoked).toEqual([['patchbay:auth-session'], ['patchbay:auth-outcome', { kind: 'closed' }]])
  })

  it.each(['https://accounts.example.com/', 'about:blank', 'patchbay://app/', 'patchbay://auth.evil/'])(
    'is nothing on %s',
    async (href) => {
      vi.stubGlobal('location', { href })
      await import('#electron/auth-preload')
      expect(exposed.size).toBe(0)
    },
  )
})
