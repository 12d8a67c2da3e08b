import { join } from 'node:path'
import type { Page } from '@playwright/test'
import AxeBuilder from '@axe-core/playwright'
import { expect } from 'vitest'
import { HttpServer } from '#cli/serve/http-server'
import { createCore } from '#core/create-core'
import { createFakePlatform } from '#test/helpers/fake-platform'
import type { TestBrowser } from './use-browser.ts'

export interface RealWindowOptions extends TestBrowser {
  readonly hasSandbox?: boolean
  /** The environment of the host. */
  readonly environment?: Readonly<Record<string, string>>
  readonly width?: number
  readonly height?: number
  readonly colorScheme?: 'light' | 'dark'
}

/** A page of the built window over the real core, its real server and a sandbox profile. */
export const openRealWindow = async (options: RealWindowOptions) => {
  const {
    folder,
    browser,
    endings,
    complaints,
    hasSandbox = true,
    environment = {},
    width = 900,
    height = 600,
    colorScheme = 'light',
  } = options
  const platform = createFakePlatform({ isHeadless: false, environment })
  const core = createCore(platform, {
    catalogueFile: join(import.meta.dirname, '../../resources/catalogue.json'),
    pace: { firstMs: 100, laterMs: 200, quickForMs: 60_000, cleanupMs: 200 },
  })
  await core.start()
  if (hasSandbox) await core.dispatch({ kind: 'ui' }, 'profiles.create', { name: 'Sandbox', kind: 'sandbox' })
  const server = new HttpServer({ core, rendererFolder: folder, port: 0, now: () => performance.now() })
  await server.start()
  platform.isWindowOpen = () => server.windowCount > 0
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(String(error)))
  // Choosers of files are caught from now on: on a busy machine one that opens right after the wish to catch it is not.
  page.on('filechooser', () => undefined)
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !/favicon|404/.test(message.text())) complaints.push(message.text())
  })
  endings.push(
    () => platform.dispose(),
    () => core.stop(),
    () => server.stop(),
    () => context.close(),
  )
  await page.goto(server.issueUrl())
  await page.getByRole('contentinfo').waitFor()
  return { page, platform, core }
}

/** What axe finds wrong with a page that stands still. */
export const axeFaults = async (page: Page): Promise<string[]> => {
  const look = async (): Promise<string[]> => {
    await expect.poll(() => page.evaluate(() => document.getAnimations().length)).toBe(0)
    // Without a page of its own to gather what frames say: the window has none.
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode()
      .options({ resultTypes: ['violations'] })
      .analyze()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)
  }
  const found = await look()
  // What fades out while axe looks has the contrast of neither state; what is wrong is wrong a second time.
  return found.length === 0 ? found : look()
}

/** The sheet that is open. */
export const sheetOf = (page: Page) => page.locator('[role="dialog"]:not([data-toast])')

/** Searches a connector and presses Enter, as a person would. */
export const openConnectSheet = async (page: Page, search: string): Promise<void> => {
  await page.evaluate(() => (location.hash = '#/connectors'))
  await page.getByRole('searchbox', { name: 'Search connectors' }).fill(search)
  await page.keyboard.press('Enter')
  const label = sheetOf(page).getByLabel('Label')
  await label.waitFor()
  // What is pressed next goes where the test puts it, not to a field that the sheet still has to begin on.
  await expect.poll(() => label.evaluate((field) => field === document.activeElement)).toBe(true)
}
