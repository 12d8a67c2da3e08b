import { generateKeyPairSync } from 'node:crypto'
import type { Page } from '@playwright/test'
import { getProviders } from '@nangohq/providers'
import { describe, expect, test } from 'vitest'
import type { Core } from '#core/core'
import type { StandInProvider } from '#core/sandbox/nango-stand-in'
import type { Flow } from '#shared/contract/connect'
import type { Connection } from '#shared/contract/connections'
import { startFakeNango } from '#test/helpers/fake-nango'
import { environmentOf } from '#test/helpers/nango-world'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { axeFaults, openConnectSheet, openRealWindow, type RealWindowOptions, sheetOf } from '../../real-window.ts'
import { headlessPath } from '#test/installed-browser'
import { useBrowser } from '../../use-browser.ts'

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

/** The body of the sign-in page's form for one of the demo people. */
const signInAs = async (address: string, account: 'demo-ada' | 'demo-grace'): Promise<void> => {
  const shown = await fetch(address, { redirect: 'manual' })
  const cookie = shown.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  const location = shown.headers.get('location') ?? ''
  const page = await (await fetch(location)).text()
  const fields = new URLSearchParams()
  for (const [, name = '', value = ''] of page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g))
    fields.set(name, value.replaceAll('&amp;', '&'))
  fields.set('account', account)
  fields.set('decision', 'allow')
  const sent = await fetch(new URL('/demo-provider/authorize', location), { method: 'POST', body: fields, redirect: 'manual' })
  const back = await fetch(sent.headers.get('location') ?? '', { headers: { cookie: cookie.join('; ') } })
  if (!back.ok) throw new Error(`the callback answered ${back.status}`)
}

