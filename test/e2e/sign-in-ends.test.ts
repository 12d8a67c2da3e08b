import type { Page } from '@playwright/test'
import type { FakeNango } from '#test/helpers/fake-nango'
import type { JourneyWorld } from './journey-world.ts'
import { expect, expectAccessible, openSignIn, refuse, signIn, startSignIn, test } from './journey.ts'

const listed = async ({ nango }: JourneyWorld): Promise<unknown> =>
  (await fetch(`${nango.url}/connections`, { headers: nango.authorization })).json()

const row = (page: Page) => page.getByRole('row', { name: /^GitHub/ })

test.describe('a sign-in', () => {
  test.use({ worldOptions: { isConnected: true } })

  test('that is refused on its page says so, and another try succeeds', async ({ window, world, systemBrowser }) => {
    const sheet = await startSignIn(window, 'GitHub (User OAuth)')
    await refuse(await openSignIn(world, systemBrowser))
    await expect(sheet.getByText('GitHub was not given access')).toBeVisible()
    await expect(sheet.getByText('Nothing was connected.')).toBeVisible()
    await expectAccessible(window)
    await sheet.getByRole('button', { name: 'Try again' }).click()
    const page = await openSignIn(world, systemBrowser, 2)
    await signIn(page)
    await expect(window.getByText('Connected as ada').first()).toBeVisible()
    expect(await listed(world)).toMatchObject({ connections: [{ provider_config_key: 'github' }] })
  })

  test('whose page was closed waits on as a row, and its page can be opened again', async ({ window, world, systemBrowser }) => {
    const sheet = await startSignIn(window, 'GitHub (User OAuth)')
    const first = await openSignIn(world, systemBrowser)
    await first.close()
    await sheet.getByRole('button', { name: 'Hide' }).first().click()
    await window.getByRole('link', { name: /^Connections/ }).click()
    await expect(row(window)).toContainText('Pending')
    await row(window).click()
    await window.getByRole('complementary').getByRole('button', { name: 'Show sign-in' }).click()
    await sheet.getByRole('button', { name: 'Reopen page' }).click()
    await signIn(await openSignIn(world, systemBrowser, 2))
    await expect(row(window)).toContainText('Connected')
  })

  test('that answers after it was cancelled is taken back at Nango', async ({ window, world, systemBrowser }) => {
    const sheet = await startSignIn(window, 'GitHub (User OAuth)')
    const page = await openSignIn(world, systemBrowser)
    await page.getByPlaceholder('Enter any login').waitFor()
    await sheet.getByRole('button', { name: 'Cancel sign-in' }).click()
    await expect(sheet.getByText('The sign-in was cancelled')).toBeVisible()
    await expectAccessible(window)
    await signIn(page)
    await expect(page.getByText('You can close this window.')).toBeVisible()
    await world.compareWithNango()
    await expect(sheet.getByText('GitHub answered too late')).toBeVisible()
    expect(await listed(world)).toMatchObject({ connections: [] })
  })
})

test.describe('a sign-in page', () => {
  // Its pages are good for six seconds instead of 30 minutes.
  test.use({ worldOptions: { isConnected: true, fill: (nango: FakeNango) => nango.changeFaults({ sessionSeconds: 6 }) } })

  test('that has run out says so and offers a new one', async ({ window, world }) => {
    const sheet = await startSignIn(window, 'GitHub (User OAuth)')
    await expect(sheet.getByText('It was good for 30 minutes. Nothing was connected.')).toBeVisible()
    await sheet.getByRole('button', { name: 'Get a new page' }).click()
    await expect.poll(() => world.opener.pages().length).toBe(2)
  })
})
