import type { Locator, Page } from '@playwright/test'
import { expect, test } from './journey.ts'

/** Presses Tab until the target has the focus. */
const reach = async (page: Page, target: Locator): Promise<void> => {
  await expect(target).toBeVisible()
  for (let press = 0; press < 30; press++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  await expect(target).toBeFocused()
}

test('from the first run to a removed connection with the keyboard alone', async ({ window }) => {
  const { keyboard } = window
  await expect(window.getByRole('button', { name: /^Nango Cloud/ })).toBeFocused()
  await reach(window, window.getByRole('button', { name: /^Sandbox/ }))
  await keyboard.press('Enter')
  await expect(window.getByText('Sandbox: not real accounts').first()).toBeVisible()
  await expect(window.getByText('Nothing is plugged in yet')).toBeVisible()

  await keyboard.press('c')
  await expect(window.getByRole('searchbox', { name: 'Search connectors' })).toBeFocused()
  await keyboard.type('openai')
  await expect(window.getByRole('article').first()).toHaveAccessibleName('OpenAI')
  await keyboard.press('Enter')
  const sheet = window.getByRole('dialog', { name: 'Connect OpenAI' })
  await expect(sheet.getByRole('textbox', { name: 'Label' })).toBeFocused()
  await keyboard.type('Experiments')
  await keyboard.press('Enter')
  await expect(sheet.getByText(/not right yet/)).toBeVisible()
  await reach(window, sheet.getByLabel('API Key', { exact: true }))
  await keyboard.type('demo-key-of-experiments')
  await keyboard.press('Enter')
  await expect(sheet).toHaveCount(0)

  // Out of the search: the first Escape empties it.
  const search = window.getByRole('searchbox', { name: 'Search connectors' })
  await expect(search).toBeFocused()
  await keyboard.press('Escape')
  await expect(search).toHaveValue('')
  await keyboard.press('Escape')
  await expect(search).not.toBeFocused()
  await keyboard.press('g')
  await keyboard.press('c')
  await expect(window.getByRole('row', { name: /^OpenAI Experiments/ })).toContainText('Connected')
  await keyboard.press('j')
  await expect(window.getByRole('treegrid')).toBeFocused()
  await keyboard.press('j')
  await keyboard.press('Enter')
  await expect(window.getByRole('complementary', { name: 'Connection OpenAI Experiments' })).toBeVisible()
  await keyboard.press('x')
  const question = window.getByRole('alertdialog')
  await expect(question.getByRole('button', { name: 'Keep it' })).toBeFocused()
  await reach(window, question.getByRole('button', { name: 'Delete and forget' }))
  await keyboard.press('Enter')
  await expect(window.getByText('Nothing is plugged in yet')).toBeVisible()
})
