import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { type NangoStandIn, startNangoStandIn } from '#core/sandbox/nango-stand-in'
import { HttpServer } from '#cli/serve/http-server'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { pressLast } from './journey.ts'

// The sign-in page in a real browser, with the real SDK, against the Nango stand-in: built pages, the Node host's own server, no account.

let made: TestCore
let http: HttpServer
let nango: NangoStandIn

test.beforeEach(async () => {
  made = await makeCore({
    platform: { ...createFakePlatform(), openAuthWindow: async (ticket) => ({ isOpen: false, url: http.authWindowUrl(ticket) }) },
  })
  nango = await startNangoStandIn()
  await made.ui.profiles.create({ name: 'Own', kind: 'nango', nangoHost: nango.url, secretKey: nango.secretKey })
  http = new HttpServer({
    core: made.core,
    rendererFolder: join(import.meta.dirname, '..', '..', 'out', 'renderer'),
    port: 0,
    now: () => performance.now(),
  })
  await http.start()
})

test.afterEach(async () => {
  await http.stop()
  await made.stop()
  await nango.stop()
  made.platform.dispose()
})

const startFlow = async (): Promise<{ flowId: string; url: string }> => {
  const { flowId } = await made.ui.connect.start({ connectorId: 'github', via: 'window' })
  const { url } = await made.ui.connect.openWindow({ flowId })
  if (url === undefined) throw new Error('The host named no address')
  return { flowId, url }
}

const stateOf = async (flowId: string): Promise<string> => (await made.ui.connect.get({ flowId })).state

/** What the page's policy had to stop; nothing should come to that. */
const collectViolations = (page: Page): string[] => {
  const found: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') found.push(message.text())
  })
  page.on('pageerror', (error) => found.push(error.message))
  return found
}

const answer = async (page: Page, button: 'Allow' | 'Deny'): Promise<void> => {
  const opened = page.waitForEvent('popup')
  await page.getByRole('button', { name: /Continue to GitHub|Try again/ }).click()
  const popup = await opened
  await pressLast(popup.getByRole('button', { name: button }))
}

test('a sign-in that is allowed ends as connected, and the page keeps no token', async ({ page }) => {
  const { flowId, url } = await startFlow()
  const violations = collectViolations(page)
  await page.goto(url)
  await expect(page.getByRole('heading', { name: 'Connect GitHub' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Continue to GitHub' })).toBeFocused()
  expect(new URL(page.url()).hash).toBe('')
  await answer(page, 'Allow')
  await expect(page.getByRole('heading', { name: 'Connected to GitHub' })).toBeVisible()
  await expect.poll(() => stateOf(flowId)).toBe('connected')
  expect(await page.content()).not.toContain('nango_connect_session_')
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, ''])
  expect(violations).toEqual([])
})

test('a sign-in that is denied can be tried again in the same window', async ({ page }) => {
  const { flowId, url } = await startFlow()
  await page.goto(url)
  await answer(page, 'Deny')
  await expect(page.getByRole('heading', { name: 'Access was not given' })).toBeVisible()
  await expect(page.getByText('Nothing was connected.')).toBeVisible()
  expect(await stateOf(flowId)).toBe('waiting')
  await answer(page, 'Allow')
  await expect(page.getByRole('heading', { name: 'Connected to GitHub' })).toBeVisible()
  await expect.poll(() => stateOf(flowId)).toBe('connected')
})

test('a refusal that the person leaves it at ends the flow', async ({ page }) => {
  const { flowId, url } = await startFlow()
  await page.goto(url)
  await answer(page, 'Deny')
  await expect(page.getByRole('heading', { name: 'Access was not given' })).toBeVisible()
  await pressLast(page.getByRole('button', { name: 'Close' }))
  await expect.poll(() => stateOf(flowId)).toBe('failed')
})

test('a sign-in page that is closed is noticed, and the flow waits on', async ({ page }) => {
  const { flowId, url } = await startFlow()
  await page.goto(url)
  await expect(page.getByRole('button', { name: 'Continue to GitHub' })).toBeFocused()
  const opened = page.waitForEvent('popup')
  await page.keyboard.press('Enter')
  const popup = await opened
  await popup.getByRole('button', { name: 'Allow' }).waitFor()
  await popup.close()
  await expect(page.getByRole('heading', { name: 'The sign-in page is closed' })).toBeVisible()
  expect(await stateOf(flowId)).toBe('waiting')
})

test('an address opened a second time says that it has run out', async ({ page, context }) => {
  const { url } = await startFlow()
  await page.goto(url)
  await expect(page.getByRole('heading', { name: 'Connect GitHub' })).toBeVisible()
  const second = await context.newPage()
  await second.goto(url)
  await expect(second.getByRole('heading', { name: 'This window has run out' })).toBeVisible()
})

/** What axe finds in the page once it stands still. */
const faults = async (page: Page): Promise<unknown[]> => {
  await expect.poll(() => page.evaluate(() => document.getAnimations().length)).toBe(0)
  return (await new AxeBuilder({ page }).setLegacyMode().analyze()).violations
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the page has nothing that axe finds, in ${colorScheme}`, async ({ page }) => {
    const { url } = await startFlow()
    await page.emulateMedia({ colorScheme })
    await page.goto(url)
    await expect(page.getByRole('heading', { name: 'Connect GitHub' })).toBeVisible()
    expect(await faults(page)).toEqual([])
    await answer(page, 'Deny')
    await expect(page.getByRole('heading', { name: 'Access was not given' })).toBeVisible()
    expect(await faults(page)).toEqual([])
  })
}
