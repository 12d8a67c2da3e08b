import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NangoStandIn, startNangoStandIn } from '#core/sandbox/nango-stand-in'
import { numbered } from '#test/core/bulk/bulk-world'
import { axeFaults, openRealWindow, sheetOf } from '../real-window.ts'
import { headlessPath } from '#test/installed-browser'
import { useBrowser } from '../use-browser.ts'

const UI = { kind: 'ui' } as const
const DAY_MS = 86_400_000
const OAUTH = {
  display_name: 'By sign-in',
  auth_mode: 'OAUTH2',
  authorization_url: '/demo-provider/authorize',
  token_url: '/demo-provider/token',
}
const GOOD = 490
const BAD = 10
const ALL = GOOD + BAD

describe.skipIf(headlessPath() === null)('many connections at once in the window over the real core', () => {
  const shared = useBrowser()
  const endings: (() => unknown)[] = []
  let nango: NangoStandIn
  let opened: Awaited<ReturnType<typeof openRealWindow>>

  beforeAll(async () => {
    nango = await startNangoStandIn({
      rateLimitPerMinute: 100_000,
      integrations: ['openai', 'airtable', 'xero'].map((key) => ({ uniqueKey: key, provider: key, clientId: key, clientSecret: key })),
      providers: { airtable: OAUTH, xero: OAUTH },
    })
    endings.push(() => nango.stop())
    nango.seedConnections(
      [...numbered('bad', BAD), ...numbered('good', GOOD)].map((name) => ({
        connectionId: name,
        integrationKey: 'openai',
        createdAt: Date.now() - 200 * DAY_MS,
        tags: { end_user_display_name: name },
        credentials: { type: 'API_KEY' as const, apiKey: name.startsWith('bad-') ? name : `demo-${name}` },
      })),
    )
    const { folder, browser, complaints } = shared
    opened = await openRealWindow({
      folder,
      browser,
      complaints,
      endings,
      hasSandbox: false,
      environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey },
      width: 1200,
      height: 800,
    })
    await opened.core.dispatch(UI, 'sync.run', {})
    await opened.page.getByRole('tab', { name: `All ${ALL}` }).waitFor()
  }, 60_000)
  afterAll(async () => {
    for (const end of endings.toReversed()) await end()
  })

  const total = async (): Promise<number> => {
    const reply = await opened.core.dispatch(UI, 'connections.counts', {})
    return reply.ok ? (reply.value as { total: number }).total : -1
  }
  const labelled = async (label: string): Promise<number> => {
    const reply = await opened.core.dispatch(UI, 'connections.list', { search: label })
    return reply.ok ? (reply.value as { connections: readonly { label: string | null }[] }).connections.length : -1
  }
  const barOf = (page: Page) => page.getByRole('group', { name: 'Checked connections' })
  const runOf = (page: Page) => page.getByRole('region', { name: 'Action over many' })
  /** What the strip shows; a screen reader is told it apart, and less often. */
  const tells = (page: Page, words: string | RegExp, timeout = 20_000) =>
    runOf(page).getByText(words).and(page.locator(':not(.sr-only)')).waitFor({ timeout })
  const checkAll = async (page: Page): Promise<void> => {
    await page.getByRole('treegrid').focus()
    await page.keyboard.press('ControlOrMeta+a')
    await barOf(page)
      .getByText(/^All [\d,]+ that match are checked$/)
      .waitFor()
  }
  const checkRows = async (page: Page, count: number): Promise<void> => {
    await page.getByRole('treegrid').focus()
    await page.keyboard.press('Home')
    for (let row = 1; row < count; row += 1) await page.keyboard.press('Shift+ArrowDown')
    await barOf(page).getByText(`${count} connections checked`).waitFor()
  }
  const choose = async (page: Page, name: string): Promise<void> => {
    await barOf(page).getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name }).click()
  }
  const hide = async (page: Page): Promise<void> => {
    await runOf(page).getByRole('button', { name: 'Hide this result' }).click()
    await runOf(page).waitFor({ state: 'detached' })
  }

  test('A104: all that the filter shows are checked with two keys, 500 are tried of which ten fail, a reload in the middle loses nothing, and the ten are shown with their reason, saved and run again', async () => {
    const { page } = opened
    nango.changeFaults({ rateLimitRequests: 1_000, rateLimitSeconds: 1 })
    await checkAll(page)
    expect(await axeFaults(page)).toEqual([])
    await page.keyboard.press('v')
    const sheet = sheetOf(page)
    await sheet.getByText(`${ALL} of ${ALL} will be tried at their service.`).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await sheet.getByRole('button', { name: `Check ${ALL}` }).press('Enter')
    await tells(page, `Checking ${ALL} connections`)
    await page.reload()
    await tells(page, `Checking ${ALL} connections`)
    await tells(page, `Checked: ${ALL} connections`, 60_000)
    await tells(page, `${GOOD} work · ${BAD} failed`)
    await runOf(page)
      .getByRole('button', { name: `Show the ${BAD} not done` })
      .click()
    await expect.poll(() => sheet.getByRole('listitem').count()).toBe(BAD)
    await sheet.getByRole('listitem').filter({ hasText: 'openai/bad-000' }).waitFor()
    expect(await sheet.getByRole('listitem').first().innerText()).toMatch(/OpenAI|refuse|accept/i)
    expect(await axeFaults(page)).toEqual([])
    // What is told of it in a small window covers nothing that can be pressed below.
    await page.setViewportSize({ width: 900, height: 600 })
    await sheet.getByRole('button', { name: 'Copy', exact: true }).click()
    const told = await page.locator('[data-toast]').boundingBox()
    const foot = await page.locator('[data-sheet] > :last-child').boundingBox()
    expect((told?.y ?? 600) + (told?.height ?? 0)).toBeLessThanOrEqual(foot?.y ?? 0)
    await page.setViewportSize({ width: 1200, height: 800 })
    const saving = page.waitForEvent('download')
    await sheet.getByRole('button', { name: 'Save as CSV' }).click()
    const lines = (await readFile(await (await saving).path(), 'utf8')).trimEnd().split('\r\n')
    expect(lines[0]).toBe('handle,outcome,code,reason')
    expect(lines.slice(1).map((line) => line.split(',').slice(0, 3).join(','))).toEqual(
      expect.arrayContaining(numbered('openai/bad', BAD).map((handle) => `${handle},failed,connection.refused`)),
    )
    await sheet.getByRole('button', { name: `Run ${BAD} again` }).click()
    await sheet.getByText(`${BAD} of ${BAD} will be tried`).waitFor()
    await sheet.getByRole('button', { name: `Check ${BAD}` }).press('Enter')
    await tells(page, `Checked: ${BAD} connections`)
    await hide(page)
  }, 120_000)

  test('A104: a run that waits for the rate limit says until when and is stopped, another one waits its turn, and what was not reached is told', async () => {
    const { page } = opened
    nango.changeFaults({ rateLimitRequests: 20, rateLimitSeconds: 6 })
    await checkAll(page)
    await page.keyboard.press('v')
    await sheetOf(page)
      .getByRole('button', { name: `Check ${ALL}` })
      .press('Enter')
    await tells(page, /allows no more requests until \d\d:\d\d:\d\d\. [\d,]+ of 500 done; it goes on by itself\./)
    expect(await axeFaults(page)).toEqual([])
    await checkRows(page, 2)
    await choose(page, 'Export as JSON')
    await runOf(page).getByRole('button', { name: '1 more waits' }).press('Enter')
    const sheet = sheetOf(page)
    await sheet.getByText('Waits for the run before it.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    const saving = page.waitForEvent('download')
    await runOf(page).getByRole('button', { name: 'Stop' }).press('Enter')
    const saved = JSON.parse(await readFile(await (await saving).path(), 'utf8')) as unknown[]
    expect(saved).toHaveLength(2)
    await hide(page)
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('combobox').fill('actions over many')
    await page
      .getByRole('option', { name: /actions over many/i })
      .first()
      .waitFor()
    await page.keyboard.press('Enter')
    await sheet.getByText(`Stopped by you: check of ${ALL} connections`).waitFor()
    await sheet.getByText(/[\d,]+ not reached/).waitFor()
    await page.keyboard.press('Escape')
    nango.changeFaults({ rateLimitRequests: 10_000, rateLimitSeconds: 1 })
    // The next answer tells that there is room again.
    await opened.core.dispatch(UI, 'sync.run', {})
  }, 60_000)

  test('A104: an export is a CSV file of the rows that are checked, without a credential', async () => {
    const { page } = opened
    await checkRows(page, 3)
    const saving = page.waitForEvent('download')
    await choose(page, 'Export as CSV')
    const download = await saving
    expect(download.suggestedFilename()).toMatch(/^patchbay-connections-[\d-]+\.csv$/)
    const text = await readFile(await download.path(), 'utf8')
    const lines = text.trimEnd().split('\r\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toMatch(/^handle,connectorId,label,status,/)
    expect(text).not.toContain('demo-good')
    await tells(page, 'Exported: 3 connections')
    expect(await axeFaults(page)).toEqual([])
    await hide(page)
  }, 60_000)

  test('A104: labels of several are given after a dry run and taken back with undo, from the keyboard alone', async () => {
    const { page } = opened
    await checkRows(page, 3)
    await barOf(page).getByRole('button', { name: 'More actions' }).press('Enter')
    await page.getByRole('menuitem').and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Enter')
    const sheet = sheetOf(page)
    await sheet.getByLabel('Label', { exact: true }).focus()
    await page.keyboard.type('Night shift')
    await sheet.getByText('3 of 3 will be labelled.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.keyboard.press('Enter')
    await tells(page, 'Labelled: 3 connections')
    expect(await labelled('Night shift')).toBe(3)
    await page.keyboard.press('ControlOrMeta+z')
    await tells(page, 'Undone: 3 connections')
    expect(await labelled('Night shift')).toBe(0)
    await hide(page)
  }, 60_000)

  test('A104: a removal of many tells first how many and asks for the number; nothing is removed before', async () => {
    const { page } = opened
    await checkAll(page)
    await page.keyboard.press('x')
    const sheet = sheetOf(page)
    await sheet.getByText(`${ALL} of ${ALL} will be removed.`).waitFor()
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Keep them')
    expect(await axeFaults(page)).toEqual([])
    await sheet.getByRole('button', { name: `Remove ${ALL}` }).click({ force: true })
    await sheet.getByLabel(`Type ${ALL} to go on`).fill('499')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    expect(await total()).toBe(ALL)
    await page.getByRole('treegrid').focus()
    await page.keyboard.press('Escape')
    await checkRows(page, 2)
    await page.keyboard.press('x')
    await sheet.getByLabel('Type 2 to go on').fill('2')
    await page.keyboard.press('Enter')
    // The looks of before may have used up what many actions may ask in a minute.
    await tells(page, 'Removed: 2 connections', 70_000)
    expect(await total()).toBe(ALL - 2)
    await hide(page)
  }, 120_000)

  test('A98, A103: the list is filtered to what was not used for 90 days, and what runs out stands by day and week with its rule and source', async () => {
    const { page } = opened
    nango.seedConnections(
      [
        { connectionId: 'soon', integrationKey: 'airtable', days: 57 },
        { connectionId: 'later', integrationKey: 'xero', days: 40 },
      ].map(({ days, ...one }) => ({
        ...one,
        createdAt: Date.now() - days * DAY_MS,
        tags: { end_user_display_name: one.connectionId },
        credentials: { type: 'OAUTH2' as const, access_token: 'at', refresh_token: 'rt', raw: {} },
      })),
    )
    await opened.core.dispatch(UI, 'sync.run', {})
    await page.getByRole('row', { name: 'Airtable soon' }).waitFor()
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Not used for 90 days' }).click()
    await page.getByText('Not used for 90 days', { exact: true }).waitFor()
    await expect.poll(() => page.getByRole('row', { name: 'Airtable soon' }).count()).toBe(0)
    await page
      .getByRole('row', { name: /OpenAI/ })
      .first()
      .waitFor()
    await checkAll(page)
    await page.keyboard.press('Escape')
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Remove the filter by use' }).click()
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('combobox').fill('what runs out')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'What runs out' }).waitFor()
    const line = page.getByRole('listitem').filter({ hasText: 'soon' })
    await line.getByText('Airtable ends access that was not renewed for 60 days.').waitFor()
    expect(await line.getByRole('link', { name: /^Source/ }).getAttribute('href')).toMatch(/^https:\/\/airtable\.com\//)
    await page
      .getByRole('region', { name: /^Week from/ })
      .getByText('later')
      .waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('tab', { name: '7 days' }).click()
    await expect.poll(() => page.getByRole('listitem').filter({ hasText: 'later' }).count()).toBe(0)
    await line.waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'What runs out' }).waitFor()
  }, 60_000)
})
