import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findBrowser, snapNameOf } from '#cli/serve/find-browser'
import { openAppWindow } from '#cli/serve/open-app-window'
import { temporaryFolder } from '#test/transports/socket-peer'

const URL_WITH_TOKEN = 'http://0123456789abcdef0123456789abcdef.localhost:4321/open?token=PLANTED-token-0123456789'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

/** A program that writes down how it was called, as a browser would be. */
const recorder = (): { readonly path: string; readonly args: () => string[]; readonly environment: () => string } => {
  const path = join(folder.path, 'recorder')
  writeFileSync(path, `#!/bin/sh\nfor arg in "$@"; do echo "$arg"; done > '${path}.args'\nenv > '${path}.env'\nexit 0\n`)
  chmodSync(path, 0o755)
  return {
    path,
    args: () => readFileSync(`${path}.args`, 'utf8').trimEnd().split('\n'),
    environment: () => readFileSync(`${path}.env`, 'utf8'),
  }
}

const open = (browser: string) =>
  openAppWindow({
    url: URL_WITH_TOKEN,
    dataFolder: folder.path,
    browser,
    environment: { PATH: process.env['PATH'], NANGO_SECRET_KEY: 'PLANTED-key', PATCHBAY_PASSPHRASE: 'PLANTED-passphrase', DISPLAY: ':9' },
  })

describe.skipIf(process.platform === 'win32')('the window of an installed browser', () => {
  test('the token reaches it through a file of mode 0600 and never through its arguments or environment', async () => {
    const browser = recorder()
    const window = open(browser.path)
    expect(await window.closed).toBe(0)
    const args = browser.args()
    expect(args.join(' ')).not.toContain('PLANTED')
    expect(browser.environment()).not.toContain('PLANTED')
    expect(browser.environment()).toContain('DISPLAY=:9')
    const file = fileURLToPath(args.find((arg) => arg.startsWith('--app='))?.slice('--app='.length) ?? '')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700)
    expect(readFileSync(file, 'utf8')).toContain(URL_WITH_TOKEN)
    window.forgetLaunchFile()
    expect(existsSync(file)).toBe(false)
  })

  test('it has a profile of its own, its sandbox unless it is root, and no debugging port', async () => {
    const browser = recorder()
    const window = open(browser.path)
    await window.closed
    window.forgetLaunchFile()
    const args = browser.args()
    expect(args).toContain(`--user-data-dir=${join(folder.path, 'browser')}`)
    expect(args.includes('--no-sandbox')).toBe(process.getuid?.() === 0)
    expect(args.filter((arg) => arg.includes('debugging'))).toEqual([])
  })

  test('a launch file that an earlier host left behind is taken away', async () => {
    const left = join(folder.path, 'browser', 'open-0123456789abcdef.html')
    mkdirSync(join(left, '..'))
    writeFileSync(left, '')
    utimesSync(left, new Date(0), new Date(0))
    const window = open(recorder().path)
    await window.closed
    window.forgetLaunchFile()
    expect(readdirSync(join(folder.path, 'browser'))).toEqual([])
  })

  test('a browser that cannot be started is told by its end', async () => {
    const window = open(join(folder.path, 'nothing'))
    expect(await window.closed).toBe(127)
    window.forgetLaunchFile()
  })

  test('without any browser there is a sentence', () => {
    expect(() => openAppWindow({ url: URL_WITH_TOKEN, dataFolder: folder.path, environment: { PATH: folder.path } })).toThrow(
      /No Chromium, Chrome or Edge is installed/,
    )
  })
})

describe.skipIf(process.platform !== 'linux')('finding a browser', () => {
  const install = (name: string): string => {
    const path = join(folder.path, name)
    writeFileSync(path, '')
    chmodSync(path, 0o755)
    return path
  }

  test('Chromium goes before Chrome before Edge, and a file that cannot run is none', () => {
    const edge = install('microsoft-edge')
    expect(findBrowser('linux', { PATH: folder.path })).toBe(edge)
    const chrome = install('google-chrome')
    expect(findBrowser('linux', { PATH: folder.path })).toBe(chrome)
    writeFileSync(join(folder.path, 'chromium'), '', { mode: 0o600 })
    expect(findBrowser('linux', { PATH: folder.path })).toBe(chrome)
    chmodSync(join(folder.path, 'chromium'), 0o755)
    expect(findBrowser('linux', { PATH: folder.path })).toBe(join(folder.path, 'chromium'))
  })

  test('a confined one is known by where it lies', () => {
    expect(snapNameOf('/snap/bin/chromium')).toBe('chromium')
    expect(snapNameOf('/usr/bin/env')).toBeNull()
  })
})
