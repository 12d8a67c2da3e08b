import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import { dragList, jumpInList, type Pace, paceOf, rollList } from '#test/helpers/list-pace'
import { firstLine, environmentOf, CLI, type Stand, startHost, stopHost } from './bench-host.ts'
import { median, ms, quantile, report } from './bench-report.ts'

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path)) ?? null
/** Nothing here has a screen or a graphics card: the browser draws in software. */
const HEADLESS = [
  '--headless=new',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-sandbox',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.localhost',
]
const START_MS = 30_000
const ANSWER_MS = 500

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

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

/** A page of the window over a host that runs. */
const withPage = async <T>(stand: Stand, folder: string, use: (page: Page, browser: Browser) => Promise<T>): Promise<T> => {
  if (BROWSER === null) throw new Error('There is no Chromium.')
  const host = startHost(stand, folder)
  let browser: Browser | null = null
  try {
    const { url } = JSON.parse(await firstLine(host)) as { url: string }
    browser = await chromium.launch({ executablePath: BROWSER, args: HEADLESS.filter((one) => !one.startsWith('--headless')) })
    const page = await browser.newPage({ viewport: { width: 1180, height: 780 } })
    await page.goto(url)
    await page.locator('[role=treegrid] [role=row][aria-level="2"]').first().waitFor()
    return await use(page, browser)
  } finally {
    await browser?.close()
    await stopHost(host)
  }
}

const KEYS = ['End', 'Home', 'End', 'PageUp', 'PageUp', 'PageUp', 'Home', 'PageDown', 'PageDown', 'PageDown', 'PageDown', 'End']

/** Goes through a list of 100,000 with the wheel, by the scrollbar from top to bottom and back, row by row, and with the keys. */
export const benchScroll = (stand: Stand, folder: string): Promise<void> =>
  withPage(stand, folder, async (page) => {
    const grid = page.locator('[role=treegrid]')
    await grid.hover()
    await grid.focus()
    await pause(1000)
    const kinds: Readonly<Record<string, () => Promise<void>>> = {
      wheel: async () => {
        for (let turn = 0; turn < 120; turn += 1) {
          await page.mouse.wheel(0, turn % 40 < 32 ? 480 : -960)
          await pause(12)
        }
      },
      scrollbar: () => dragList(page, 180),
      'row by row': () => rollList(page, 40, 180),
      keys: async () => {
        for (const key of KEYS) {
          await page.keyboard.press(key)
          await pause(250)
        }
      },
    }
    const paces = new Map<string, Pace>()
    for (const [kind, act] of Object.entries(kinds)) {
      paces.set(kind, await paceOf(page, act))
      await pause(300)
    }
    const rows = Number(await grid.getAttribute('aria-rowcount'))
    const reached = Number(await grid.locator('[role=row]').last().getAttribute('aria-rowindex'))
    const jumps: number[] = []
    for (const share of [0.5, 0.1, 0.9, 0.3, 0.7, 0.05, 0.95]) jumps.push(await jumpInList(page, share))
    const frames = [...paces.values()].flatMap((pace) => pace.frames)
    const tasks = [...paces.values()].flatMap((pace) => pace.longTasks)
    const each = [...paces].map(([kind, pace]) => `${kind} ${ms(quantile(pace.frames, 0.95))}`).join(', ')
    report(
      'scroll-100000-frame-p95',
      quantile(frames, 0.95),
      34,
      'ms',
      `${each}; worst ${ms(quantile(frames, 1))} of ${frames.length} frames, drawn in software`,
      `${rows} rows, End reaches row ${reached}; a jump into rows that are not loaded shows them after ${ms(median(jumps))}, at most ${ms(quantile(jumps, 1))}`,
    )
    report(
      'scroll-100000-longest-task',
      Math.max(0, ...tasks),
      50,
      'ms',
      `tasks over 50 ms, which are all that a browser tells of: ${tasks.length}`,
    )
  })

// What of the palette comes from the window itself changes with the letter; the connections come from the host a moment later.
const watchPalette = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const ours = (): string =>
      [...document.querySelectorAll('[role=listbox] [role=option]')]
        .filter(({ id }) => !id.includes('_connection_'))
        .map(({ id }) => id)
        .join('\n')
    const theirs = (): string =>
      [...document.querySelectorAll('[role=listbox] [role=option]')]
        .filter(({ id }) => id.includes('_connection_'))
        .map(({ id }) => id)
        .join('\n')
    const seen = { own: [] as number[], host: [] as number[], unchanged: 0, pressed: 0 }
    Object.assign(globalThis, { benchPalette: seen })
    let pressedAt = 0
    let before = { own: ours(), host: theirs() }
    let isWaiting = { own: false, host: false }
    // After the frame that shows it: a message sent from an animation frame is taken once that frame is drawn.
    const afterPaint = (tell: (at: number) => void): void => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => tell(performance.now())
        port2.postMessage(null)
      })
    }
    addEventListener(
      'keydown',
      (event) => {
        if (isWaiting.own && pressedAt > 0) seen.unchanged += 1
        pressedAt = event.timeStamp
        before = { own: ours(), host: theirs() }
        isWaiting = { own: true, host: true }
        seen.pressed += 1
      },
      true,
    )
    new MutationObserver(() => {
      const at = pressedAt
      if (isWaiting.own && ours() !== before.own) {
        isWaiting.own = false
        afterPaint((now) => seen.own.push(now - at))
      }
      if (isWaiting.host && theirs() !== before.host) {
        isWaiting.host = false
        afterPaint((now) => seen.host.push(now - at))
      }
    }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['id'] })
  })

/** Types into the palette over all connectors and 10,000 connections. */
export const benchPalette = (stand: Stand, folder: string): Promise<void> =>
  withPage(stand, folder, async (page) => {
    await page.keyboard.press('Control+k')
    const input = page.getByRole('combobox').last()
    await input.waitFor()
    await pause(1500)
    await watchPalette(page)
    for (const word of ['google', 'salesforce', 'settings', 'bench 00', 'connect git', 'hubspot', 'team 5', 'zoom', 'mail']) {
      await input.fill('')
      await pause(350)
      for (const letter of word) {
        await page.keyboard.press(letter === ' ' ? 'Space' : letter)
        await pause(260)
      }
    }
    const seen = await page.evaluate(
      () => (globalThis as unknown as { benchPalette: { own: number[]; host: number[]; unchanged: number; pressed: number } }).benchPalette,
    )
    report(
      'palette-keystroke-p95',
      quantile(seen.own, 0.95),
      30,
      'ms',
      `key down to the frame after which the new list is drawn: median ${ms(median(seen.own))}, worst ${ms(quantile(seen.own, 1))} of ${seen.own.length} letters that changed it (${seen.pressed} typed)`,
      `connections, which the host looks up 60 ms after the last letter: p95 ${ms(quantile(seen.host, 0.95))} of ${seen.host.length}`,
    )
  })
