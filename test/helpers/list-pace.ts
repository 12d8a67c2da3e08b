import type { Page } from '@playwright/test'

/** How a window draws while something is done in it: the time from frame to frame and the tasks over 50 ms, in milliseconds. */
export interface Pace {
  readonly frames: readonly number[]
  readonly longTasks: readonly number[]
}

/** Watches a page while `act` goes on. */
export const paceOf = async (page: Page, act: () => Promise<void>): Promise<Pace> => {
  await page.evaluate(() => {
    const seen = { frames: [] as number[], longTasks: [] as number[], isOn: true }
    Reflect.set(globalThis, 'listPace', seen)
    new PerformanceObserver((list) => {
      if (seen.isOn) seen.longTasks.push(...list.getEntries().map(({ duration }) => duration))
    }).observe({ type: 'longtask' })
    let last = performance.now()
    const frame = (now: number): void => {
      seen.frames.push(now - last)
      last = now
      if (seen.isOn) requestAnimationFrame(frame)
    }
    requestAnimationFrame((now) => {
      last = now
      requestAnimationFrame(frame)
    })
  })
  await act()
  return page.evaluate(() => {
    const seen = Reflect.get(globalThis, 'listPace') as { isOn: boolean; frames: number[]; longTasks: number[] }
    seen.isOn = false
    return { frames: seen.frames, longTasks: seen.longTasks }
  })
}

/** Scrolls the list of connections as a hand on its scrollbar does: from top to bottom and back in so many frames. */
export const dragList = (page: Page, frames: number): Promise<void> =>
  page.evaluate(async (count) => {
    const list = document.querySelector('[role=treegrid]')
    if (list === null) throw new Error('There is no list.')
    const end = list.scrollHeight - list.clientHeight
    for (let frame = 0; frame <= count; frame += 1) {
      list.scrollTop = end * (1 - Math.abs(1 - (2 * frame) / count))
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
  }, frames)

/** Scrolls by so many pixels a frame, which draws every row on the way. */
export const rollList = (page: Page, pixels: number, frames: number): Promise<void> =>
  page.evaluate(
    async ([by, count]) => {
      const list = document.querySelector('[role=treegrid]')
      for (let frame = 0; frame < count; frame += 1) {
        if (list !== null) list.scrollTop += by
        await new Promise((resolve) => requestAnimationFrame(resolve))
      }
    },
    [pixels, frames] as const,
  )

/** Jumps to a share of the list, 0 its top and 1 its end; gives the milliseconds until the rows there are shown. */
export const jumpInList = (page: Page, share: number): Promise<number> =>
  page.evaluate(async (part) => {
    const list = document.querySelector('[role=treegrid]')
    if (list === null) throw new Error('There is no list.')
    const begun = performance.now()
    list.scrollTop = (list.scrollHeight - list.clientHeight) * part
    for (;;) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      const { top, bottom } = list.getBoundingClientRect()
      const seen = [...list.querySelectorAll('[role=rowgroup] > [role=row]')].filter((row) => {
        const box = row.getBoundingClientRect()
        return box.bottom > top + 32 && box.top < bottom
      })
      const isThere =
        seen.length > 0 && seen.every((row) => row.querySelector('[aria-hidden=true].flex') === null || row.childElementCount > 1)
      if (isThere) return performance.now() - begun
      if (performance.now() - begun > 10_000) throw new Error('The rows did not come.')
    }
  }, share)
