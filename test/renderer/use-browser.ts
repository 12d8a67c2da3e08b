import type { Browser } from '@playwright/test'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type BuiltWindow, builtWindow } from './built-window.ts'
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
  let built: BuiltWindow | undefined
  let browser: Browser | undefined
  beforeAll(async () => {
    const opening = async (): Promise<void> => {
      browser = await openBrowser()
    }
    const building = async (): Promise<void> => {
      built = await builtWindow()
    }
    await Promise.all([opening(), building()])
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await built?.remove()
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
      if (built === undefined) throw new Error('the window is built before the first test')
      return built.folder
    },
    get browser() {
      if (browser === undefined) throw new Error('the browser opens before the first test')
      return browser
    },
  }
}
