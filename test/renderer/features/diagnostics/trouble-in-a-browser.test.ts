import type { Page } from '@playwright/test'
import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '#shared/contract/settings'
import { createDemo } from '#test/renderer/demo-api'
import { startDemoHost } from '#test/renderer/demo-host'
import { axeFaults } from '#test/renderer/real-window'
import { headlessPath } from '#test/installed-browser'
import { useBrowser } from '#test/renderer/use-browser'

describe.skipIf(headlessPath() === null)('the window for a person in trouble', () => {
  const shared = useBrowser()
  const { endings, complaints } = shared

  const open = async (options: Parameters<typeof createDemo>[0], hash: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> => {
    const host = await startDemoHost(shared.folder, createDemo(options))
    const context = await shared.browser.newContext({ viewport: { width: 900, height: 600 }, colorScheme, reducedMotion: 'reduce' })
    endings.push(host.stop, () => context.close())
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`))
    await page.goto(host.url + hash)
    await page.getByRole('contentinfo').waitFor()
    return page
  }

  test('the doctor shows what it finds group by group, and offers to mend what a program can', async () => {
    const page = await open({}, '#/diagnostics', 'dark')
    await page.getByText('One thing is not in order.').waitFor()
    const backups = page.locator('[data-check="backups"]')
    await backups.getByRole('button', { name: 'Make a backup' }).click()
    await page.getByText('One thing is not in order.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.locator('[data-check="nango_sessions"]').getByRole('button', { name: 'Open' }).click()
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
  })

  test('the log is kept to a level, a word and one attempt, and what stands in it stays text', async () => {
    const page = await open({}, '#/diagnostics/log')
    const lines = page.getByRole('list', { name: 'Lines of the log, newest first' })
    await expect.poll(() => lines.locator('> li').count()).toBe(6)
    const crashed = page.getByRole('button', { name: /call\.crashed/ })
    await crashed.click()
    await page.getByText('<img src=x onerror=alert(1)>□ evil', { exact: true }).waitFor()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('tab', { name: 'Warnings' }).click()
    await expect.poll(() => lines.locator('> li').count()).toBe(2)
    await page.getByRole('tab', { name: 'All' }).click()
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('http.')
    await expect.poll(() => lines.locator('> li').count()).toBe(1)
    await page.goto(`${page.url().split('#')[0] ?? ''}#/diagnostics/log/attempt/flw_demo`)
    await expect.poll(() => lines.locator('> li').count()).toBe(3)
  })

  test('the support bundle is read before it is saved', async () => {
    const page = await open({}, '#/diagnostics/bundle')
    expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Put it together' }).click()
    await page.getByRole('region', { name: 'The file as it will be saved' }).waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved, for your eyes only').waitFor()
    expect(await axeFaults(page)).toEqual([])
  })

  test('the panel of a connection tells cause, evidence and one next action, its thirty days, and how its sign-in went', async () => {
    const page = await open({}, '#/connections/c1', 'dark')
    const panel = page.getByRole('complementary')
    await panel.getByText('The sign-in to Google Mail could not be renewed').waitFor()
    await panel.getByRole('list', { name: 'Why' }).getByText('Expiry:').waitFor()
    expect(await panel.getByRole('button', { name: 'Reconnect' }).count()).toBe(1)
    await panel.getByText(/^Good on 29 days, failing on 1 day\.$/).waitFor()
    const history = panel.getByRole('table', { name: 'History' })
    expect(await history.getByRole('row').count()).toBe(6)
    await history.getByRole('button', { name: 'How this sign-in went' }).click()
    await expect.poll(() => history.getByRole('list', { name: 'How this sign-in went' }).getByRole('listitem').count()).toBe(11)
    expect(await axeFaults(page)).toEqual([])
    await history.getByRole('link', { name: 'Log of this sign-in' }).click()
    await page.getByText('Attempt flw_demo').waitFor()
  })

  test('damaged data is told on a page of its own: what still works, the newest backup, and the ways out', async () => {
    const storage = { state: 'rescue', reason: 'corrupt', since: '2026-11-20T10:00:00.000Z', isWritable: false } as const
    const page = await open({ storage }, '')
    await page.getByRole('heading', { name: 'The stored data is damaged' }).waitFor()
    await page.getByText('1 connection comes back').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Start anew' }).click()
    const sheet = page.getByRole('dialog')
    const anew = sheet.getByRole('button', { name: 'Start anew' })
    expect(await anew.getAttribute('aria-disabled')).toBe('true')
    await sheet.getByRole('textbox').fill('anew')
    await expect.poll(() => anew.getAttribute('aria-disabled')).toBeNull()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Restore' }).click()
    await page.getByRole('alertdialog').getByText('never deleted').waitFor()
  })

  test('data of a newer version has no button that could destroy it', async () => {
    const page = await open({ storage: { state: 'rescue', reason: 'future', isWritable: false } }, '')
    await page.getByRole('heading', { name: 'A newer Patchbay wrote this data' }).waitFor()
    expect(await page.getByRole('button', { name: /Start anew|Restore/ }).count()).toBe(0)
    await page.getByRole('button', { name: 'Run the doctor' }).click()
    await page.getByRole('heading', { name: 'Diagnostics' }).waitFor()
  })

  test('a state that was put back is told above every page until it was read, in German as well', async () => {
    const settings = { ...DEFAULT_SETTINGS, language: 'de' as const }
    const notice = { kind: 'rolled_back', at: '2026-11-20T10:00:00.000Z', lostWrites: 3, folder: null } as const
    const page = await open({ settings, storage: { notice } }, '')
    await page.getByText('3 Änderungen fehlen.').waitFor()
    await page.getByRole('button', { name: 'Was heißt das' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Gelesen' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await axeFaults(page)).toEqual([])
  })
})
