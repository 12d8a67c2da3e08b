import { type Browser, chromium, type Page } from '@playwright/test'
import { dragList, jumpInList, type Pace, paceOf, rollList } from '#test/helpers/list-pace'
import { firstLine, type Stand, startHost, stopHost } from './bench-host.ts'
import { BROWSER, HEADLESS, pause } from './bench-opening.ts'
import { median, ms, quantile, report } from './bench-report.ts'

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
