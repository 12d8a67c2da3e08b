import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PatchbayError } from '#shared/errors'
import { externalAddress } from '#core/external-address'
import { foreignEnvironment } from '#cli/foreign-environment'
import { findProgram } from './find-program.ts'

// A sign-in address carries a session token, and an argument list is readable by every user of the computer for as long as the
// program runs, which for a browser is all day. So the opener gets a page (0600, in a 0700 folder) that leads on to the address,
// removed a minute later. Two cases differ. A snap's browser cannot read hidden folders or our runtime folder: the page goes to a
// visible folder in the home. And where HTML files belong to an editor and not to the browser, the page would be shown as text:
// there the address itself is handed over, because a sign-in that cannot begin helps nobody. On Windows, argument lists are
// private to the user, and the address goes directly.

type Environment = Readonly<Record<string, string | undefined>>

const PAGE_LIFE_MS = 60_000
/** An opener that still runs after this has become the browser, or waits for it. */
const SETTLE_MS = 3000
const SNAP_ENTRIES = '/var/lib/snapd/desktop/applications'

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const pageFor = (address: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'">` +
  `<meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${escape(address)}"><title>Patchbay</title>` +
  `<p>Opening the sign-in page. <a href="${escape(address)}" rel="noreferrer">Go on</a> if nothing happens.</p></html>\n`

const answerOf = (program: string | null, options: readonly string[], environment: Environment): Promise<string> =>
  program === null
    ? Promise.resolve('')
    : new Promise((resolve) => {
        execFile(program, options, { env: foreignEnvironment(environment), timeout: 2000 }, (error, stdout) =>
          resolve(error === null ? stdout.trim() : ''),
        )
      })

/** Starts an opener with one argument and no shell; true once it ended well or went on running. */
const hand = (program: string, options: readonly string[], environment: Environment): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(program, options, { stdio: 'ignore', detached: true, env: foreignEnvironment(environment), windowsHide: true })
    const settled = setTimeout(() => resolve(true), SETTLE_MS)
    child.once('error', () => {
      clearTimeout(settled)
      resolve(false)
    })
    child.once('exit', (code) => {
      clearTimeout(settled)
      resolve(code === 0)
    })
    child.unref()
  })

export interface BrowserOpenerOptions {
  readonly environment: Environment
  /** A private folder of the host for pages. */
  readonly folder: string
  readonly platform?: NodeJS.Platform
}

/** Opens addresses in the system browser; `forget` removes the pages that are still there, `dispose` their folder as well. */
export interface BrowserOpener {
  /** Throws `connect.no_browser`. */
  open(address: string, acceptedHttpOrigin?: string): Promise<void>
  forget(): void
  dispose(): void
}

/** An opener for this desktop. Pages that an earlier run left behind are removed. */
export const createBrowserOpener = (options: BrowserOpenerOptions): BrowserOpener => {
  const { environment, folder } = options
  const platform = options.platform ?? process.platform
  const pages = new Set<string>()
  rmSync(folder, { recursive: true, force: true })

  const forget = (page: string): void => {
    if (pages.delete(page)) rmSync(page, { recursive: true, force: true })
  }

  const forgetAll = (): void => {
    for (const page of pages) forget(page)
  }

  const dispose = (): void => {
    forgetAll()
    rmSync(folder, { recursive: true, force: true })
  }

  let isCleanedAtExit = false
  /** The page's address; what is removed later is the file, or the folder made for it. */
  const writePage = (address: string, isForSnap: boolean): string => {
    if (!isCleanedAtExit) process.once('exit', dispose)
    isCleanedAtExit = true
    let page: string
    let file: string
    if (isForSnap) {
      page = mkdtempSync(join(homedir(), 'Patchbay-sign-in-'))
      file = join(page, 'open.html')
    } else {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      page = file = join(folder, `${randomBytes(8).toString('hex')}.html`)
    }
    pages.add(page)
    writeFileSync(file, pageFor(address), { mode: 0o600, flag: 'wx' })
    setTimeout(() => forget(page), PAGE_LIFE_MS).unref()
    return pathToFileURL(file).href
  }

  const tryEach = async (openers: readonly (readonly string[])[], target: string): Promise<boolean> => {
    for (const [name = '', ...given] of openers) {
      const program = findProgram(name, environment)
      if (program !== null && (await hand(program, [...given, target], environment))) return true
    }
    return false
  }

  const openOnLinux = async (address: string): Promise<boolean> => {
    if ((environment['DISPLAY'] ?? '') === '' && (environment['WAYLAND_DISPLAY'] ?? '') === '') return false
    const [browser, reader] = await Promise.all([
      answerOf(findProgram('xdg-settings', environment), ['get', 'default-web-browser'], environment),
      answerOf(findProgram('xdg-mime', environment), ['query', 'default', 'text/html'], environment),
    ])
    const openers = [['xdg-open'], ['gio', 'open']]
    if (browser !== '' && reader !== '' && browser !== reader) return tryEach(openers, address)
    const isSnap = /^[\w.-]+\.desktop$/.test(browser) && existsSync(join(SNAP_ENTRIES, browser))
    return tryEach(openers, writePage(address, isSnap))
  }

  return {
    open: async (given, acceptedHttpOrigin) => {
      const address = externalAddress(given, acceptedHttpOrigin)
      const isOpen =
        platform === 'win32'
          ? await tryEach([['rundll32', 'url.dll,FileProtocolHandler']], address)
          : platform === 'darwin'
            ? await tryEach([['open']], writePage(address, false))
            : await openOnLinux(address)
      if (isOpen) return
      forgetAll()
      throw new PatchbayError('connect.no_browser')
    },
    forget: forgetAll,
    dispose,
  }
}