describe.skipIf(headlessPath() === null)('every way to authenticate, and signing in anew, in the window over the real core', () => {
  const shared = useBrowser()

  const start = (options: Partial<RealWindowOptions> = {}) => openRealWindow({ ...shared, ...options })
  type Started = Awaited<ReturnType<typeof start>>
  const ask = async <T>(core: Core, method: string, params: unknown): Promise<T> => {
    const reply = await core.dispatch({ kind: 'ui' }, method, params)
    if (!reply.ok) throw new Error(`${method}: ${reply.error.code}`)
    return reply.value as T
  }
  const connectionOf = (core: Core, connectionId: string): Promise<Connection> => ask(core, 'connections.get', { connectionId })
  /** `slack/team`, signed in as Ada. */
  const connectSlack = async ({ core, platform }: Started): Promise<Connection> => {
    const { flowId, connectionId } = await ask<Flow>(core, 'connect.start', { connectorId: 'slack', label: 'Team', via: 'browser' })
    await signInAs(platform.opened.at(-1) ?? '', 'demo-ada')
    await expect.poll(async () => (await ask<Flow>(core, 'connect.get', { flowId })).state).toBe('connected')
    await expect.poll(async () => (await connectionOf(core, connectionId)).identity?.accountId).toBe('demo-ada')
    return connectionOf(core, connectionId)
  }
  /** R on the open connection, then Enter: its page waits in the browser. */
  const reconnect = async ({ page, platform }: Started, connectionId: string): Promise<string> => {
    const before = platform.opened.length
    await page.evaluate((id) => (location.hash = `#/connections/${id}`), connectionId)
    await page.getByRole('complementary', { name: 'Connection Slack Team' }).waitFor()
    await page.getByRole('row', { name: 'Slack Team' }).waitFor()
    await page.keyboard.press('r')
    await sheetOf(page).getByText('keeps its handle, tags and metadata').waitFor()
    await sheetOf(page).getByRole('button', { name: 'Reconnect' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('Approve the sign-in in your browser').waitFor()
    await expect.poll(() => platform.opened.length).toBe(before + 1)
    return platform.opened.at(-1) ?? ''
  }
  const card = (page: Page, name: string) => sheetOf(page).getByRole('region', { name })

  test('A21: the right person signs in anew: handle and connection stay, and it is said beforehand that the sign-in of now is kept aside', async () => {
    const opened = await start({ width: 1200, height: 800 })
    const { page, core } = opened
    const before = await connectSlack(opened)
    const address = await reconnect(opened, before.connectionId)
    await sheetOf(page).getByText('The sign-in of now is kept aside, sealed.').waitFor()
    await sheetOf(page).getByText('Sign in as ada@demo.example.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await signInAs(address, 'demo-ada')
    await sheetOf(page).getByText('Connected as ada@demo.example').waitFor()
    await sheetOf(page).getByText('Handle, tags and metadata are as they were.').waitFor()
    const after = await connectionOf(core, before.connectionId)
    expect(after).toMatchObject({ handle: 'slack/team', nangoConnectionId: before.nangoConnectionId, label: 'Team', status: 'connected' })
  }, 60_000)

  test('A21: a sign-in that is refused leaves the connection as it was, and says so', async () => {
    const opened = await start()
    const { page, core } = opened
    const before = await connectSlack(opened)
    await walkSignIn(await reconnect(opened, before.connectionId), { deny: true })
    await sheetOf(page).getByText('Slack was not given access').waitFor()
    await sheetOf(page).getByText('“Team” is as it was before.').waitFor()
    expect(await sheetOf(page).getByText('Nothing was connected').count()).toBe(0)
    expect(await axeFaults(page)).toEqual([])
    expect(await connectionOf(core, before.connectionId)).toMatchObject({ status: 'connected', identity: { accountId: 'demo-ada' } })
  }, 60_000)

  test('A22: another account answered: both are shown in full, the choice is found again after the window was loaded anew, and each way does what it says', async () => {
    const opened = await start({ width: 1200, height: 800 })
    const { page, core } = opened
    const { connectionId } = await connectSlack(opened)

    await signInAs(await reconnect(opened, connectionId), 'demo-grace')
    await page.getByRole('heading', { name: 'A different account answered' }).waitFor()
    await card(page, 'Known until now').getByText('ada@demo.example').waitFor()
    await card(page, 'Answered at').getByText('grace@demo.example').waitFor()
    expect(await axeFaults(page)).toEqual([])
    // All of it is in sight in the smallest window too.
    await page.setViewportSize({ width: 900, height: 600 })
    const note = await sheetOf(page).getByText('Tags, metadata and grants are kept with every choice.').boundingBox()
    const foot = await page.locator('[data-sheet] > :last-child').boundingBox()
    expect((note?.y ?? 600) + (note?.height ?? 0)).toBeLessThanOrEqual(foot?.y ?? 0)
    await page.setViewportSize({ width: 1200, height: 800 })
    await page.reload()
    await page.getByRole('heading', { name: 'A different account answered' }).waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Keep as it is')
    // Keys choose; what changes least is chosen first.
    const chosen = () => sheetOf(page).getByRole('radio', { checked: true }).getAttribute('aria-label')
    expect(await chosen()).toBe('Keep as it is')
    await page.keyboard.press('3')
    await expect.poll(chosen).toBe('Replace the account')
    await page.keyboard.press('1')
    await page.keyboard.press('Enter')
    await sheetOf(page).getByText('“Team” has the one it had before.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    expect(await connectionOf(core, connectionId)).toMatchObject({ status: 'connected', identity: { accountId: 'demo-ada' } })
    await page.keyboard.press('Escape')
    await sheetOf(page).waitFor({ state: 'detached' })

    await signInAs(await reconnect(opened, connectionId), 'demo-grace')
    await page.getByRole('heading', { name: 'A different account answered' }).waitFor()
    await page.keyboard.press('Escape')
    await sheetOf(page).waitFor({ state: 'detached' })
    // Put off, it is what comes where the connection is to be signed in anew.
    await page.keyboard.press('r')
    await page.getByRole('heading', { name: 'A different account answered' }).waitFor()
    await sheetOf(page).getByRole('radio', { name: 'Add as a new connection' }).click()
    await sheetOf(page).getByLabel('Label of the new connection').fill('Grace')
    await page.keyboard.press('Enter')
    await sheetOf(page).getByText('Connected as grace@demo.example').waitFor()
    await sheetOf(page).getByText('“Team” is as it was before.').waitFor()
    expect(await connectionOf(core, 'slack/grace')).toMatchObject({ label: 'Grace', identity: { accountId: 'demo-grace' } })
    expect(await connectionOf(core, connectionId)).toMatchObject({ handle: 'slack/team', identity: { accountId: 'demo-ada' } })
    await page.keyboard.press('Escape')
    await sheetOf(page).waitFor({ state: 'detached' })

    await signInAs(await reconnect(opened, connectionId), 'demo-grace')
    await page.getByRole('heading', { name: 'A different account answered' }).waitFor()
    await page.keyboard.press('3')
    await page.keyboard.press('Enter')
    await sheetOf(page).getByText('Another account took the place of the one before.').waitFor()
    expect(await connectionOf(core, connectionId)).toMatchObject({
      connectionId,
      handle: 'slack/team',
      label: 'Team',
      identity: { accountId: 'demo-grace' },
    })
  }, 90_000)

  test('A69, A70: presets, the list of the provider, scopes of the person and parameters of the page reach the sign-in', async () => {
    const { page, platform, core } = await start({ width: 1200, height: 800 })
    await openConnectSheet(page, 'slack')
    const sheet = sheetOf(page)
    await sheet.getByRole('button', { name: 'Scopes: those of the integration' }).click()
    await sheet.getByRole('radio', { name: /^Only reading/ }).click()
    const known = sheet.getByRole('listbox', { name: 'Scopes that are known' })
    expect(await known.getByRole('option', { selected: true }).count()).toBeGreaterThan(3)
    expect(await axeFaults(page)).toEqual([])
    await sheet.getByRole('radio', { name: 'Those of the integration' }).click()
    await sheet.getByLabel('Find a scope, or name your own').first().fill('chat:write')
    await known.focus()
    await page.keyboard.press('Space')
    await sheet.getByLabel('Find a scope, or name your own').first().fill('my.own')
    await page.keyboard.press('Enter')
    await sheet.getByRole('button', { name: 'Scopes in your name: none' }).click()
    await sheet.getByLabel('Find a scope in your name, or name your own').fill('search:read')
    await page.keyboard.press('Enter')
    await sheet.getByRole('button', { name: 'Advanced' }).click()
    await sheet.getByRole('button', { name: 'Add a parameter' }).click()
    await sheet.getByLabel('Name of parameter 1').fill('client_id')
    await sheet.getByLabel('Value of parameter 1').fill('T0DEMO')
    await sheet.getByText('The sign-in sets this one itself.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await sheet.getByRole('button', { name: 'Connect', exact: true }).click()
    await sheet.getByText('One field is not right yet.').waitFor()
    expect(platform.opened).toEqual([])
    await sheet.getByLabel('Name of parameter 1').fill('team')
    await sheet.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByText('Approve the sign-in in your browser').waitFor()
    const address = platform.opened.at(-1) ?? ''
    const asked = new URL((await fetch(address, { redirect: 'manual' })).headers.get('location') ?? '').searchParams
    expect(asked.get('scope')?.split(/[ ,]/).toSorted()).toEqual(['chat:write', 'my.own'])
    expect([asked.get('user_scope'), asked.get('team')]).toEqual(['search:read', 'T0DEMO'])
    await signInAs(address, 'demo-ada')
    await sheetOf(page).getByText('Connected as ada@demo.example').waitFor()
    const [connection] = (await ask<{ connections: Connection[] }>(core, 'connections.list', {})).connections
    expect(connection?.scopes.requested).toEqual(expect.arrayContaining(['chat:write', 'my.own']))

    // More of them for the same connection: the sign-in begins with those that it has.
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await page.evaluate((id) => (location.hash = `#/connections/${id}`), connection?.connectionId)
    await page.getByRole('complementary').getByRole('button', { name: 'Add scopes' }).click()
    await sheet.getByText('keeps its handle, tags and metadata').waitFor()
    await sheet.getByLabel('Find a scope, or name your own').first().fill('one.more')
    await page.keyboard.press('Enter')
    await sheet.getByRole('button', { name: 'Reconnect' }).click()
    await page.getByText('Approve the sign-in in your browser').waitFor()
    const again = new URL((await fetch(platform.opened.at(-1) ?? '', { redirect: 'manual' })).headers.get('location') ?? '').searchParams
    expect(again.get('scope')?.split(/[ ,]/).toSorted()).toEqual(['chat:write', 'my.own', 'one.more'])
  }, 60_000)

  test('A74, A75: a key file is refused at its field, told by name and kind only, and connects once it is right; an integration that lacks its client leads to its set-up, and a sign-in that cannot be put back is asked about', async () => {
    const provider = (getProviders() as unknown as Record<string, StandInProvider>)['apple-app-store']
    if (provider === undefined) throw new Error('the catalogue has no apple-app-store')
    const nango = await startFakeNango({ rateLimitPerMinute: 100_000, providers: { 'apple-app-store': provider } })
    shared.endings.push(() => nango.stop())
    const made = await fetch(`${nango.url}/integrations`, {
      method: 'POST',
      headers: { ...nango.authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ unique_key: 'apple-app-store', provider: 'apple-app-store' }),
    })
    expect(made.status).toBe(200)
    const { page, core } = await start({ hasSandbox: false, environment: environmentOf(nango), width: 1200, height: 800 })

    await openConnectSheet(page, 'github (user')
    // Nango's dashboard makes such ones; its API refuses to (nango-api.md section 4).
    const data = { unique_key: 'github', provider: 'github', credentials: { type: 'OAUTH2', client_id: null, client_secret: null } }
    nango.faults.answerNext({ path: '/integrations/github', method: 'GET', body: { data } })
    await page.keyboard.press('Enter')
    await sheetOf(page).getByText('GitHub is not set up in full').waitFor()
    await sheetOf(page).getByText('Looked at: integration github').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await sheetOf(page).getByRole('button', { name: 'Complete the integration' }).press('Enter')
    await sheetOf(page).getByLabel('Client ID').waitFor()
    await page.keyboard.press('Escape')
    // The sheet before it may be leaving too.
    await expect.poll(() => sheetOf(page).count()).toBe(0)

    await openConnectSheet(page, 'apple app store')
    const sheet = sheetOf(page)
    const file = sheet.getByRole('button', { name: /^Private Key .*Choose$/ })
    await file.focus()
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')])
    await chooser.setFiles({
      name: 'AuthKey.p8',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('this is a letter, and no key'),
    })
    await sheet.getByText('This is no private key as PEM. The whole file is wanted, from BEGIN to END.').waitFor()
    const below = await file.evaluate((button) => document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent)
    expect(below).toContain('This is no private key')
    expect(await axeFaults(page)).toEqual([])
    const dataTransfer = await page.evaluateHandle((text) => {
      const carried = new DataTransfer()
      carried.items.add(new File([text], 'AuthKey.p8'))
      return carried
    }, privateKey)
    await file.dispatchEvent('drop', { dataTransfer })
    await file.getByText('AuthKey.p8 · PEM, 2048 bit').waitFor()
    expect(await sheet.getByText('This is no private key').count()).toBe(0)
    expect(await page.content()).not.toContain(privateKey.split('\n')[1])
    await sheet.getByLabel('Label').fill('Store')
    for (const [label, value] of [
      [/^Key ID/, 'key-1'],
      [/^Issuer ID/, 'issuer-1'],
    ] as const)
      await sheet.getByRole('textbox', { name: label }).fill(value)
    await page.keyboard.press('Enter')
    await sheet.getByText(/is connected|Connected as/).waitFor()
    const connection = await connectionOf(core, 'apple-app-store/store')
    const there = await fetch(`${nango.url}/connections/${connection.nangoConnectionId ?? ''}?provider_config_key=apple-app-store`, {
      headers: nango.authorization,
    })
    expect(await there.json()).toMatchObject({ credentials: { privateKey: privateKey.trim(), privateKeyId: 'key-1' } })

    // Nango takes such credentials back from nobody: that is asked before anything is sent.
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await page.evaluate((id) => (location.hash = `#/connections/${id}`), connection.connectionId)
    await page.getByRole('complementary', { name: 'Store' }).waitFor()
    await page.getByRole('row', { name: 'Store' }).waitFor()
    await page.keyboard.press('r')
    await sheet.getByText('Which account it was is not known').or(sheet.getByText('Sign in as')).first().waitFor()
    await file.focus()
    await page.evaluate((text) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text', text)
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, privateKey)
    await file.getByText('Pasted · PEM, 2048 bit').waitFor()
    for (const [label, value] of [
      [/^Key ID/, 'key-2'],
      [/^Issuer ID/, 'issuer-1'],
    ] as const)
      await sheet.getByRole('textbox', { name: label }).fill(value)
    await page.keyboard.press('Enter')
    await sheet.getByText('Another account could not be undone').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await sheet.getByRole('button', { name: 'Reconnect anyway' }).press('Enter')
    await sheet.getByText('Whether it is the same account as before cannot be told.').waitFor()
    expect(await connectionOf(core, 'apple-app-store/store')).toMatchObject({
      connectionId: connection.connectionId,
      nangoConnectionId: connection.nangoConnectionId,
    })
  }, 90_000)
})
