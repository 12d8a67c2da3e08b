import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { answerRequest, APP_ORIGIN, AUTH_ORIGIN, contentSecurityPolicy, listServedFiles, SCHEMES, type Site } from '#electron/protocol'
import { hostilePaths } from '#test/security/path-corpus'

const home = mkdtempSync(join(tmpdir(), 'patchbay-protocol-'))
afterAll(() => rmSync(home, { recursive: true }))
const folder = join(home, 'renderer')
mkdirSync(join(folder, 'assets'), { recursive: true })
mkdirSync(join(folder, 'auth-window'))
const write = (name: string, content: string): void => writeFileSync(join(folder, name), content)
write('index.html', '<!doctype html>the window')
write('auth-window/index.html', '<!doctype html>the auth window')
write('assets/index-1a2b.js', 'export {}')
write('assets/index-1a2b.js.map', '{}')
write('assets/index-1a2b.css', 'body{}')
write('assets/inter.woff2', 'font')
write('.secret.js', 'hidden')
write('assets/notes.txt', 'notes')
writeFileSync(join(home, 'outside.js'), 'outside')
symlinkSync(join(home, 'outside.js'), join(folder, 'assets', 'link.js'))

const site: Site = {
  files: listServedFiles(folder, APP_ORIGIN, '/index.html'),
  contentSecurityPolicy: contentSecurityPolicy(),
  openerPolicy: 'same-origin',
}
const get = (url: string, method = 'GET'): Promise<Response> => answerRequest(site, { url, method })

const attacks = [
  ...hostilePaths('/assets/index-1a2b.js'),
  '/index.html',
  '/index.html ',
  '/assets/index-1a2b.js ',
  '/auth-window/index.html',
  '/auth-window/',
  '/.secret.js',
  '/assets/notes.txt',
  '/?x',
  '/?/../../outside.js',
  '/assets/index-1a2b.js?v=1',
  '/assets/%69ndex-1a2b.js',
  '',
].map((path) => `${APP_ORIGIN}${path}`)

const foreign = [
  'patchbay://evil/',
  'patchbay://auth/',
  'patchbay://APP/',
  'patchbay://app:80/',
  'patchbay://app.evil/',
  'patchbay:app/',
  'patchbay:///app/',
  'patchbay://user@app/',
  'file:///etc/passwd',
  'https://app/',
  'PATCHBAY://app/',
]

describe('the patchbay scheme', () => {
  it('serves the page and its assets, each by its one address', async () => {
    expect([...site.files.keys()].toSorted()).toEqual([
      'patchbay://app/',
      'patchbay://app/assets/index-1a2b.css',
      'patchbay://app/assets/index-1a2b.js',
      'patchbay://app/assets/inter.woff2',
    ])
    const page = await get('patchbay://app/')
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('the window')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect((await get('patchbay://app/assets/index-1a2b.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  })

  it('ignores a fragment, which is no part of the address', async () => {
    expect((await get('patchbay://app/#/connections')).status).toBe(200)
  })

  it('has more than a hundred attacks to refuse', () => {
    expect(attacks.length + foreign.length).toBeGreaterThan(120)
  })

  it.each([...attacks, ...foreign].map((url) => [url.slice(0, 80), url] as const))('answers 404 to %s', async (_name, url) => {
    const response = await get(url)
    expect(response.status).toBe(404)
    expect(await response.text()).toBe('Not found')
    expect(response.headers.get('content-security-policy')).toBe(site.contentSecurityPolicy)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])('answers 404 to %s', async (method) => {
    expect((await get('patchbay://app/', method)).status).toBe(404)
  })

  it('serves the auth page on an origin of its own and nothing of the window there', async () => {
    const files = listServedFiles(folder, AUTH_ORIGIN, '/auth-window/index.html')
    const auth = (url: string) => answerRequest({ ...site, files }, { url, method: 'GET' })
    expect(await (await auth('patchbay://auth/')).text()).toContain('the auth window')
    expect((await auth('patchbay://auth/assets/index-1a2b.js')).status).toBe(200)
    expect((await auth('patchbay://auth/index.html')).status).toBe(404)
    expect((await auth('patchbay://app/')).status).toBe(404)
  })

  it.each(['patchbay://app/', 'patchbay://app/assets/index-1a2b.js', 'patchbay://app/none'])(
    'sends the strict headers with %s',
    async (url) => {
      const { headers } = await get(url)
      expect(headers.get('content-security-policy')?.split('; ')).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ])
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('access-control-allow-origin')).toBeNull()
    },
  )

  it('is registered as a secure scheme with origins, and bypasses nothing', () => {
    expect(SCHEMES).toEqual([{ scheme: 'patchbay', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }])
  })
})
