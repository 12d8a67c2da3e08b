import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromiumPath } from '#test/installed-browser'
import { CLI, environmentOf, firstLine, type Stand, stopHost } from './bench-host.ts'
import { median, ms, quantile, report } from './bench-report.ts'

/** The browser that `patchbay` opens its window in, or null. */
export const BROWSER = chromiumPath()
/** Nothing here has a screen or a graphics card: the browser draws in software. */
export const HEADLESS = [
  '--headless=new',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-sandbox',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.localhost',
]
const START_MS = 30_000
const ANSWER_MS = 500

/** Resolves after so many milliseconds. */
export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A `chromium` for PATH that is the installed one without a screen and with a door to look through. */
const browserInFront = (folder: string): string => {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  const switches = [...HEADLESS, '--remote-debugging-port=0'].map((one) => `'${one}'`).join(' ')
  writeFileSync(join(bin, 'chromium'), `#!/bin/sh\nexec ${BROWSER} ${switches} "$@"\n`, { mode: 0o755 })
  return bin
}

interface Door {
  readonly ask: (method: string, params: object, session?: string) => Promise<Record<string, unknown>>
  readonly close: () => void
}

/** Waits for the browser that Patchbay starts, and opens its debugging door. */
const openDoor = async (folder: string, isOver: () => boolean): Promise<Door> => {
  const file = join(folder, 'browser', 'DevToolsActivePort')
  let address = ''
  while (address === '') {
    if (isOver()) throw new Error('The window did not open.')
    const [port, path] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
    if (port !== undefined && path !== undefined) address = `ws://127.0.0.1:${port}${path}`
    else await pause(2)
  }
  const socket = new WebSocket(address)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', () => reject(new Error('The browser has no door.')))
  })
  const waiting = new Map<number, (answer: Record<string, unknown>) => void>()
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: Record<string, unknown> }
    if (id !== undefined) waiting.get(id)?.(result ?? {})
  })
  let ids = 0
  return {
    ask: (method, params, sessionId) => {
      ids += 1
      const id = ids
      const answered = new Promise<Record<string, unknown>>((resolve) => waiting.set(id, resolve))
      if (socket.readyState !== WebSocket.OPEN) return Promise.resolve({})
      socket.send(JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) }))
      // A page that gives way to another one may never answer.
      return Promise.race([answered, pause(ANSWER_MS).then(() => ({}))])
    },
    close: () => socket.close(),
  }
}

// Interactive: a row of a connection lies where it is shown and a click on its middle would reach it, and the list takes the focus.
const LOOK = `(() => {
  const began = performance.timeOrigin
  const entry = performance.getEntriesByType('navigation')[0]
  const row = document.querySelector('[role=treegrid] [role=row][aria-level="2"]')
  if (!row) return { began, isThere: false }
  const { left, top, width, height } = row.getBoundingClientRect()
  const isThere = height > 0 && row.contains(document.elementFromPoint(left + width / 2, top + height / 2)) && row.closest('[role=treegrid]').tabIndex === 0
  return { began, isThere, loaded: entry.domContentLoadedEventEnd, paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime }
})()`

interface Opening {
  readonly ready: number
  readonly page: number
  readonly loaded: number
  readonly rows: number
}

