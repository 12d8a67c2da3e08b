import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PatchbayError } from '#shared/errors'
import { findBrowser, snapNameOf } from './find-browser.ts'
import { foreignEnvironment } from '#cli/foreign-environment'
import { placeSwitches } from './window-place.ts'

export interface AppWindowOptions {
  /** The address with its one-time token. */
  readonly url: string
  readonly dataFolder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Instead of an installed one; and more switches, for tests. */
  readonly browser?: string
  readonly switches?: readonly string[]
}

/** A browser that was started on the window's page. */
export interface AppWindow {
  /** Resolves with the exit code once the browser has ended: at once when it hands over to one that runs already. */
  readonly closed: Promise<number>
  /** The page has been opened: the file that led there is not needed any more. */
  readonly forgetLaunchFile: () => void
  /** Asks the browser to end. */
  readonly close: () => void
}

/** The file lives as long as the token in it. */
const LAUNCH_FILE_MS = 60_000
const LAUNCH_FILE = 'open-window.html'

const SWITCHES = [
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--disable-features=Translate,MediaRouter,OptimizationHints',
  '--password-store=basic',
]

/** Where the browser keeps its profile: in the data folder, except for a confined browser that could not read it there. */
const browserFolder = (browser: string, dataFolder: string): string => {
  const snap = snapNameOf(browser)
  return snap === null ? join(dataFolder, 'browser') : join(homedir(), 'snap', snap, 'common', 'patchbay')
}

const leave = (folder: string, url: string): string => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  for (const left of readdirSync(folder).filter((name) => /^open-(?:window|[0-9a-f]{16})\.html$/.test(name))) {
    const path = join(folder, left)
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)
    if (age > LAUNCH_FILE_MS) rmSync(path, { force: true })
  }

  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${url}"><title>Patchbay</title></html>\n`
  // The browser files the place of the window under this name; one that is being opened just now keeps its file.
  const usual = join(folder, LAUNCH_FILE)
  const file = existsSync(usual) ? join(folder, `open-${randomBytes(8).toString('hex')}.html`) : usual
  writeFileSync(file, page, { mode: 0o600, flag: 'wx' })
  return file
}

/** Only the root user, as in a container, has to go without Chromium's sandbox. */
const sandboxSwitch = (): readonly string[] => (process.getuid?.() === 0 ? ['--no-sandbox'] : [])

/**
 * Opens the page as a window of an installed browser with a profile of its own. The token reaches it through a 0600 file:
 * an argument list is readable for everybody on the computer. Throws `connect.no_browser`.
 */
export const openAppWindow = (options: AppWindowOptions): AppWindow => {
  const browser = options.browser ?? findBrowser(process.platform, options.environment)
  if (browser === null) {
    throw new PatchbayError('connect.no_browser', { message: 'No Chromium, Chrome or Edge is installed to show the window in.' })
  }
  const folder = browserFolder(browser, options.dataFolder)
  const file = leave(folder, options.url)
  const forgetLaunchFile = (): void => {
    clearTimeout(timer)
    rmSync(file, { force: true })
  }
  const timer = setTimeout(forgetLaunchFile, LAUNCH_FILE_MS)
  timer.unref()
  const args = [
    `--app=${pathToFileURL(file).href}`,
    `--user-data-dir=${folder}`,
    ...SWITCHES,
    ...placeSwitches(folder, join(folder, LAUNCH_FILE)),
    ...sandboxSwitch(),
    ...(options.switches ?? []),
  ]
  const child: ChildProcess = spawn(browser, args, { env: foreignEnvironment(options.environment), stdio: 'ignore' })
  const closed = new Promise<number>((resolve) => {
    child.once('error', () => resolve(127))
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)))
  })
  return { closed, forgetLaunchFile, close: () => child.kill() }
}
