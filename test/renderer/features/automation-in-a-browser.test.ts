import { generateKeyPairSync, sign } from 'node:crypto'
import type { Page } from '@playwright/test'
import { describe, expect, test } from 'vitest'
import type { Core } from '#core/core'
import type { OwnGrant } from '#shared/contract/grants'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { headlessPath } from '#test/installed-browser'
import { SocketPeer, startSocket } from '#test/transports/socket-peer'
import { axeFaults, openConnectSheet, openRealWindow, sheetOf } from '../real-window.ts'
import { useBrowser } from '../use-browser.ts'

const UI = { kind: 'ui' } as const

describe.skipIf(headlessPath() === null)('programs in the window over the real core and its socket', () => {
  const shared = useBrowser()

  const answer = async <T>(core: Core, method: string, params: unknown): Promise<T> => {
    const reply = await core.dispatch(UI, method, params)
    if (!reply.ok) throw new Error(`${method}: ${reply.error.code}`)
    return reply.value as T
  }
  const start = async () => {
    const opened = await openRealWindow({ ...shared, width: 1200, height: 800 })
    const running = await startSocket(opened.core)
    shared.endings.push(() => running.stop())
    return { ...opened, running }
  }
  type Started = Awaited<ReturnType<typeof start>>
  const connect = async ({ core, platform }: Started, label: string, login: string): Promise<void> => {
    const { flowId } = await answer<{ flowId: string }>(core, 'connect.start', { connectorId: 'github', label, via: 'browser' })
    await walkSignIn(platform.opened.at(-1) ?? '', { login })
    await expect.poll(async () => (await answer<{ state: string }>(core, 'connect.get', { flowId })).state).toBe('connected')
  }

  /** A program with a key of its own at the socket. */
  const program = async ({ running }: Started, name: string) => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const client = { name, version: '1', publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') }
    const peer = await SocketPeer.connect(running.socketPath)
    shared.endings.push(() => peer.close())
    const hello = async (): Promise<string> => ((await peer.call('system.hello', { client })).result as { nonce: string }).nonce
    await hello()
    return {
      ask: async (params: object): Promise<OwnGrant> => {
        const reply = await peer.call('grants.request', { name, purpose: 'To read <b>issues</b>.', ...params })
        if (reply.error !== undefined) throw new Error(JSON.stringify(reply.error))
        return reply.result as OwnGrant
      },
      prove: async (): Promise<void> => {
        const text = `patchbay-prove\n${await hello()}\n${running.socketPath}`
        await peer.call('system.prove', { signature: sign(null, Buffer.from(text), privateKey).toString('base64') })
      },
      /** What became of a call: `done`, or the code of its error. */
      outcome: async (method: string, params: object): Promise<unknown> => {
        const reply = await peer.call(method, params)
        return reply.error === undefined ? 'done' : reply.error.data['code']
      },
    }
  }

  const card = (page: Page) => page.locator('dialog[open]')
  const focused = (page: Page): Promise<string> =>
    page.evaluate(() => {
      const { activeElement } = document
      const named = activeElement?.closest('label, button')
      return activeElement?.getAttribute('aria-label') ?? named?.textContent ?? ''
    })
  /** Tabs on until what is called so has the focus. */
  const tabTo = async (page: Page, name: RegExp): Promise<void> => {
    for (let tries = 0; tries < 40; tries += 1) {
      if (name.test(await focused(page))) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`${name} was not reached; the focus is on ${await focused(page)}`)
  }
  const armed = async (page: Page): Promise<void> => {
    await card(page)
      .getByRole('button', { name: /^Allow/ })
      .and(page.locator(':not([aria-disabled])'))
      .waitFor()
  }

  test('a program asks, and with the keyboard alone the person says yes to less, sees what it did, takes it back, undoes that, and takes all back; a yes takes a card that has stood still, and nothing behind it hears a press or a key', async () => {
    const opened = await start()
    const { page, core } = opened
    page.setDefaultTimeout(10_000)
    await connect(opened, 'Work', 'ada')
    await connect(opened, 'Home', 'grace')
    const script = await program(opened, 'notes" of “me”')
    const asked = script.ask({
      verbs: ['read', 'request', 'secret'],
      connections: { kind: 'connectors', connectorIds: ['github'] },
      limits: { rules: [{ methods: ['GET'], path: '/repos/**' }], callsPerMinute: 60 },
    })
    await card(page).getByRole('heading', { name: "“notes' of 'me'” asks for access" }).waitFor()
    await expect.poll(() => focused(page)).toMatch(/^Deny/)
    await expect
      .poll(() => card(page).locator('[aria-live="assertive"]').textContent())
      .toContain("“notes' of 'me'” asks: See it, make calls")
    await card(page).getByText('“To read <b>issues</b>.”').waitFor()
    await card(page).getByText('GET /repos/**').waitFor()
    expect(
      await card(page)
        .getByRole('checkbox', { name: /Hold the credential/ })
        .isChecked(),
    ).toBe(false)
    await tabTo(page, /github\/home/)
    await page.keyboard.press('Space')
    await expect
      .poll(() =>
        card(page)
          .getByRole('checkbox', { name: /All of GitHub/ })
          .isChecked(),
      )
      .toBe(false)
    await armed(page)
    expect(await axeFaults(page)).toEqual([])
    await tabTo(page, /^Allow less/)
    await page.keyboard.press('Enter')
    expect(await asked).toMatchObject({ state: 'active', verbs: ['read', 'request'], connections: { kind: 'some' }, term: 'session' })
    await card(page).waitFor({ state: 'detached' })

    await script.prove()
    const look = () => script.outcome('connections.get', { connectionId: 'github/work' })
    expect(await look()).toBe('done')
    expect(await script.outcome('connections.get', { connectionId: 'github/home' })).toBe('automation.denied')
    expect(await script.outcome('connections.getCredentials', { connectionId: 'github/work' })).toBe('automation.denied')
    await script.outcome('connections.request', { connectionId: 'github/work', path: '/repos/harborline/web' })

    await page.keyboard.press('g')
    await page.keyboard.press('u')
    const row = page.getByRole('row', { name: /notes' of 'me'/ })
    await row.getByText('GET /repos/** · 60 a minute').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const panel = page.getByRole('complementary')
    await panel.getByText('GET /repos/harborline/web', { exact: true }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await panel.getByRole('button', { name: 'Edit terms' }).press('Enter')
    await sheetOf(page).getByRole('radio', { name: 'Standing' }).press('Space')
    await sheetOf(page).getByRole('radio', { name: 'When taken back' }).press('Space')
    await sheetOf(page).getByRole('textbox', { name: 'Calls a day' }).fill('500')
    await page.keyboard.press('Enter')
    await sheetOf(page).waitFor({ state: 'detached' })
    await panel.getByText('60 a minute, 500 a day').waitFor()
    await panel.getByRole('button', { name: 'Revoke what it touched...' }).press('Enter')
    await sheetOf(page).getByText('github/work').waitFor()
    await sheetOf(page).getByRole('button', { name: 'Go on with one' }).press('Enter')
    await sheetOf(page).getByText('1 of 1 will have their access ended.').waitFor()
    await page.keyboard.press('Escape')
    await sheetOf(page).waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    // The focus goes back to the row that was opened.
    await expect.poll(() => row.evaluate((element) => element.contains(document.activeElement))).toBe(true)
    await page.keyboard.press('x')
    await row.getByRole('button', { name: /^Undo/ }).waitFor()
    expect(await look()).toBe('automation.denied')
    await page.keyboard.press('ControlOrMeta+z')
    await row.getByRole('button', { name: /^Take back/ }).waitFor()
    await row.getByText('until taken back').waitFor()
    expect(await look()).toBe('done')

    await page.keyboard.press('4')
    await page.getByRole('grid', { name: 'Audit' }).getByText('GET /repos/harborline/web').waitFor()
    await page.getByRole('button', { name: 'Check now' }).press('Enter')
    await page.getByText(/lines are as they were written, numbered without a gap from 1 to/).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Outcome' }).press('Enter')
    await page.getByRole('menuitemradio', { name: 'Denied' }).press('Enter')
    await page.getByRole('button', { name: 'Outcome: Denied' }).waitFor()
    const line = page.getByRole('row', { name: /connections.getCredentials/ })
    await line.waitFor()
    expect(await page.getByRole('grid').getByText('GET /repos/harborline/web').count()).toBe(0)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).press('Enter')
    await page.getByRole('menuitem', { name: 'As JSON lines' }).press('Enter')
    expect((await download).suggestedFilename()).toMatch(/^patchbay-audit-.*\.ndjson$/)

    // A menu that still goes hears the keys, and the lines of the audit name the program too.
    await page.getByRole('menu').waitFor({ state: 'detached' })
    await page.keyboard.press('1')
    await page.getByRole('grid', { name: 'Audit' }).waitFor({ state: 'detached' })
    await row.waitFor()
    await page.getByRole('button', { name: 'Take back all...' }).press('Enter')
    const question = page.getByRole('alertdialog')
    await question.getByText('One grant ends, and its program is refused at once.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await tabTo(page, /^Take back one/)
    await page.keyboard.press('Enter')
    await row.getByRole('button', { name: /^Forget/ }).waitFor()
    expect(await look()).toBe('automation.denied')

    // One page for both: a window of its own would cost some seconds more.
    await openConnectSheet(page, 'slack')
    const label = sheetOf(page).getByLabel('Label')
    await label.fill('Half typed')
    const writer = await program(opened, 'writer')
    const wish = { verbs: ['read', 'write'], connections: { kind: 'some', connectionIds: ['github/work'] }, asksEachTime: true }
    const denied = writer.ask(wish)
    await card(page).waitFor()
    const allow = card(page).getByRole('button', { name: /^Allow/ })
    expect(await allow.getAttribute('aria-disabled')).toBe('true')
    await allow.click({ force: true })
    const waiting = async () => (await answer<{ grants: unknown[] }>(core, 'grants.list', { state: 'waiting' })).grants.length
    expect(await waiting()).toBe(1)
    // The sheet below, the pages beside it and the keys of the window: none of them is reached.
    await page.mouse.click(60, 60)
    await page.keyboard.press('g')
    await page.keyboard.press('c')
    expect(await page.evaluate(() => location.hash)).toBe('#/connectors')
    await armed(page)
    await page.evaluate(() => window.dispatchEvent(new Event('blur')))
    await expect.poll(() => allow.getAttribute('aria-disabled')).toBe('true')
    await armed(page)
    await page.setViewportSize({ width: 1100, height: 700 })
    await expect.poll(() => allow.getAttribute('aria-disabled')).toBe('true')
    await page.keyboard.press('Escape')
    expect(await denied).toMatchObject({ state: 'denied', endedBecause: 'refused' })
    await card(page).waitFor({ state: 'detached' })
    expect(await label.inputValue()).toBe('Half typed')
    await expect.poll(() => label.evaluate((field) => field === document.activeElement)).toBe(true)

    const [first, second] = [writer.ask(wish), (await program(opened, 'second')).ask({ ...wish, asksEachTime: false })]
    await card(page).getByText('1 of 2 requests').waitFor()
    await armed(page)
    await card(page)
      .getByRole('checkbox', { name: /See it/ })
      .focus()
    await allow.click()
    expect(await first).toMatchObject({ state: 'active', asksEachTime: true, verbs: ['read', 'write'] })
    await card(page).getByRole('heading', { name: '“second” asks for access' }).waitFor()
    expect(await allow.getAttribute('aria-disabled')).toBe('true')
    await card(page).getByRole('button', { name: /^Deny/ }).click()
    expect(await second).toMatchObject({ state: 'denied' })

    await writer.prove()
    const [renamed, refused] = [
      writer.outcome('connections.update', { connectionId: 'github/work', label: 'Desk', notes: 'one more  '.repeat(200) }),
      writer.outcome('connections.remove', { connectionId: 'github/work', revoke: true }),
    ]
    await card(page).getByRole('heading', { name: '“writer” wants to make a call through github/work' }).waitFor()
    await card(page).getByText('1 of 2 requests').waitFor()
    await card(page).getByRole('region', { name: 'What it would send or change' }).getByText('"Desk"').waitFor()
    await card(page).getByText('There is more to send: scroll to its end first.').waitFor()
    await tabTo(page, /^What it would send or change/)
    await page.keyboard.press('End')
    await card(page).getByText('Cut here: it would send more than is shown.').waitFor()
    // The program that calls is this one; other systems may not tell.
    if (process.platform === 'linux') await card(page).getByText(`process ${process.pid}`).waitFor()
    // Looked at while it comes to rest.
    expect(await axeFaults(page)).toEqual([])
    await armed(page)
    await tabTo(page, /^Allow this call/)
    await page.keyboard.press('Enter')
    expect(await renamed).toBe('done')
    await card(page).getByText('1 of 1 request').waitFor()
    await card(page).getByText('Access is ended at the service, then the connection is deleted. This cannot be undone.').waitFor()
    await card(page).getByRole('button', { name: /^Deny/ }).click()
    expect(await refused).toBe('automation.call_refused')
    expect(await answer(core, 'connections.get', { connectionId: 'github/work' })).toMatchObject({ label: 'Desk' })
  }, 60_000)
})
