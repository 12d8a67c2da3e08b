import type { Locator, Page } from '@playwright/test'
import { expect, expectAccessible, openSignIn, test } from './journey.ts'

test.use({ worldOptions: { isConnected: true } })

const SECRET = 'PLANTED-client-secret-of-the-journey'

/** Presses Tab until the target has the focus. */
const reach = async (page: Page, target: Locator): Promise<void> => {
  await expect(target).toBeVisible()
  for (let press = 0; press < 40; press++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  await expect(target).toBeFocused()
}

test('a connector is set up from nothing and its first account connected, with the keyboard alone and in under two minutes', async ({
  window,
  world,
  systemBrowser,
}, info) => {
  const { keyboard } = window
  const setUp = window.getByRole('dialog', { name: 'Set up Slack' })
  const begun = Date.now()

  await test.step('the connector that has no integration is found', async () => {
    await expect(window.getByText('Nothing is plugged in yet')).toBeVisible()
    await keyboard.press('c')
    await expect(window.getByRole('searchbox', { name: 'Search connectors' })).toBeFocused()
    await keyboard.type('slack')
    await expect(window.getByRole('article').first()).toHaveAccessibleName('Slack')
    await keyboard.press('Enter')
    await expect(setUp.getByRole('textbox', { name: 'Client ID' })).toBeFocused()
  })

  await test.step('it shows the callback address, and what is missing is named before anything is sent', async () => {
    await expect(setUp.getByText(`${world.nango.url}/oauth/callback`)).toBeVisible()
    await expect(setUp.getByRole('textbox', { name: 'Integration ID' })).toHaveValue('slack')
    const before = world.nango.requests.length
    await keyboard.press('Enter')
    await expect(setUp.getByText('2 fields are not right yet.')).toBeVisible()
    expect(world.nango.requests.slice(before).filter(({ method }) => method === 'POST')).toEqual([])
    await expectAccessible(window)
  })

  await test.step('a taken id is told at its field', async () => {
    await reach(window, setUp.getByRole('textbox', { name: 'Client ID' }))
    await keyboard.type('client-of-the-journey')
    await reach(window, setUp.getByLabel('Client secret', { exact: true }))
    await keyboard.type(SECRET)
    await reach(window, setUp.getByRole('textbox', { name: 'Integration ID' }))
    await keyboard.press('ControlOrMeta+a')
    await keyboard.type('github')
    await keyboard.press('Enter')
    await expect(setUp.getByText('An integration with this id exists already.')).toBeVisible()
    await keyboard.press('ControlOrMeta+a')
    await keyboard.type('slack')
    await keyboard.press('Enter')
  })

  await test.step('it goes straight on to connecting, and the secret is nowhere in the window', async () => {
    const connect = window.getByRole('dialog', { name: 'Connect Slack' })
    await expect(connect.getByRole('textbox', { name: 'Label' })).toBeFocused()
    expect(await window.content()).not.toContain(SECRET)
    await keyboard.press('Enter')
    await expect(connect.getByRole('heading', { name: 'Approve the sign-in in your browser' })).toBeVisible()
    const page = await openSignIn(world, systemBrowser)
    await page.getByRole('button', { name: 'Allow' }).press('Enter')
    await expect(connect).toHaveCount(0)
  })
  const took = Date.now() - begun
  info.annotations.push({ type: 'measured', description: `${took} ms from the list to the connection` })
  expect(took).toBeLessThan(120_000)

  await test.step('the connector is now among the recent ones, and its guide leads to changing and removing it', async () => {
    await expect(window.getByRole('searchbox', { name: 'Search connectors' })).toBeFocused()
    await keyboard.press('Escape')
    await expect(window.getByRole('heading', { name: 'Recent' })).toBeVisible()
    await expect(window.getByRole('article').first()).toHaveAccessibleName('Slack')
    await keyboard.press('ArrowDown')
    await expect(window.getByRole('searchbox', { name: 'Search connectors' })).not.toBeFocused()
    await keyboard.press('i')
    const about = window.getByRole('dialog', { name: 'About Slack' })
    await expect(about.getByRole('heading', { name: 'What you need' })).toBeVisible()
    await expect(about.getByRole('heading', { name: 'How to connect' })).toBeVisible()
    await expectAccessible(window)
    await reach(window, about.getByRole('button', { name: 'Change the integration slack' }))
    await keyboard.press('Enter')
    const change = window.getByRole('dialog', { name: 'Change the integration for Slack' })
    await expect(change.getByRole('textbox', { name: 'Name at Nango' })).toHaveValue('Slack')
    await expect(change.getByText('It cannot change: 1 connection hangs on it.')).toBeVisible()
    await expect(change.getByText(/in the Nango dashboard only/)).toBeHidden()
    await reach(window, change.getByText('Webhooks', { exact: true }))
    await keyboard.press('Enter')
    await expect(change.getByText(/in the Nango dashboard only/)).toBeVisible()
    await expectAccessible(window)
    await reach(window, change.getByRole('button', { name: 'Remove…' }))
    await keyboard.press('Enter')
    const question = window.getByRole('alertdialog')
    await expect(question.getByRole('button', { name: 'Keep it' })).toBeFocused()
    await expect(question.getByText(/the 1 connection that hangs on it goes with it/)).toBeVisible()
    await expectAccessible(window)
    await reach(window, question.getByRole('textbox', { name: 'Type 1 to delete it with its connections' }))
    await keyboard.type('1')
    await reach(window, question.getByRole('button', { name: 'Remove it and 1 connection' }))
    await keyboard.press('Enter')
    await expect(question).toHaveCount(0)
    await expect(change).toHaveCount(0)
  })
  const left = await fetch(`${world.nango.url}/connections`, { headers: world.nango.authorization })
  expect(await left.json()).toEqual({ connections: [] })
})
