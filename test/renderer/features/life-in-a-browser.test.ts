import type { Page } from '@playwright/test'
import { describe, expect, test } from 'vitest'
import type { Core } from '#core/core'
import type { Connection } from '#shared/contract/connections'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { axeFaults, openRealWindow, sheetOf } from '../real-window.ts'
import { headlessPath } from '#test/installed-browser'
import { useBrowser } from '../use-browser.ts'

const UI = { kind: 'ui' } as const
const GITHUB = 'GitHub (User OAuth)'

describe.skipIf(headlessPath() === null)('the life of a connection in its panel over the real core', () => {
  const shared = useBrowser()
  const answer = async <T>(core: Core, method: string, params: unknown): Promise<T> => {
    const reply = await core.dispatch(UI, method, params)
    if (!reply.ok) throw new Error(`${method}: ${reply.error.code}`)
    return reply.value as T
  }
  type Opened = Awaited<ReturnType<typeof openRealWindow>>
  const connect = async ({ core, platform }: Opened, connectorId: string, label: string, login = 'ada'): Promise<string> => {
    const { flowId, connectionId } = await answer<{ flowId: string; connectionId: string }>(core, 'connect.start', {
      connectorId,
      label,
      via: 'browser',
    })
    await walkSignIn(platform.opened.at(-1) ?? '', { login })
    await expect
      .poll(
        async () =>
          (await answer<{ steps: { id: string; state: string }[] }>(core, 'connect.get', { flowId })).steps.find(
            ({ id }) => id === 'account',
          )?.state,
      )
      .toBe('done')
    return connectionId
  }
  const open = (page: Page, connectionId: string): Promise<string> =>
    page.evaluate((id) => (location.hash = `#/connections/${id}`), connectionId)
  const panelOf = (page: Page) => page.getByRole('complementary')
  test('broken, explained and mended: a check tells what the service says, with its evidence and one next step', async () => {
    const opened = await openRealWindow({ ...shared, width: 1440, height: 900 })
    const { page, core } = opened
    const connectionId = await connect(opened, 'github', 'Work')
    await open(page, connectionId)
    const health = panelOf(page).getByRole('region', { name: 'Health' })
    await health.getByText(/Unknown: nobody has seen it work|Verified/).waitFor()
    await page.keyboard.press('v')
    await health.getByText(/^Verified /).waitFor()
    await health.getByText('GET /user').waitFor()
    await health.getByText(/^Good on 1 day, not checked on 29 days\.$/).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await answer(core, 'sandbox.update', { serviceAnswers: 'unauthorized' })
    await panelOf(page).getByRole('button', { name: 'Check now' }).click()
    await health.getByText('One look proves nothing.', { exact: false }).waitFor()
    await health.getByText('Check it again in a minute.', { exact: false }).waitFor()
    await health.getByRole('button', { name: 'What this is known from' }).press('Enter')
    await health.getByText('The service refused the credentials: 401').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await answer(core, 'sandbox.calm', {})
    await page.keyboard.press('v')
    await health.getByText(/^Verified /).waitFor()
    await answer(core, 'sandbox.failRefresh', { connectionId })
    await panelOf(page).getByText(`The sign-in to ${GITHUB} could not be renewed`).waitFor()
    expect(await panelOf(page).getByRole('button', { name: 'Reconnect' }).count()).toBe(1)
    await answer(core, 'sandbox.failRefresh', { connectionId, isFailing: false })
    await page.keyboard.press('f')
    const question = page.getByRole('alertdialog', { name: 'The last refresh failed' })
    await question.getByText('for 30 seconds').waitFor()
    await question.getByRole('button', { name: 'Try anyway' }).click()
    await page.getByText(`${GITHUB} Work was refreshed`).waitFor()
    await page.getByText(/^Its new token runs out/).waitFor()
    const history = panelOf(page).getByRole('table', { name: 'History' })
    await history.getByText('Works again').first().waitFor()
    await history.getByRole('button', { name: 'How this sign-in went' }).click()
    await expect.poll(() => history.getByRole('list', { name: 'How this sign-in went' }).getByRole('listitem').count()).toBe(11)
    const saved = page.waitForEvent('download')
    await history.getByRole('button', { name: 'Save trace' }).click()
    const file = await saved
    expect(file.suggestedFilename()).toMatch(/^patchbay-trace-github-.+\.json$/)
    expect(await axeFaults(page)).toEqual([])
  }, 60_000)

  test('access is ended and the connection deleted after it was said what happens where, and the report tells it token by token', async () => {
    const opened = await openRealWindow({ ...shared, width: 1200, height: 800 })
    const { page, core } = opened
    await connect(opened, 'slack', 'Team')
    const connectionId = await connect(opened, 'github', 'Work')
    await open(page, connectionId)
    await panelOf(page).getByRole('button', { name: 'Remove...' }).waitFor()
    await page.getByRole('row', { name: `${GITHUB} Work` }).waitFor()
    await page.keyboard.press('x')
    const question = page.getByRole('alertdialog')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Keep it')
    await question.getByRole('radio', { name: 'End the access at GitHub, then remove it' }).waitFor()
    const before = question.getByRole('region', { name: 'What will happen where' })
    await before.getByText('is not asked.', { exact: false }).waitFor()
    await question.getByRole('radio', { name: 'End the access at GitHub, then remove it' }).click()
    await before.getByText('ends this sign-in: all its tokens at once.').waitFor()
    await question.getByText('This cannot be undone.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    // The service is down: nothing is deleted, what it said is told, and it can be tried again.
    await page.setViewportSize({ width: 1200, height: 600 })
    await answer(core, 'sandbox.update', { isProviderDown: true })
    await question.getByRole('button', { name: 'End access and remove' }).click()
    await question.getByText('The provider did not end access. Nothing was deleted.').waitFor()
    const refusal = question.getByRole('list', { name: 'Token by token' }).getByText('503')
    await refusal.waitFor()
    const foot = await page.locator('[data-sheet] > :last-child').boundingBox()
    await expect.poll(async () => ((await refusal.boundingBox())?.y ?? 800) < (foot?.y ?? 0)).toBe(true)
    expect(await answer<Connection>(core, 'connections.get', { connectionId })).toMatchObject({ status: 'connected' })
    expect(await axeFaults(page)).toEqual([])
    await page.setViewportSize({ width: 1200, height: 800 })
    await answer(core, 'sandbox.update', { isProviderDown: false })
    await question.getByRole('button', { name: 'End access and remove' }).click()
    const report = page.getByRole('dialog', { name: `${GITHUB} Work was removed` })
    await report.getByText('access ended.').waitFor()
    await report.getByText('deleted.', { exact: true }).waitFor()
    await report.getByRole('list', { name: 'Token by token' }).getByText('The whole sign-in: ended.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByRole('row', { name: `${GITHUB} Work` }).count()).toBe(0)
    // Only forgotten, it can be brought back.
    await page.getByRole('row', { name: 'Slack Team' }).click()
    await panelOf(page).getByRole('button', { name: 'Remove...' }).click()
    await question.getByRole('radio', { name: 'Only forget it here' }).click()
    await question.getByRole('button', { name: 'Forget here' }).click()
    await page.getByRole('dialog', { name: 'Slack Team was removed' }).getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Slack Team is back').waitFor()
    await page.getByRole('row', { name: 'Slack Team' }).waitFor()
    expect(await answer<{ total: number }>(core, 'connections.counts', {})).toMatchObject({ total: 1 })
  }, 60_000)

  test('tags are edited, metadata is merged and replaced, and a default is chosen, with the keyboard', async () => {
    const opened = await openRealWindow({ ...shared, width: 1200, height: 800 })
    const { page, core } = opened
    const connectionId = await connect(opened, 'github', 'Work')
    const otherId = await connect(opened, 'github', 'Home', 'grace')
    await open(page, connectionId)
    const labels = panelOf(page).getByRole('region', { name: 'Tags and metadata' })
    await labels.getByRole('button', { name: 'Edit tags' }).press('Enter')
    await sheetOf(page).getByRole('button', { name: 'Add a tag' }).press('Enter')
    await sheetOf(page).getByRole('textbox', { name: 'Key' }).and(page.locator(':focus')).waitFor()
    await page.keyboard.type('1team')
    await page.keyboard.press('Tab')
    await page.keyboard.type('release')
    await sheetOf(page).getByText('Begin with a letter', { exact: false }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await sheetOf(page).getByRole('textbox', { name: 'Key' }).last().fill('team')
    await page.keyboard.press('Enter')
    await labels.getByText('team: release').waitFor()
    await labels.getByRole('button', { name: 'Edit metadata' }).press('Enter')
    const text = sheetOf(page).getByRole('textbox')
    await text.fill('{ "plan": ')
    await sheetOf(page)
      .getByText(/This is not JSON/)
      .first()
      .waitFor()
    await text.fill('{ "plan": "a", "region": { "x": 1 } }')
    await sheetOf(page).getByRole('list', { name: 'What this changes' }).getByText('plan, region').waitFor()
    await sheetOf(page).getByRole('button', { name: 'Merge', exact: true }).press('Enter')
    await sheetOf(page).waitFor({ state: 'detached' })
    await labels.getByRole('button', { name: 'Edit metadata' }).press('Enter')
    await sheetOf(page)
      .getByRole('button', { name: /has 2 keys now/ })
      .waitFor()
    await sheetOf(page)
      .getByRole('radio', { name: /^Replace/ })
      .click()
    await text.fill('{ "plan": "b" }')
    await sheetOf(page).getByText('region', { exact: true }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await sheetOf(page).getByRole('button', { name: 'Replace all' }).press('Enter')
    await sheetOf(page).waitFor({ state: 'detached' })
    expect(await answer(core, 'connections.getMetadata', { connectionId })).toMatchObject({ metadata: { plan: 'b' } })
    await page.getByRole('button', { name: 'More actions' }).press('Enter')
    await page.getByRole('menuitem', { name: /^Use as default account/ }).press('Enter')
    await panelOf(page).getByText('alone means this account').waitFor()
    await page.getByRole('button', { name: 'More actions' }).press('Enter')
    await page.getByRole('menuitem', { name: 'Replace by another account' }).press('Enter')
    await sheetOf(page).getByRole('combobox').press('Enter')
    await page.getByRole('option', { name: /Home/ }).press('Enter')
    expect(await axeFaults(page)).toEqual([])
    await sheetOf(page).getByRole('button', { name: 'Replace', exact: true }).press('Enter')
    await sheetOf(page).getByText('The old account goes by', { exact: false }).waitFor()
    expect(await answer<Connection>(core, 'connections.get', { connectionId: otherId })).toMatchObject({ handle: 'github/work' })
    expect(await axeFaults(page)).toEqual([])
  }, 60_000)

  test('a connection deleted at Nango while its sheet is open is said there, and nothing typed is lost', async () => {
    const opened = await openRealWindow({ ...shared, width: 1200, height: 800 })
    const { page, core } = opened
    const connectionId = await connect(opened, 'github', 'Work')
    await open(page, connectionId)
    await panelOf(page).getByRole('button', { name: 'Edit metadata' }).click()
    const text = sheetOf(page).getByRole('textbox')
    await sheetOf(page).getByText('has none now', { exact: false }).waitFor()
    await text.fill('{ "plan": "kept" }')
    await answer(core, 'sandbox.reset', {})
    // Whichever comes first: the window hears that it is gone, or is told when it writes.
    await sheetOf(page).getByRole('button', { name: 'Merge', exact: true }).press('Enter')
    await sheetOf(page).getByText('does not have this connection any more').waitFor()
    expect(await text.inputValue()).toBe('{ "plan": "kept" }')
    expect(await axeFaults(page)).toEqual([])
    await sheetOf(page).getByRole('button', { name: 'Copy what you typed' }).press('Enter')
    await page.keyboard.press('Escape')
    await panelOf(page).getByText('This connection is gone').waitFor()
    expect(await axeFaults(page)).toEqual([])
  }, 60_000)
})
