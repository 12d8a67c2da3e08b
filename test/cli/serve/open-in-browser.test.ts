import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { externalAddress } from '#core/external-address'
import { createBrowserOpener, type BrowserOpener } from '#cli/serve/open-in-browser'
import { PatchbayError } from '#shared/errors'

const codeOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work()
    return null
  } catch (error) {
    return error instanceof PatchbayError ? error.code : error
  }
}

describe.skipIf(process.platform === 'win32')('opening the browser', () => {
  let root: string
  let programs: string
  let folder: string
  let opener: BrowserOpener
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'patchbay-open-'))
    programs = join(root, 'programs')
    mkdirSync(programs)
    folder = join(root, 'data', 'open')
    opener = create({})
  })
  afterEach(() => {
    opener.dispose()
    rmSync(root, { recursive: true, force: true })
  })

  const create = (environment: Record<string, string>): BrowserOpener =>
    createBrowserOpener({
      environment: {
        PATH: programs,
        DISPLAY: ':7',
        NANGO_SECRET_KEY: 'PBCANARY-key',
        PATCHBAY_PASSPHRASE: 'PBCANARY-word',
        KEPT: 'kept',
        ...environment,
      },
      folder,
      platform: 'linux',
    })

  const install = (name: string, body: string): void => {
    const file = join(programs, name)
    writeFileSync(file, `#!/bin/sh\n${body}\n`)
    chmodSync(file, 0o755)
  }
  /** An opener that writes down its arguments, one a line, and its environment. */
  const record = (name: string, exit = 0): void =>
    install(
      name,
      `for each in "$@"; do echo "$each"; done > "${root}/${name}.arguments"; /usr/bin/env > "${root}/${name}.environment"; exit ${exit}`,
    )
  const given = (name: string): string[] =>
    readFileSync(join(root, `${name}.arguments`), 'utf8')
      .trim()
      .split('\n')

  const address = `https://provider.example/authorize?token=PBCANARY-token&b=%22%3E$(id)'`

  it('hands over a page of ours instead of the address, so that no argument list holds the token', async () => {
    record('xdg-open')
    await opener.open(address)
    const [target = '', ...more] = given('xdg-open')
    expect(more).toEqual([])
    expect(target).toMatch(/^file:\/\//)
    expect(target).not.toContain('PBCANARY')
    const page = fileURLToPath(target)
    expect(statSync(page).mode & 0o777).toBe(0o600)
    expect(statSync(join(page, '..')).mode & 0o777).toBe(0o700)
    const html = readFileSync(page, 'utf8')
    expect(html).toContain(`content="0;url=https://provider.example/authorize?token=PBCANARY-token&amp;b=%22%3E$(id)%27"`)
  })

  it('keeps our secrets out of the environment of the browser', async () => {
    record('xdg-open')
    await opener.open(address)
    const environment = readFileSync(join(root, 'xdg-open.environment'), 'utf8')
    expect(environment).not.toContain('PBCANARY')
    expect(environment).toContain('KEPT=kept')
  })

  it('removes its pages when it is done, and those of an earlier run', async () => {
    record('xdg-open')
    await opener.open(address)
    expect(readdirSync(folder)).toHaveLength(1)
    opener.dispose()
    expect(existsSync(folder)).toBe(false)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'left.html'), address)
    opener = create({})
    expect(existsSync(folder)).toBe(false)
  })

  it('tries the next opener when one fails', async () => {
    record('xdg-open', 3)
    record('gio')
    await opener.open(address)
    expect(given('gio')[0]).toBe('open')
  })

  it('hands over the address itself where pages belong to an editor', async () => {
    record('xdg-open')
    install('xdg-settings', 'echo firefox.desktop')
    install('xdg-mime', 'echo editor.desktop')
    await opener.open(address)
    expect(given('xdg-open')).toEqual([externalAddress(address)])
  })

  it('hands over the page where pages belong to the browser', async () => {
    record('xdg-open')
    install('xdg-settings', 'echo firefox.desktop')
    install('xdg-mime', 'echo firefox.desktop')
    await opener.open(address)
    expect(given('xdg-open')[0]).toMatch(/^file:/)
  })

  it('takes an opener that goes on running for the browser itself', async () => {
    install('xdg-open', `echo $$ > "${root}/pid"; exec /bin/sleep 60`)
    await opener.open(address)
    process.kill(Number(readFileSync(join(root, 'pid'), 'utf8')))
  })

  it('says that there is no browser where there is no opener, none that works, or no display', async () => {
    expect(await codeOf(() => opener.open(address))).toBe('connect.no_browser')
    record('xdg-open', 3)
    expect(await codeOf(() => opener.open(address))).toBe('connect.no_browser')
    record('xdg-open')
    const blind = createBrowserOpener({ environment: { PATH: programs }, folder, platform: 'linux' })
    expect(await codeOf(() => blind.open(address))).toBe('connect.no_browser')
  })

  it('writes no page and starts nothing for an address that is refused', async () => {
    record('xdg-open')
    expect(await codeOf(() => opener.open('http://example.com/'))).toBe('connect.no_browser')
    expect(existsSync(join(root, 'xdg-open.arguments'))).toBe(false)
    expect(existsSync(folder)).toBe(false)
  })
})
