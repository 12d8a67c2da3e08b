import type { Page } from '@playwright/test'
import { describe, expect, test } from 'vitest'
import type { Core } from '#core/core'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { axeFaults, openConnectSheet, openRealWindow, type RealWindowOptions, sheetOf } from '../real-window.ts'
import { headlessPath } from '#test/installed-browser'
import { useBrowser } from '../use-browser.ts'

const UI = { kind: 'ui' } as const
const GITHUB = 'GitHub (User OAuth)'

describe.skipIf(headlessPath() === null)('accounts, profiles and success in the window over the real core', () => {
  const shared = useBrowser()

  const start = (options: Partial<RealWindowOptions> = {}) => openRealWindow({ ...shared, ...options })
  type Started = Awaited<ReturnType<typeof start>>
  const answer = async <T>(core: Core, method: string, params: unknown): Promise<T> => {
    const reply = await core.dispatch(UI, method, params)
    if (!reply.ok) throw new Error(`${method}: ${reply.error.code}`)
    return reply.value as T
  }
  const connect = async ({ core, platform }: Started, connectorId: string, label: string, login: string): Promise<void> => {
    const { flowId } = await answer<{ flowId: string }>(core, 'connect.start', { connectorId, label, via: 'browser' })
    await walkSignIn(platform.opened.at(-1) ?? '', { login })
    await expect.poll(async () => (await answer<{ state: string }>(core, 'connect.get', { flowId })).state).toBe('connected')
  }
  const rowOf = (page: Page, name: string) => page.getByRole('row', { name })
  const go = (page: Page, hash: string): Promise<string> => page.evaluate((next) => (location.hash = next), hash)

  test('A76: the number of accounts on a connector opens the list of just those, and another can be added', async () => {
    const opened = await start({ width: 1200, height: 800 })
    const { page } = opened
    await connect(opened, 'github', 'Work', 'ada')
    await connect(opened, 'github', 'Home', 'grace')
    await connect(opened, 'slack', 'Team', 'ada')
    await go(page, '#/connectors')
    const count = page.getByRole('article', { name: GITHUB, exact: true }).getByRole('link', { name: `2 accounts of ${GITHUB}: show them` })
    await count.waitFor()
    await page.getByRole('button', { name: `Add another account of ${GITHUB}` }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await count.click()
    await page.getByText(`Connector: ${GITHUB}`).waitFor()
    await rowOf(page, `${GITHUB} Work`).waitFor()
    await rowOf(page, `${GITHUB} Home`).waitFor()
    expect(await rowOf(page, 'Slack Team').count()).toBe(0)
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Remove the connector filter' }).click()
    await rowOf(page, 'Slack Team').waitFor()
  }, 60_000)

  test('A76: the accounts of a connector are reached with the keyboard alone', async () => {
    const opened = await start()
    const { page } = opened
    await connect(opened, 'slack', 'Team', 'ada')
    await go(page, '#/connectors')
    await page.getByRole('searchbox', { name: 'Search connectors' }).fill('slack')
    await page.getByRole('link', { name: '1 account of Slack: show it' }).waitFor()
    await expect.poll(() => page.getByRole('article').first().getAttribute('aria-label')).toBe('Slack')
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Add another account of Slack')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Connector: Slack').waitFor()
    await rowOf(page, 'Slack Team').waitFor()
  }, 60_000)

  test('A167: a sign-in that succeeds is told, its row is scrolled into view and marked for a moment, and the title says it until somebody looks', async () => {
    const opened = await start({ width: 1200 })
    const { page, platform } = opened
    for (const [connectorId, label] of ['github', 'slack', 'notion'].flatMap((id) =>
      ['A', 'B', 'C', 'D'].map((name) => [id, name] as const),
    ))
      await connect(opened, connectorId, label, 'ada')
    await openConnectSheet(page, 'slack')
    await sheetOf(page).getByLabel('Label').fill('Zulu')
    await page.keyboard.press('Enter')
    await page.getByText('Approve the sign-in in your browser').waitFor()
    await page.keyboard.press('Escape')
    await sheetOf(page).waitFor({ state: 'detached' })
    await go(page, '#/connections')
    await rowOf(page, 'Slack Zulu').waitFor()
    await page.evaluate(() => {
      document.hasFocus = () => false
    })
    const fresh = page.waitForFunction(() => {
      const row = document.querySelector('[role="row"][data-fresh]')
      if (row === null) return null
      const { top, bottom } = row.getBoundingClientRect()
      const frame = row.closest('[role="treegrid"]')?.getBoundingClientRect()
      const isInView = frame !== undefined && top >= frame.top && bottom <= frame.bottom
      return isInView ? { text: row.textContent, color: getComputedStyle(row).backgroundColor } : null
    })
    await walkSignIn(platform.opened.at(-1) ?? '', { login: 'ada' })
    const marked = await (await fresh).jsonValue()
    expect(marked?.text).toContain('Slack Zulu')
    expect(marked?.color).toBe('rgb(245, 245, 243)')
    await page.getByText('Handle: slack/zulu').waitFor()
    await expect.poll(() => page.title()).toBe('Connected: Slack - Patchbay')
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await expect.poll(() => page.title()).toBe('Patchbay')
    await expect.poll(() => page.locator('[data-fresh]').count(), { timeout: 5000 }).toBe(0)
  }, 90_000)

  test('A166: another profile changes the list, its counts, the connectors and the status bar at once, and closes what belongs to the first', async () => {
    const opened = await start({ width: 1200, height: 800 })
    const { page, core } = opened
    await connect(opened, 'github', 'First', 'ada')
    await connect(opened, 'slack', 'First', 'ada')
    const second = await answer<{ profileId: string }>(core, 'profiles.create', { name: 'Second', kind: 'sandbox', use: true })
    await connect(opened, 'notion', 'Second', 'ada')
    const nav = page.getByRole('navigation', { name: 'Main' })
    await rowOf(page, 'Notion Second').waitFor()
    await page.keyboard.press('ControlOrMeta+1')
    await rowOf(page, `${GITHUB} First`).waitFor()
    // Never a row of one profile under the name of another.
    await nav.getByRole('button', { name: 'Sandbox' }).waitFor()
    expect(await rowOf(page, 'Notion Second').count()).toBe(0)
    await expect.poll(() => nav.getByRole('link', { name: /Connections/ }).innerText()).toContain('2')
    await rowOf(page, `${GITHUB} First`).click()
    await page.getByRole('complementary', { name: `Connection ${GITHUB} First` }).waitFor()
    await page.keyboard.press('ControlOrMeta+2')
    await rowOf(page, 'Notion Second').waitFor()
    expect(await page.getByRole('complementary').count()).toBe(0)
    expect(await rowOf(page, `${GITHUB} First`).count()).toBe(0)
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    await page.getByRole('link', { name: '1 account of Notion: show it' }).waitFor()
    expect(await page.getByRole('link', { name: /accounts? of GitHub/ }).count()).toBe(0)
    await nav.getByRole('button', { name: /Second/ }).click()
    await page
      .getByRole('menuitemradio', { name: /Sandbox/ })
      .first()
      .click()
    await page.getByRole('link', { name: `1 account of ${GITHUB}: show it` }).waitFor()
    expect(await page.getByRole('link', { name: /accounts? of Notion/ }).count()).toBe(0)
    expect(second.profileId).not.toBe('')
  }, 90_000)

  // One page for both: a window of its own would cost a second more.
  test('A3, A25, A39, A69: the panel says who holds the credentials, and a program that asks for an account brings the chooser up by itself', async () => {
    const opened = await start({ width: 1200, height: 800 })
    const { page, core } = opened
    await connect(opened, 'github', 'Work', 'ada')
    await rowOf(page, `${GITHUB} Work`).click()
    const account = page.getByRole('complementary').getByRole('region', { name: 'Account' })
    await account.getByText('Held by').waitFor()
    await account.getByText('the sandbox in this app').waitFor()
    expect(await axeFaults(page)).toEqual([])

    for (const label of ['Home', 'Work'])
      await answer(core, 'connect.start', { connectorId: 'openai', label, credentials: { apiKey: 'demo-key-12345' } })
    const program = { kind: 'cli', isTrusted: false, terminal: null, client: 'deploy' } as const
    const ask = (reason: string) => core.dispatch(program, 'connections.pick', { connectorId: 'openai', reason })
    const [chosen, declined] = [ask('To <b>write</b> a summary'), ask('Once more')]
    const sheet = sheetOf(page)
    await sheet.getByRole('heading', { name: 'Which OpenAI account?' }).waitFor()
    await sheet.getByText('For a program that calls itself “deploy”').waitFor()
    await sheet.getByText('To <b>write</b> a summary').waitFor()
    await sheet.getByText('One more request waits.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => sheet.getByRole('radio', { name: /^OpenAI Work, .*Connected$/ }).getAttribute('aria-checked')).toBe('true')
    await page.keyboard.press('Enter')
    expect(await chosen).toMatchObject({ ok: true, value: { handle: 'openai/work', connectorId: 'openai' } })
    await sheet.getByText('Once more').waitFor()
    // What is pressed as it opens is not taken for an answer.
    await expect
      .poll(async () => {
        await page.keyboard.press('Escape')
        return sheet.count()
      })
      .toBe(0)
    expect(await declined).toMatchObject({ ok: false, error: { code: 'request.cancelled' } })
  }, 60_000)

  test('A45: the guides are read without a network, reached with the keyboard, and their links stay inside or open the system browser', async () => {
    const { page } = await start({ width: 1200, height: 800 })
    await page.getByRole('searchbox').or(page.getByText('Nothing is plugged in yet')).first().waitFor()
    const loaded = (): Promise<number> =>
      page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).length)
    const before = await loaded()
    await page.keyboard.press('?')
    await page.getByRole('link', { name: 'Read the guides' }).press('Enter')
    await page.getByRole('heading', { name: 'Setting Nango up', exact: true }).waitFor()
    // The guides are no part of the first paint.
    expect(await loaded()).toBeGreaterThan(before)
    await page.getByText('Only the rights that are needed.').waitFor()
    await page.getByRole('button', { name: 'Patchbay and Nango', exact: true }).first().press('Enter')
    await page.getByRole('heading', { name: 'Patchbay and Nango', exact: true }).waitFor()
    await page.getByRole('columnheader', { name: 'usual cause' }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('tab', { name: 'Patchbay and Nango' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('heading', { name: 'Security', exact: true }).waitFor()
    await page.getByRole('button', { name: 'the socket handshake' }).press('Enter')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('The socket handshake')
    expect(await axeFaults(page)).toEqual([])
    const outside = page.getByRole('link', { name: /Nango's documentation/ })
    expect(await outside.getAttribute('target')).toBe('_blank')
    expect(await outside.getAttribute('rel')).toBe('noreferrer')
  }, 60_000)

  test('A45: the guides are read while the vault is locked too', async () => {
    const { page, core } = await start()
    await answer(core, 'vault.lock', {})
    await go(page, '#/settings/help/connectors')
    await page.getByRole('heading', { name: 'Connectors', exact: true }).waitFor()
  }, 60_000)
})
