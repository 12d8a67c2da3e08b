import type { Page } from '@playwright/test'
import { expect } from 'vitest'
import { axeFaults } from './real-window.ts'

/** Checks rows of the list as a person does with the keyboard, refreshes and stops, checks all and unchecks them; `total` are listed. */
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
  await bar.getByRole('button', { name: 'Refresh' }).click()
  await bar.getByRole('button', { name: 'Stop' }).click()
  await bar.getByText(/^Stopped: [12] of 3/).waitFor()
  await page.getByRole('treegrid').focus()
  await page.keyboard.press('ControlOrMeta+a')
  await bar.getByText(`${total.toLocaleString('en')} connections checked`).waitFor()
  await bar.getByRole('button', { name: 'Copy handles' }).hover()
  const why = page.getByText('Up to 1,000 handles are copied at once')
  await why.waitFor()
  await page.getByRole('treegrid').hover()
  await why.waitFor({ state: 'detached' })
  await page.getByRole('treegrid').focus()
  await page.keyboard.press('Escape')
  await bar.waitFor({ state: 'detached' })
  expect(await page.locator('[role=row][aria-selected=true]').count()).toBe(0)
}
