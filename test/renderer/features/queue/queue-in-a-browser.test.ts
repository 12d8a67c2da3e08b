import type { Page } from '@playwright/test'
import { describe, expect, test } from 'vitest'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { axeFaults, openRealWindow, sheetOf } from '../../real-window.ts'
import { headlessPath } from '#test/installed-browser'
import { useBrowser } from '../../use-browser.ts'

const KEY = 'demo-planted-key-0123456789'

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent)
const hasCard = (page: Page) => page.evaluate(() => document.activeElement?.hasAttribute('data-card'))

describe.skipIf(headlessPath() === null)('several connected one after the other in the window over the real core', () => {
  const shared = useBrowser()

  /** Searches a connector and chooses its card, with keys alone. */
  const chooseBySearch = async (page: Page, search: string): Promise<void> => {
    const field = page.getByRole('searchbox', { name: 'Search connectors' })
    if (!(await field.evaluate((element) => element === document.activeElement))) await page.keyboard.press('/')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type(search)
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => hasCard(page)).toBe(true)
    await page.keyboard.press('Space')
  }

  /** Moves on to the card with this name and chooses it. */
  const chooseNext = async (page: Page, name: string): Promise<void> => {
    for (let step = 0; step < 20 && (await focused(page)) !== `Connect ${name}`; step += 1) {
      const before = await focused(page)
      await page.keyboard.press('ArrowRight')
      await expect.poll(() => focused(page)).not.toBe(before)
    }
    await page.keyboard.press('Space')
  }

  test('A queue of six is chosen and planned with the keyboard, goes on over a reload and while it is hidden, says which one was denied, and lets it be tried again, left out and cancelled', async () => {
    const { page, platform, core } = await openRealWindow(shared)
    const pageOf = async (count: number): Promise<string> => {
      await expect.poll(() => platform.opened.length).toBe(count)
      return platform.opened[count - 1] ?? ''
    }
    const sheet = sheetOf(page)
    const row = (name: string) => sheet.getByRole('listitem').filter({ hasText: name })

    // Shift and an arrow choose up to the next card, Esc leaves all out again.
    await page.evaluate(() => (location.hash = '#/connectors'))
    await page.getByRole('article').first().waitFor()
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => hasCard(page)).toBe(true)
    await page.keyboard.press('Shift+ArrowRight')
    await page.keyboard.press('Shift+ArrowRight')
    await page.getByRole('button', { name: 'Connect 3' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Way to sign in' }).waitFor()

    // Chosen ones stay chosen while others are looked for.
    await chooseBySearch(page, 'slack')
    await chooseBySearch(page, 'airtable')
    await page.keyboard.press('/')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.keyboard.press('2')
    await page.getByRole('article', { name: 'Anthropic', exact: true }).waitFor()
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => hasCard(page)).toBe(true)
    await page.keyboard.press('Home')
    for (const name of ['GitHub (User OAuth)', 'Gmail', 'Linear', 'Notion', 'OpenAI']) await chooseNext(page, name)
    await page.getByRole('button', { name: 'Connect 7' }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.keyboard.press('c')

    await row('OpenAI').getByText('To fill in: API Key').waitFor()
    await row('Slack').getByText('Sign-in on its page').waitFor()
    await row('Airtable').getByText('Nango has no integration for it yet.').waitFor()
    await expect.poll(() => focused(page)).toContain('Connect 6')
    expect(await axeFaults(page)).toEqual([])
    await sheet.getByLabel('Label of Slack').fill('Team')
    expect(platform.opened).toEqual([])

    // A form that is not filled in is shown instead of a start.
    await page.keyboard.press('Enter')
    await sheet.getByText('One form is not complete yet.').waitFor()
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.closest('[data-field]')?.getAttribute('data-field')))
      .toBe('credential.apiKey')
    expect(platform.opened).toEqual([])
    await page.keyboard.type(KEY)
    await page.keyboard.press('Enter')

    await sheet.getByRole('heading', { name: 'Connecting 1 of 6' }).waitFor()
    await sheet.getByRole('button', { name: 'Reopen page' }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await walkSignIn(await pageOf(1), { login: 'ada' })
    await row('Slack').getByText('slack/team').waitFor()
    await walkSignIn(await pageOf(2), { deny: true })
    await row('GitHub').getByText("You pressed Cancel on GitHub's page").waitFor()
    await sheet.getByRole('heading', { name: 'Connecting 3 of 6' }).waitFor()
    const third = await pageOf(3)

    // The window is read anew in the middle: the strip says how far it is and opens the sheet again.
    await page.reload()
    const strip = page.getByRole('region', { name: 'Connecting several' })
    await strip.getByText('Connecting 3 of 6').waitFor()
    await strip.getByText('Gmail waits for its sign-in').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await strip.getByRole('button', { name: 'Show' }).press('Enter')
    await row('Gmail').getByRole('button', { name: 'Reopen page' }).waitFor()
    await walkSignIn(third, { login: 'ada' })
    await sheet.getByRole('heading', { name: 'Connecting 4 of 6' }).waitFor()
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await walkSignIn(await pageOf(4), { login: 'ada' })
    await strip.getByText('Connecting 5 of 6').waitFor()
    await walkSignIn(await pageOf(5), { login: 'ada' })
    await strip.getByText('5 of 6 connected').waitFor()
    await strip.getByRole('button', { name: 'Show' }).press('Enter')
    await sheet.getByRole('heading', { name: '5 of 6 connected' }).waitFor()
    await row('GitHub').getByText('Not connected').waitFor()
    expect(await axeFaults(page)).toEqual([])

    // What was denied is planned again, left out, planned once more and cancelled; what was seen is spoken of no more.
    await sheet.getByRole('button', { name: 'Try the other one again' }).press('Enter')
    await sheet.getByRole('heading', { name: 'Connect one account' }).waitFor()
    await expect.poll(() => focused(page)).toContain('Connect 1')
    await page.keyboard.press('Enter')
    await sheet.getByRole('button', { name: 'Skip GitHub (User OAuth)' }).press('Enter')
    await row('GitHub').getByText('You left it out.').waitFor()
    await sheet.getByRole('button', { name: 'Try the other one again' }).press('Enter')
    await expect.poll(() => focused(page)).toContain('Connect 1')
    await page.keyboard.press('Enter')
    await sheet.getByRole('button', { name: 'Cancel the rest' }).press('Enter')
    await sheet.getByRole('heading', { name: 'Stopped: 0 of 1 connected' }).waitFor()
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    expect(await strip.count()).toBe(0)

    const listed = await core.dispatch({ kind: 'ui' }, 'connections.list', {})
    const { connections } = (listed.ok ? listed.value : { connections: [] }) as { connections: { connectorId: string; status: string }[] }
    expect(
      connections
        .filter(({ status }) => status === 'connected')
        .map(({ connectorId }) => connectorId)
        .toSorted(),
    ).toEqual(['google-mail', 'linear', 'notion', 'openai', 'slack'])
    expect(await page.content()).not.toContain(KEY)
  }, 90_000)

  test('A queue that waits for Nango says why in the window and goes on when it is told to', async () => {
    const { page, core } = await openRealWindow(shared)
    const host = async (method: string, params: unknown): Promise<void> => {
      expect(await core.dispatch({ kind: 'ui' }, method, params)).toMatchObject({ ok: true })
    }
    const sheet = sheetOf(page)
    await host('queue.start', { items: [{ connectorId: 'slack' }, { connectorId: 'notion', label: 'Team' }], open: false })
    await page.getByRole('region', { name: 'Connecting several' }).getByRole('button', { name: 'Show' }).press('Enter')
    const skip = sheet.getByRole('button', { name: 'Skip Slack' })
    await skip.waitFor()
    await host('sandbox.update', { brokenAnswers: 'no_answer' })
    await skip.press('Enter')
    await sheet.getByRole('heading', { name: 'Paused at 2 of 2' }).waitFor()
    await sheet.getByText('Nango cannot be reached.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await host('sandbox.update', { brokenAnswers: 'off' })
    // The host may have found out first: then there is no button any more.
    const goOn = sheet.getByRole('button', { name: 'Go on now' })
    await goOn.evaluateAll((all) => all.forEach((button) => (button as HTMLElement).click()))
    await sheet.getByRole('heading', { name: 'Connecting 2 of 2' }).waitFor()
    await sheet.getByRole('button', { name: 'Skip Notion Team' }).waitFor()
  }, 60_000)
})
