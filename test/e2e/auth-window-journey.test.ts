import type { Locator, Page } from '@playwright/test'
import { expect, expectAccessible, refuse, signIn, test } from './journey.ts'

test.use({ worldOptions: { isConnected: true, nango: { hasConnectUi: true } } })

/** Chooses where in the sheet of GitHub and starts; gives the sheet and the page that opened. */
const startInWindow = async (window: Page, place = 'In a window'): Promise<{ readonly sheet: Locator; readonly page: Page }> => {
  await window.getByRole('link', { name: 'Connectors' }).click()
  await window.getByRole('searchbox', { name: 'Search connectors' }).fill('github')
  await expect(window.getByRole('article').first()).toHaveAccessibleName(/^GitHub/)
  await window
    .getByRole('button', { name: /^Connect GitHub/ })
    .first()
    .click()
  const sheet = window.getByRole('dialog', { name: /^Connect GitHub/ })
  await sheet.getByRole('radio', { name: place }).check()
  await expectAccessible(window)
  const opened = window.context().waitForEvent('page')
  await sheet.getByRole('button', { name: 'Connect', exact: true }).click()
  const page = await opened
  await expect(page.getByRole('heading', { name: /^Connect GitHub/ })).toBeVisible()
  return { sheet, page }
}

const goOn = async (page: Page): Promise<Page> => {
  const opened = page.waitForEvent('popup')
  await page.getByRole('button', { name: /^Continue to GitHub|^Try again/ }).click()
  return opened
}

test('a sign-in in a window of its own ends as a row that is connected', async ({ window, page: _page, world }) => {
  const { sheet, page } = await startInWindow(window)
  // Its own name: nothing of the window can be reached from it.
  expect(new URL(page.url()).hostname).toMatch(/^[0-9a-f]{32}\.localhost$/)
  expect(new URL(page.url()).hostname).not.toBe(new URL(window.url()).hostname)
  await expect(sheet.getByRole('heading', { name: 'Approve the sign-in in its window' })).toBeVisible()
  await expectAccessible(page)
  await signIn(await goOn(page), 'mara')
  await expect(page.getByRole('heading', { name: /^Connected to GitHub/ })).toBeVisible()
  await expect(window.getByText('Connected as mara').first()).toBeVisible()
  await window.getByRole('link', { name: /^Connections/ }).click()
  await expect(window.getByRole('row', { name: /^GitHub/ })).toContainText('Connected')
  expect(world.opener.pages()).toEqual([])
})

test('a refusal or a closed page is said in the window, and can be tried again there', async ({ window }) => {
  const { sheet, page } = await startInWindow(window)
  const closed = await goOn(page)
  await closed.getByPlaceholder('Enter any login').waitFor()
  await closed.close()
  await expect(page.getByRole('heading', { name: 'The sign-in page is closed' })).toBeVisible()
  await refuse(await goOn(page))
  await expect(page.getByRole('heading', { name: 'Access was not given' })).toBeVisible()
  await expectAccessible(page)
  // The page may be gone before the click has been told to be over.
  const gone = page.waitForEvent('close')
  await page.getByRole('button', { name: 'Close' }).evaluate((button) => setTimeout(() => (button as HTMLButtonElement).click()))
  await gone
  await expect(sheet.getByText(/was not given access/)).toBeVisible()
})

test("a sign-in on Nango's own page ends as a row that is connected", async ({ window }) => {
  const { page } = await startInWindow(window, "On Nango's page")
  await page.getByRole('button', { name: /^Continue to GitHub/ }).click()
  const connectUi = page.frameLocator('iframe[title="Nango"]')
  const opened = page.waitForEvent('popup')
  await connectUi.getByRole('button', { name: 'Connect' }).click()
  await signIn(await opened, 'mara')
  await expect(page.getByRole('heading', { name: /^Connected to GitHub/ })).toBeVisible()
  await expect(page.locator('iframe')).toHaveCount(0)
  await window.getByRole('link', { name: /^Connections/ }).click()
  await expect(window.getByRole('row', { name: /^GitHub/ })).toContainText('Connected')
})
