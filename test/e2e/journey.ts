import AxeBuilder from '@axe-core/playwright'
import { type BrowserContext, expect, type Locator, type Page, test as base } from '@playwright/test'
import { JourneyWorld, type WorldOptions } from './journey-world.ts'

interface Fixtures {
  readonly worldOptions: WorldOptions
  /** Everything but the browser. */
  readonly world: JourneyWorld
  /** The person's own browser, where sign-in pages open. */
  readonly systemBrowser: BrowserContext
  /** Patchbay's window, open on the host. Afterwards it must have complained about nothing and asked nobody outside. */
  readonly window: Page
}

const isLoopback = (address: string): boolean => {
  const { protocol, hostname } = new URL(address)
  return ['data:', 'blob:', 'file:', 'about:'].includes(protocol) || hostname === '127.0.0.1' || hostname.endsWith('.localhost')
}

/** Notes what a person would never see: script errors, console errors, policy violations, requests to elsewhere. */
const watch = async (page: Page, complaints: string[]): Promise<void> => {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`))
  page.on('request', (request) => {
    if (!isLoopback(request.url())) complaints.push(`request: ${request.url()}`)
  })
  await page.exposeFunction('complain', (words: string) => complaints.push(words))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { complain } = globalThis as unknown as { readonly complain: (words: string) => void }
      complain(`policy: ${event.violatedDirective} ${event.blockedURI}`)
    })
  })
}

export const test = base.extend<Fixtures>({
  worldOptions: [{}, { option: true }],
  world: async ({ worldOptions }, use, info) => {
    const world = await JourneyWorld.start(worldOptions)
    try {
      await use(world)
    } finally {
      if (info.status !== info.expectedStatus)
        await info.attach('the log of the host', { body: world.readLog(), contentType: 'text/plain' })
      await world.stop()
    }
  },
  systemBrowser: async ({ browser }, use) => {
    const context = await browser.newContext()
    await use(context)
    await context.close()
  },
  window: async ({ world, page }, use) => {
    const complaints: string[] = []
    await watch(page, complaints)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.goto(await world.startHost())
    await page.getByRole('contentinfo').waitFor()
    await use(page)
    expect(complaints.filter((words) => !isLostLink(words))).toEqual([])
    expect(world.outside.asked).toEqual([])
  },
})

/** What the browser itself says when a test ends the host: the page tries again until there is one, and may have been reading ahead. */
const isLostLink = (words: string): boolean =>
  /^console: WebSocket connection to 'ws:\/\/[0-9a-f]{32}\.localhost:\d+\/rpc' failed/.test(words) ||
  /^console: Failed to load resource: net::ERR_(?:CONNECTION_(?:REFUSED|RESET|CLOSED)|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED) http:\/\/[0-9a-f]{32}\.localhost:\d+\/assets\/[\w-]+\.js$/.test(
    words,
  )

/** axe finds nothing on what is shown: everything in light, and in dark what colours decide. */
export const expectAccessible = async (page: Page): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const look = async (): Promise<string[]> => {
      await expect.poll(() => page.evaluate(() => document.getAnimations().length)).toBe(0)
      const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
      const { violations } = await (colorScheme === 'light' ? axe : axe.withRules(['color-contrast', 'link-in-text-block'])).analyze()
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)
    }
    const found = await look()
    // What fades out while axe looks has the contrast of neither state; what is wrong is wrong a second time.
    expect(found.length === 0 ? found : await look(), `${colorScheme}, ${page.url()}`).toEqual([])
  }
}

/** Opens the newest page that the host handed to the system browser once there are `count`. */
export const openSignIn = async (world: JourneyWorld, browser: BrowserContext, count = 1): Promise<Page> => {
  await expect.poll(() => world.opener.pages().length).toBe(count)
  const page = await browser.newPage()
  await page.goto(world.opener.pages()[count - 1] ?? '')
  return page
}

/** Presses the last button of a page that then closes itself, or may: it can be gone before the press has been told to be over. */
export const pressLast = async (button: Locator): Promise<void> => {
  await button.click().catch((error: unknown) => {
    if (!(error instanceof Error && /has been closed/.test(error.message))) throw error
  })
}

/** Signs in at the OpenID provider's pages and gives consent there; a popup closes after that. */
export const signIn = async (page: Page, name = 'ada'): Promise<void> => {
  await page.getByPlaceholder('Enter any login').fill(name)
  await page.getByPlaceholder('and password').fill('any password')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await pressLast(page.getByRole('button', { name: 'Continue' }))
}

/** Presses Cancel on the OpenID provider's page. */
export const refuse = (page: Page): Promise<void> => pressLast(page.getByRole('link', { name: 'Cancel' }))

/** Finds a connector and starts its sign-in in the system browser; gives the sheet that waits. */
export const startSignIn = async (window: Page, name: string): Promise<Locator> => {
  await window.getByRole('link', { name: 'Connectors' }).click()
  await window.getByRole('searchbox', { name: 'Search connectors' }).fill(name)
  await window.getByRole('button', { name: `Connect ${name}`, exact: true }).click()
  const sheet = window.getByRole('dialog', { name: `Connect ${name}` })
  await sheet.getByRole('button', { name: 'Connect', exact: true }).click()
  return sheet
}

export { expect }
