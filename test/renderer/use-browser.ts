import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from '@playwright/test'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { buildWindow } from './build-window.ts'
import { openBrowser } from './test-browser.ts'

/** What the browser suites have in common: `folder` and `browser` are there from the first test on. */
export interface TestBrowser {
  /** The built window. */
  readonly folder: string
  readonly browser: Browser
  /** Called after each test, in reverse order. */
  readonly endings: (() => unknown)[]
  /** What a page complained about: anything in it fails the test. */
  readonly complaints: string[]
}

/** One browser and one built window for the tests of a `describe`; both are gone after the last. */
export const useBrowser = (): TestBrowser => {
  const endings: (() => unknown)[] = []
  const complaints: string[] = []
  let folder = ''
  let browser: Browser | undefined
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patchbay-window-'))
    const opening = async (): Promise<void> => {
      browser = await openBrowser()
    }
    await Promise.all([opening(), buildWindow(folder)])
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true })
  })
  afterEach(async () => {
    for (const end of endings.splice(0).toReversed()) await end()
    const heard = complaints.splice(0)
    if (heard.length > 0) throw new Error(`the page complained: ${heard.join('; ')}`)
  })
  return {
    endings,
    complaints,
    get folder() {
      return folder
    },
    get browser() {
      if (browser === undefined) throw new Error('the browser opens before the first test')
      return browser
    },
  }
}