/** Runs `patchbay`, as a person does, until the first row of the list can be used. */
const openOnce = async (stand: Stand, folder: string): Promise<Opening> => {
  const bin = browserInFront(folder)
  rmSync(join(folder, 'browser', 'DevToolsActivePort'), { force: true })
  const environment = environmentOf(stand, folder)
  const begun = performance.now()
  const origin = performance.timeOrigin + begun
  const child: ChildProcess = spawn(process.execPath, [CLI, '--json'], {
    env: { ...environment, PATH: `${bin}:${environment['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const isOver = (): boolean => child.exitCode !== null || performance.now() - begun > START_MS
  let door: Door | null = null
  try {
    const ready = firstLine(child).then(() => performance.now() - begun)
    door = await openDoor(folder, isOver)
    let session: string | undefined
    for (;;) {
      if (isOver()) throw new Error('The list did not come.')
      if (session === undefined) {
        const { targetInfos } = (await door.ask('Target.getTargets', {})) as { targetInfos?: { type: string; targetId: string }[] }
        const target = targetInfos?.find(({ type }) => type === 'page')
        if (target === undefined) continue
        session = (await door.ask('Target.attachToTarget', { targetId: target.targetId, flatten: true }))['sessionId'] as string
      }
      const { result } = (await door.ask('Runtime.evaluate', { expression: LOOK, returnByValue: true }, session)) as {
        result?: { value?: { began: number; isThere: boolean; loaded?: number; paint?: number } }
      }
      if (result?.value?.isThere === true) {
        const rows = performance.now() - begun
        const page = result.value.began - origin
        return { ready: await ready, page, loaded: page + (result.value.loaded ?? 0), rows }
      }
      await pause(4)
    }
  } finally {
    await door?.ask('Browser.close', {})
    door?.close()
    await stopHost(child)
  }
}

/** The browser alone, as the window command starts it, until an empty page has loaded: what no window in a browser can be faster than. */
const openEmpty = async (folder: string): Promise<number> => {
  const home = join(folder, 'empty-window')
  mkdirSync(home, { recursive: true })
  rmSync(join(home, 'browser', 'DevToolsActivePort'), { force: true })
  const page = join(home, 'empty.html')
  writeFileSync(page, '<!doctype html><title>empty</title><div role="treegrid" tabindex="0"><div role="row" aria-level="2">row</div></div>')
  const begun = performance.now()
  const args = [...HEADLESS, '--remote-debugging-port=0', `--app=file://${page}`, `--user-data-dir=${join(home, 'browser')}`]
  const child = spawn(BROWSER ?? '', [...args, '--no-first-run', '--disable-extensions', '--password-store=basic'], { stdio: 'ignore' })
  const door = await openDoor(home, () => performance.now() - begun > START_MS)
  try {
    const { targetInfos } = (await door.ask('Target.getTargets', {})) as { targetInfos: { type: string; targetId: string }[] }
    const target = targetInfos.find(({ type }) => type === 'page')
    const attached = await door.ask('Target.attachToTarget', { targetId: target?.targetId, flatten: true })
    for (;;) {
      const { result } = (await door.ask(
        'Runtime.evaluate',
        { expression: LOOK, returnByValue: true },
        attached['sessionId'] as string,
      )) as {
        result?: { value?: { isThere: boolean } }
      }
      if (result?.value?.isThere === true) return performance.now() - begun
      if (performance.now() - begun > START_MS) throw new Error('The empty page did not come.')
      await pause(4)
    }
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    await door.ask('Browser.close', {})
    door.close()
    await ended
  }
}

/** From spawning `patchbay` to a list that can be used; the folder holds 10,000 connections already. */
export const benchOpening = async (stand: Stand, folder: string): Promise<void> => {
  if (BROWSER === null) throw new Error('There is no Chromium.')
  const first = await openOnce(stand, folder)
  const times: Opening[] = []
  for (let run = 0; run < 7; run += 1) times.push(await openOnce(stand, folder))
  const empty: number[] = []
  for (let run = 0; run < 6; run += 1) empty.push(await openEmpty(folder))
  const of = (name: keyof Opening): number => median(times.map((time) => time[name]))
  report(
    'window-interactive-10000',
    of('rows'),
    1200,
    'ms',
    `from spawning the command: host ready ${ms(of('ready'))}, browser asks for the page ${ms(of('page'))}, page loaded ${ms(of('loaded'))}`,
    `worst of ${times.length}: ${ms(
      quantile(
        times.map(({ rows }) => rows),
        1,
      ),
    )}; the very first start, browser profile made: ${ms(first.rows)}`,
    `the same browser with an empty page and no host: ${ms(median(empty.slice(1)))}`,
  )
}
