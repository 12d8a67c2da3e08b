import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { placeSwitches } from '#cli/serve/window-place'
import { temporaryFolder } from '#test/transports/socket-peer'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const SCREEN = { work_area_left: 0, work_area_top: 0, work_area_right: 1600, work_area_bottom: 1000 }
const PLACE = { left: 120, top: 60, right: 1120, bottom: 710, maximized: false, ...SCREEN }

/** As Chromium 156 writes it: the path of the page, taken apart at its dots. */
const note = (place: unknown): string => {
  const file = '/data/mara/.local/share/patchbay/browser/open-window.html'
  mkdirSync(join(folder.path, 'Default'))
  const nested = { '_/data/mara/': { 'local/share/patchbay/browser/open-window': { html: place } } }
  writeFileSync(join(folder.path, 'Default', 'Preferences'), JSON.stringify({ browser: { app_window_placement: nested } }))
  return file
}

describe.skipIf(process.platform === 'win32')('the window of the browser opens', () => {
  test('in a size that suits, the first time', () => {
    expect(placeSwitches(folder.path, '/x/open-window.html')).toEqual(['--window-size=1180,780'])
  })

  test('where it stood last, in the size it had', () => {
    expect(placeSwitches(folder.path, note(PLACE))).toEqual(['--window-size=1000,650', '--window-position=120,60'])
  })

  test('over the whole screen when it was', () => {
    expect(placeSwitches(folder.path, note({ ...PLACE, maximized: true }))).toContain('--start-maximized')
  })

  test('inside the screen when it was dragged beyond its edge', () => {
    const far = { ...PLACE, left: 1500, right: 2500, top: 900, bottom: 1550 }
    expect(placeSwitches(folder.path, note(far))).toEqual(['--window-size=1000,650', '--window-position=600,350'])
  })

  test('in its usual size when what was noted is no place', () => {
    expect(placeSwitches(folder.path, note({ ...PLACE, right: 130 }))).toEqual(['--window-size=1180,780'])
  })

  test('in its usual size when what was noted cannot be understood', () => {
    expect(placeSwitches(folder.path, note({ ...PLACE, left: '--no-sandbox' }))).toEqual(['--window-size=1180,780'])
  })
})
