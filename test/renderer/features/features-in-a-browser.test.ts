import { describe, expect, test } from 'vitest'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { axeFaults, openConnectSheet, openRealWindow, type RealWindowOptions, sheetOf } from '../real-window.ts'
import { headlessPath } from '#test/installed-browser'
import { useBrowser } from '../use-browser.ts'

const KEY = 'wrong-0b9d6ff0-1111-4222'

describe.skipIf(headlessPath() === null)('first run, Connectors, the connect sheet and Settings over the real core', () => {
  const shared = useBrowser()

  const start = (options: Partial<RealWindowOptions> = {}) => openRealWindow({ ...shared, ...options })

  test('a first profile is corrected in place: nothing typed is lost, and nothing stays behind', async () => {
    const { page, core } = await start({ hasSandbox: false })
    await page.getByRole('button', { name: /Your own Nango/ }).press('Enter')
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('placeholder'))).toContain('https://')
    await page.keyboard.type('http://nango.example.test')
    await page.getByLabel('Secret key', { exact: true }).fill(KEY)
    await page.keyboard.press('Enter')
    await page.getByText('Tick this, or use an https address').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('textbox', { name: 'Address' }).fill('http://127.0.0.1:9')
    await page.keyboard.press('Enter')
    await page.getByText('does not work yet').waitFor()
    await page.getByText('Nothing listens at that address and port').waitFor()
    expect(await page.getByLabel('Secret key', { exact: true }).inputValue()).toBe(KEY)
    // What has no room scrolls by itself, under its buttons; the window stands still.
    await page.setViewportSize({ width: 900, height: 500 })
    expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0)
    await page.getByRole('main').evaluate((main) => main.scrollTo(0, 0))
    const again = await page.getByRole('button', { name: 'Try again' }).boundingBox()
    expect((again?.y ?? 500) + (again?.height ?? 0)).toBeLessThan(500)
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('button', { name: /Sandbox/ }).waitFor()
    await expect.poll(async () => core.dispatch({ kind: 'ui' }, 'profiles.list', {})).toMatchObject({ ok: true, value: { profiles: [] } })
    await page.getByRole('button', { name: /Sandbox/ }).click()
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
  })

  test('a mistake of one page stays there: the others go on', async () => {
    const { page } = await start()
    // An answer that no page expects.
    await page.routeWebSocket(/\/rpc$/, (socket) => {
      const host = socket.connectToServer()
      host.onMessage((frame) => socket.send(String(frame).replace(/"lines":\[.*?\}\]/, '"lines":[null]')))
    })
    await page.reload()
    await page.evaluate(() => (location.hash = '#/diagnostics/log'))
    const alert = page.getByRole('alert')
    await expect.poll(() => alert.textContent()).toContain('This page could not be shown.')
    await page.getByRole('link', { name: /^Connections/ }).click()
    await page.getByRole('heading', { name: /Nothing is plugged in/ }).waitFor()
    await page.close()
    shared.complaints.splice(0)
  })

  test('a form says what is wrong before anything is sent, takes a correction from the keyboard, and forgets its secret', async () => {
    const { page } = await start()
    await openConnectSheet(page, 'jira basic')
    const domain = page.getByRole('textbox', { name: 'Jira Domain' })
    await domain.fill('https://harborline.atlassian.net/browse/X')
    await page.keyboard.press('Enter')
    await page.getByText('Three fields are not right yet.').waitFor()
    expect(await domain.getAttribute('aria-invalid')).toBe('true')
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Go to Jira Domain' }).click()
    await page.keyboard.press('Alt+Enter')
    await expect.poll(() => domain.inputValue()).toBe('harborline')
    await page.getByRole('textbox', { name: 'Email Address' }).fill('mara@harborline.example')
    await page.getByLabel('API Key', { exact: true }).fill(KEY)
    await page.keyboard.press('Enter')
    await page.getByText('Jira did not accept this').waitFor()
    await page.getByText('lacks the right to read').waitFor()
    expect(await page.getByLabel('API Key', { exact: true }).inputValue()).toBe(KEY)
    await page.keyboard.press('Escape')
    await sheetOf(page).waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Search connectors')
    await page.keyboard.press('Enter')
    await sheetOf(page).getByLabel('Label').waitFor()
    expect(await page.getByLabel('API Key', { exact: true }).inputValue()).toBe('')
    expect(await page.content()).not.toContain(KEY)
  })

  test('a hidden sign-in goes on: its success is told, its refusal brings the sheet back', async () => {
    const { page, platform } = await start()
    const begin = async (search: string): Promise<string> => {
      await openConnectSheet(page, search)
      await page.keyboard.press('Enter')
      await page.getByText('Approve the sign-in in your browser').waitFor()
      await page.keyboard.press('Escape')
      await sheetOf(page).waitFor({ state: 'detached' })
      return platform.opened.at(-1) ?? ''
    }
    await walkSignIn(await begin('slack'))
    await page.getByText('Handle: slack/').waitFor()
    await walkSignIn(await begin('github'), { deny: true })
    await page
      .getByRole('heading', { name: 'GitHub was not given access' })
      .or(page.getByText('GitHub was not given access'))
      .first()
      .waitFor()
    expect(await axeFaults(page)).toEqual([])
  })

  test('a cancelled sign-in is over, and what comes too late is removed again and told', async () => {
    const { page, platform } = await start()
    await openConnectSheet(page, 'notion')
    await page.keyboard.press('Enter')
    await page.getByText('Approve the sign-in in your browser').waitFor()
    expect(await page.content()).not.toContain('connect_session')
    await page.getByRole('button', { name: 'Copy address' }).click()
    await page.getByText('Copied. Keep it to yourself.').waitFor()
    expect(platform.copied.at(-1)).toContain('connect_session')
    expect(await page.content()).not.toContain('connect_session')
    await page.getByRole('button', { name: 'Cancel sign-in' }).click()
    await page.getByText('The sign-in was cancelled').waitFor()
    await walkSignIn(platform.opened.at(-1) ?? '')
    await page.getByText('Notion answered too late').waitFor()
    await page.getByText('The new connection was removed again.').first().waitFor()
  })

  test('Settings locks and opens the vault, and removes a profile only after a question', async () => {
    const { page, core } = await start()
    await page.evaluate(() => (location.hash = '#/settings'))
    await page.getByRole('button', { name: 'Test Sandbox' }).click()
    await page.getByText('“Sandbox” works.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('link', { name: 'Vault' }).click()
    await page.getByRole('button', { name: 'Lock now' }).click()
    await page.getByText('The vault is locked').waitFor()
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByRole('button', { name: 'Lock now' }).waitFor()
    await page.getByRole('link', { name: 'Appearance' }).click()
    const probes = page.getByRole('radiogroup', { name: 'Try connections by itself' })
    await probes.getByRole('radio', { name: 'Daily', checked: true }).press('ArrowLeft')
    await probes.getByRole('radio', { name: 'Never', checked: true }).waitFor()
    await expect.poll(() => core.dispatch({ kind: 'ui' }, 'settings.get', {})).toMatchObject({ ok: true, value: { healthProbes: 'off' } })
    await page.getByRole('link', { name: 'Profiles' }).click()
    await page.getByRole('button', { name: 'More about Sandbox' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Keep it')
    await page.getByRole('button', { name: 'Remove profile' }).click()
    await page.getByRole('heading', { name: 'Where should your sign-ins be kept?' }).waitFor()
  })
})
