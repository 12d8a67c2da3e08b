import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { confineRequests, createPopupPolicy, refusePermissions } from '#electron/contents-policy'
import { fakeEvent, FakeSession } from '#test/helpers/fake-web-contents'

type RealSession = Parameters<typeof refusePermissions>[0]

/** Every permission name that Electron knows, read from its own types. */
const permissions = (() => {
  const types = readFileSync('node_modules/electron/electron.d.ts', 'utf8')
  const line = types.split('\n').find((text) => text.includes('setPermissionCheckHandler(handler:')) ?? ''
  return [...(/permission: ((?:'[\w-]+'(?: \| )?)+)/.exec(line)?.[1] ?? '').matchAll(/'([\w-]+)'/g)].map(([, name]) => name ?? '')
})()

const answers = (session: FakeSession, permission: string, url: string): boolean[] => {
  const found: boolean[] = []
  const request = session.handlers['permissionRequest'] as unknown as (
    contents: null,
    permission: string,
    callback: (isGranted: boolean) => void,
    details: { requestingUrl: string },
  ) => void
  request(null, permission, (isGranted) => found.push(isGranted), { requestingUrl: url })
  const check = session.handlers['permissionCheck'] as unknown as (contents: null, permission: string, origin: string) => boolean
  found.push(check(null, permission, url))
  return found
}

const confined = (isAuthSession: boolean): FakeSession => {
  const session = new FakeSession('')
  refusePermissions(session as unknown as RealSession, { isAuthSession })
  return session
}

describe('permissions', () => {
  it('knows the names to try', () => {
    expect(permissions).toContain('media')
    expect(permissions.length).toBeGreaterThan(40)
  })

  it.each(permissions)('refuses %s to the window, on request and on check', (permission) => {
    expect(answers(confined(false), permission, 'patchbay://app/')).toEqual([false, false])
  })

  it.each(permissions)('refuses %s to a provider page in the auth window', (permission) => {
    expect(answers(confined(true), permission, 'https://accounts.example.com/')).toEqual([false, false])
  })

  it('lets the auth page alone reach a Nango on this network, and gives it nothing else', () => {
    const granted = permissions.filter((permission) => answers(confined(true), permission, 'patchbay://auth/').includes(true))
    expect(granted).toEqual(['local-network', 'local-network-access', 'loopback-network'])
  })

  it('refuses devices, pairing, screen capture and downloads', () => {
    const session = confined(true)
    const call = (name: string, ...args: unknown[]) => (session.handlers[name] as unknown as (...args: unknown[]) => unknown)(...args)
    expect(call('device', { deviceType: 'hid' })).toBe(false)
    const pairing: unknown[] = []
    call('bluetooth', {}, (answer: unknown) => pairing.push(answer))
    expect(pairing).toEqual([{ confirmed: false }])
    const streams: unknown[] = []
    call('displayMedia', {}, (answer: unknown) => streams.push(answer))
    expect(streams).toEqual([{}])
    const download = fakeEvent()
    session.emit('will-download', download, { getURL: () => 'blob:patchbay://app/1' })
    expect(download.defaultPrevented).toBe(true)
  })

  it.each([
    ['blob:patchbay://app/0b9d6ff0-1111-4222', true],
    ['blob:patchbay://auth/0b9d6ff0-1111-4222', false],
    ['blob:patchbay://app.evil/1', false],
    ['patchbay://app/index.html', false],
    ['https://example.com/x.exe', false],
    ['data:text/plain,x', false],
  ])('lets the window save only what its own page made: %s %s', (url, isSaved) => {
    const session = new FakeSession('')
    refusePermissions(session as unknown as RealSession, { isAuthSession: false, savesFrom: 'patchbay://app' })
    const download = fakeEvent()
    session.emit('will-download', download, { getURL: () => url })
    expect(download.defaultPrevented).toBe(!isSaved)
  })
})

describe('requests of the window', () => {
  it.each([
    ['patchbay://app/assets/x.js', false],
    ['data:image/png;base64,AA==', false],
    ['patchbay://auth/', true],
    ['patchbay://app.evil/', true],
    ['https://example.com/', true],
    ['http://127.0.0.1:1/', true],
    ['ws://127.0.0.1:1/', true],
    ['file:///etc/passwd', true],
  ])('%s is cancelled: %s', (url, cancel) => {
    const session = new FakeSession('')
    confineRequests(session as unknown as RealSession, ['patchbay://app/', 'data:'])
    const found: unknown[] = []
    session.beforeRequest?.({ url }, (answer) => found.push(answer))
    expect(found).toEqual([{ cancel }])
  })
})

describe('where the sign-in popup may go', () => {
  const main = (url: string) => ({ url, isMainFrame: true })
  const frame = (url: string) => ({ url, isMainFrame: false })

  it('begins at the Nango server and nowhere else', () => {
    const mayGo = createPopupPolicy('https://nango.example.com')
    for (const url of ['https://evil.example.com/', 'http://nango.example.com/', 'https://nango.example.com.evil.com/', 'patchbay://auth/'])
      expect(mayGo(main(url))).toBe(false)
    expect(mayGo(main('https://nango.example.com/oauth/connect/github'))).toBe(true)
  })

  it('goes on to https, and to http only on this computer or that server', () => {
    const mayGo = createPopupPolicy('http://nango.lan:3003')
    expect(mayGo(main('http://nango.lan:3003/oauth/connect/x'))).toBe(true)
    expect(mayGo(main('https://accounts.example.com/'))).toBe(true)
    expect(mayGo(main('http://127.0.0.1:4000/authorize'))).toBe(true)
    expect(mayGo(main('http://nango.lan:3003/oauth/callback'))).toBe(true)
    for (const url of [
      'http://accounts.example.com/',
      'http://nango.lan/',
      'patchbay://auth/',
      'patchbay://app/',
      'file:///etc/passwd',
      'javascript:1',
      'data:text/html,x',
      'about:blank',
      'not a url',
    ])
      expect(mayGo(main(url))).toBe(false)
    expect(mayGo(main('https://user:pw@accounts.example.com/'))).toBe(false)
  })

  it('lets frames of a provider page be what pages use, but nothing of ours', () => {
    const mayGo = createPopupPolicy('https://nango.example.com')
    for (const url of ['https://captcha.example.com/', 'about:srcdoc', 'about:blank']) expect(mayGo(frame(url))).toBe(true)
    for (const url of ['patchbay://auth/', 'file:///etc/passwd', 'http://example.com/']) expect(mayGo(frame(url))).toBe(false)
  })
})
