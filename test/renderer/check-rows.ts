import type { Page } from '@playwright/test'
import { expect } from 'vitest'
import { axeFaults } from './real-window.ts'

/** Checks rows of the list as a person does with the keyboard, checks all and unchecks them; `total` are listed. */
export const checkRows = async (page: Page, total: number): Promise<void> => {
  const bar = page.getByRole('group', { name: 'Checked connections' })
  await page.getByRole('row', { name: 'Google Mail Work' }).waitFor()
  await page.getByRole('treegrid').focus()
  await page.keyboard.press('Space')
  await bar.getByText('1 connection checked').waitFor()
  await page.keyboard.press('Space')
  await page.getByRole('tab', { name: /^All/ }).waitFor()
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await bar.getByText('3 connections checked').waitFor()
  expect(await page.locator('[role=row][aria-selected=true]').count()).toBe(3)
  expect(await axeFaults(page)).toEqual([])
  await page.getByRole('treegrid').focus()
  await page.keyboard.press('ControlOrMeta+a')
  await bar.getByText(`All ${total.toLocaleString('en')} that match are checked`).waitFor()
  await bar.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Copy handles' }).click()
  await page.getByText('Up to 1,000 handles are copied at once').waitFor()
  // An Escape before it has gone would be for the menu.
  await page.getByRole('menu').waitFor({ state: 'detached' })
  await page.getByRole('treegrid').focus()
  await page.keyboard.press('Escape')
  await bar.waitFor({ state: 'detached' })
  expect(await page.locator('[role=row][aria-selected=true]').count()).toBe(0)
}
