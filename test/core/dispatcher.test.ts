import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Caller } from '#core/caller'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { METHODS } from '#shared/contract/contract'

const CLI: Caller = { kind: 'cli', isTrusted: false, terminal: '/dev/pts/7 100' }

describe('the one door inward', () => {
  let core: TestCore
  beforeAll(async () => {
    core = await makeCore()
  })
  afterAll(() => core.stop())

  const code = async (caller: Caller, method: string, params: unknown = {}): Promise<string> => {
    const reply = await core.core.dispatch(caller, method, params)
    return reply.ok ? 'ok' : reply.error.code
  }

  test('an unknown method, inherited names among them, is refused', async () => {
    for (const name of [
      'nope',
      'connections.nope',
      'constructor',
      '__proto__.toString',
      'connections.__proto__',
      'connections.constructor',
      '',
    ]) {
      expect(await code({ kind: 'ui' }, name)).toBe('request.unknown_method')
    }
  })

  test('an unproven caller may call nothing but the handshake', async () => {
    for (const [name, method] of METHODS) {
      if (method.access !== 'open') expect(await code({ kind: 'unproven' }, name)).toBe('automation.unproven')
    }
  })

  test('an automation caller without a grant may call nothing but reads it is shown', async () => {
    for (const [name, method] of METHODS) {
      if (!method.callers.includes('automation') || !['open', 'read'].includes(method.access)) {
        expect(await code({ kind: 'automation', clientId: 'c1', via: 'socket' }, name)).toBe('automation.denied')
      }
    }
  })

  test('administration from the command line needs a yes at its terminal, which ends when idle', async () => {
    expect(await code(CLI, 'settings.update', { theme: 'dark' })).toBe('automation.approval_required')
    expect(await code({ ...CLI, terminal: null }, 'system.approveTerminal')).toBe('automation.approval_required')
    expect(await code(CLI, 'system.approveTerminal')).toBe('ok')
    expect(await code(CLI, 'settings.update', { theme: 'dark' })).toBe('ok')
    expect(await code({ ...CLI, terminal: 'elsewhere' }, 'settings.update', { theme: 'light' })).toBe('automation.approval_required')
    core.platform.advance(11 * 60_000)
    expect(await code(CLI, 'settings.update', { theme: 'light' })).toBe('automation.approval_required')
  })

  test('a key that no parameter has, a wrong type and an array instead of parameters are named without their values', async () => {
    const planted = 'planted-value-1234'
    for (const params of [{ nope: planted }, { limit: planted }, [planted], planted, { search: { a: planted } }]) {
      const reply = await core.core.dispatch({ kind: 'ui' }, 'connections.list', params)
      expect(reply).toMatchObject({ ok: false, error: { code: 'request.invalid' } })
      expect(JSON.stringify(reply)).not.toContain(planted)
    }
  })

  test('labels of ten thousand characters, with direction marks or control characters are refused', async () => {
    for (const label of ['x'.repeat(10_000), 'invoice\u202Egpj.exe', 'a\u0000b', 'a\nb', '\u2066x', '   ']) {
      expect(await code({ kind: 'ui' }, 'connect.start', { connectorId: 'github', label })).toBe('request.invalid')
    }
  })

  test('without a profile the answer says so', async () => {
    expect(await code({ kind: 'ui' }, 'connections.list')).toBe('profile.none')
    expect(await code({ kind: 'ui' }, 'connect.start', { connectorId: 'github' })).toBe('profile.none')
    expect(await core.ui.system.status({})).toMatchObject({ profile: null, counts: null, health: 'warn' })
  })

  test('every method has words, and a handler where the database is open', async () => {
    for (const [name, method] of METHODS) {
      expect(method.summary, name).toMatch(/^[A-Z].*\.$/)
      if (['open'].includes(method.access) || name === 'system.shutdown') continue
      expect(await code({ kind: 'ui' }, name), name).not.toBe('internal')
    }
  })
})
