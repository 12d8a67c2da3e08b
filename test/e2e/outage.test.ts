import type { Page } from '@playwright/test'
import type { FakeNango } from '#test/helpers/fake-nango'
import { expect, expectAccessible, test } from './journey.ts'

test.use({ worldOptions: { isConnected: true, fill: (nango: FakeNango) => nango.fillConnections(3) } })

const rows = (page: Page) => page.getByRole('row', { name: /n8n/ })

test('while Nango is away the list stays as it was known, and goes on by itself when it is back', async ({ window, world }) => {
  await expect(rows(window)).toHaveCount(3)
  await expect(rows(window).first()).toContainText('Connected')
  await world.takeNangoAway()
  await window.getByRole('button', { name: 'Compare with Nango now' }).click()
  await expect(window.getByText(/^Offline since \d\d:\d\d\.$/)).toBeVisible()
  await expect(window.getByText('You see what was known then.')).toBeVisible()
  await expect(rows(window)).toHaveCount(3)
  await expect(rows(window).first()).toContainText('Unknown')
  // Said once, by the banner.
  await expect(window.getByRole('alert')).toHaveCount(0)
  await expect(window.getByText('The list was not compared with Nango.')).toHaveCount(0)
  await expectAccessible(window)
  await world.bringNangoBack()
  world.nango.fillConnections(1)
  await window.getByRole('button', { name: 'Try now' }).click()
  await expect(window.getByText('You see what was known then.')).toHaveCount(0)
  await expect(rows(window).first()).toContainText('Connected')
})

test('a host that is killed comes back on its folder with the same rows, also while Nango is away', async ({ window, world, page }) => {
  await expect(rows(window)).toHaveCount(3)
  const names = async (): Promise<(string | undefined)[]> => (await rows(window).allInnerTexts()).map((text) => text.split('\n')[0])
  const before = await names()
  await world.killHost()
  await expect(window.getByText('Patchbay is not running')).toBeVisible({ timeout: 15_000 })
  await expectAccessible(window)
  await world.takeNangoAway()
  await page.goto(await world.startHost())
  await expect(rows(window)).toHaveCount(3)
  await expect.poll(names).toEqual(before)
  await expect(window.getByText('You see what was known then.')).toBeVisible()
})

test('a part of the window that cannot be read brings the window anew once, then says so and is asked for again', async ({
  world,
  page,
}) => {
  let isLost = true
  await page.route('**/assets/connectors-page-*.js', (route) => (isLost ? route.fulfill({ status: 404 }) : route.continue()))
  await page.goto(await world.startHost())
  await expect(rows(page)).toHaveCount(3)
  const anew = page.waitForEvent('domcontentloaded')
  await page.getByRole('link', { name: 'Connectors' }).click()
  await anew
  await expect(page.getByText('This page could not be shown.')).toBeVisible()
  await expect(page).toHaveURL(/#\/connectors$/)
  isLost = false
  await page.getByRole('button', { name: 'Show it again' }).click()
  await expect(page.getByRole('searchbox', { name: 'Search connectors' })).toBeVisible()
})
