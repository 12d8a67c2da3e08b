import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createNodePlatform } from '#cli/serve/platform-node'
import type { Platform } from '#core/platform'
import { PatchbayError } from '#shared/errors'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'patchbay-node-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const create = (environment: Record<string, string>): Platform => createNodePlatform({ environment, isHeadless: false, version: '1.0.0' })

const install = (name: string, body: string): string => {
  const programs = join(root, 'programs')
  mkdirSync(programs, { recursive: true })
  writeFileSync(join(programs, name), `#!/bin/sh\n${body}\n`)
  chmodSync(join(programs, name), 0o755)
  return programs
}

describe.skipIf(process.platform === 'win32')('the platform of the Node host', () => {
  it('puts its data and its socket where the environment says', () => {
    const home = create({ PATCHBAY_HOME: join(root, 'home') })
    expect([home.dataFolder, home.socketPath]).toEqual([join(root, 'home'), join(root, 'home', 'patchbay.sock')])
    const session = create({ XDG_DATA_HOME: join(root, 'share'), XDG_RUNTIME_DIR: join(root, 'run') })
    if (process.platform === 'linux') expect(session.dataFolder).toBe(join(root, 'share', 'patchbay'))
    expect(session.socketPath).toBe(join(root, 'run', 'patchbay', 'patchbay.sock'))
    for (const folder of [home.dataFolder, session.dataFolder, join(session.socketPath, '..')])
      expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('makes a private folder for the socket of a path that is too long', () => {
    const { socketPath } = create({ PATCHBAY_HOME: join(root, 'x'.repeat(100)) })
    expect(Buffer.byteLength(socketPath)).toBeLessThanOrEqual(100)
    expect(statSync(join(socketPath, '..')).mode & 0o777).toBe(0o700)
  })

  it('does not start in a folder that others share, and says which', () => {
    const shared = join(root, 'shared')
    mkdirSync(shared)
    chmodSync(shared, 0o1777)
    expect(() => create({ PATCHBAY_HOME: shared })).toThrow(shared)
    expect(() => create({ PATCHBAY_HOME: shared })).toThrow(PatchbayError)
  })

  it('copies through stdin, never through an argument', async () => {
    const programs = install('xclip', `cat > "${root}/copied"; echo "$@" > "${root}/arguments"`)
    install('cat', `exec /bin/cat "$@"`)
    if (process.platform !== 'linux') return
    const platform = create({ PATCHBAY_HOME: join(root, 'home'), PATH: programs, DISPLAY: ':7' })
    expect(await platform.copyText('PBCANARY \u00e9 text')).toBe(true)
    expect(readFileSync(join(root, 'copied'), 'utf8')).toBe('PBCANARY \u00e9 text')
    expect(readFileSync(join(root, 'arguments'), 'utf8')).not.toContain('PBCANARY')
  })

  it('takes back what it copied while the clipboard still holds it, and leaves what somebody else put there', async () => {
    if (process.platform !== 'linux') return
    const programs = install('xclip', `case "$*" in *-out*) exec /bin/cat "${root}/held" ;; *) exec /bin/cat > "${root}/held" ;; esac`)
    const platform = create({ PATCHBAY_HOME: join(root, 'home'), PATH: programs, DISPLAY: ':7' })
    const held = () => readFileSync(join(root, 'held'), 'utf8')
    expect(await platform.copyText('PBCANARY one')).toBe(true)
    await platform.forgetCopied?.()
    expect(held()).toBe('')
    await platform.copyText('PBCANARY two')
    writeFileSync(join(root, 'held'), 'a shopping list')
    await platform.forgetCopied?.()
    expect(held()).toBe('a shopping list')
  })

  it('says that it cannot copy where no program does, or the one there fails', async () => {
    const programs = install('xclip', 'exit 1')
    const platform = create({ PATCHBAY_HOME: join(root, 'home'), PATH: programs, DISPLAY: ':7' })
    if (process.platform === 'linux') expect(await platform.copyText('text')).toBe(false)
    expect(await create({ PATCHBAY_HOME: join(root, 'home'), PATH: '' }).copyText('text')).toBe(false)
  })

  it('keeps pages for the browser in the folder of the session, which is not on the disk', async () => {
    if (process.platform !== 'linux') return
    const programs = install('xdg-open', `echo "$1" > "${root}/target"`)
    const platform = create({ XDG_DATA_HOME: join(root, 'share'), XDG_RUNTIME_DIR: join(root, 'run'), PATH: programs, DISPLAY: ':7' })
    await platform.openExternal('https://provider.example/authorize')
    expect(readFileSync(join(root, 'target'), 'utf8')).toContain(`${root}/run/patchbay/open/`)
    expect(existsSync(join(platform.dataFolder, 'open'))).toBe(false)
  })

  it('has the auth window it was given', async () => {
    const asked: string[] = []
    const platform = createNodePlatform({
      environment: { PATCHBAY_HOME: join(root, 'home') },
      isHeadless: true,
      version: '1.0.0',
      openAuthWindow: (ticket) => {
        asked.push(ticket)
        return Promise.resolve({ isOpen: false, url: 'http://x.localhost/auth' })
      },
    })
    expect(await platform.openAuthWindow('t1')).toEqual({ isOpen: false, url: 'http://x.localhost/auth' })
    expect(asked).toEqual(['t1'])
  })
})
