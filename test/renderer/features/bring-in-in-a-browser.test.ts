import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { environmentOf } from '#test/helpers/nango-world'
import { parseImportFile } from '#shared/import-file'
import { axeFaults, openRealWindow, sheetOf } from '../real-window.ts'
import { headlessPath } from '#test/installed-browser'
import { useBrowser } from '../use-browser.ts'

/** Two hundred accounts, of which five cannot be right. */
const twoHundred = (): string => {
  const rows = Array.from({ length: 200 }, (_, index) => `n8n,canary-${index},Account ${index},https://n8n.example/${index}`)
  rows[10] = 'n8n,,No key,https://n8n.example'
  rows[20] = 'no-such-service,canary-a,Unknown,https://n8n.example'
  rows[30] = 'n8n,canary-b,Bad address,ftp//nowhere'
  rows[40] = 'n8n,canary-c,Many cells,https://n8n.example,more'
  rows[50] = rows[49] ?? ''
  return `service,api_key,name,where\r\n${rows.join('\r\n')}\r\n`
}

describe.skipIf(headlessPath() === null)('bringing in what is there, and the integrations it hangs on', () => {
  const shared = useBrowser()
  let nango: FakeNango

  beforeEach(async () => {
    nango = await startFakeNango({ rateLimitPerMinute: 100_000 })
  })
  afterEach(() => nango.stop())

  const start = () => openRealWindow({ ...shared, hasSandbox: false, environment: environmentOf(nango), width: 1200, height: 800 })
  const read = async (path: string): Promise<unknown> => (await fetch(`${nango.url}${path}`, { headers: nango.authorization })).json()
  const atNango = async (connectionId: string): Promise<{ readonly tags: Readonly<Record<string, string>> }> =>
    (await read(`/connections/${connectionId}?provider_config_key=n8n`)) as { readonly tags: Readonly<Record<string, string>> }
  const idsAtNango = async (): Promise<readonly string[]> =>
    ((await read('/integrations')) as { readonly data: readonly { readonly unique_key: string }[] }).data.map(
      ({ unique_key }) => unique_key,
    )
  const go = (page: Page, hash: string): Promise<string> => page.evaluate((next) => (location.hash = next), hash)
  const inPalette = async (page: Page, words: string): Promise<void> => {
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('combobox').fill(words)
    await expect.poll(() => page.locator('[role="option"][aria-selected="true"]').innerText()).toContain(words)
    await page.keyboard.press('Enter')
  }

  test('two hundred rows are looked at before anything happens, go in but for five, and the five come back as a file with reasons', async () => {
    const { page, core } = await start()
    await page.getByRole('heading', { name: 'Nothing is plugged in yet' }).waitFor()
    await inPalette(page, 'Import from a file')
    const sheet = sheetOf(page)
    await sheet.getByText('Drop a CSV or JSON file here').waitFor()
    expect(await axeFaults(page)).toEqual([])
    const choose = async (name: string, content: string | Buffer): Promise<void> => {
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        sheet.getByRole('button', { name: 'Choose a file' }).press('Enter'),
      ])
      await chooser.setFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) })
    }
    await choose('accounts.xlsx', Buffer.from([0x50, 0x4b, 0x03, 0x04]))
    await sheet.getByText('It is a spreadsheet. Save it as CSV in UTF-8 first.').waitFor()
    await choose('accounts.csv', twoHundred())
    await sheet.getByText('0 of 200 rows can go in.').waitFor()
    // A column that no name gives away is said by hand, and what the rows lack stands first.
    await sheet.getByRole('combobox', { name: 'where' }).press('Enter')
    await page.getByRole('option', { name: 'Configuration baseUrl' }).click()
    await sheet.getByText('195 of 200 rows can go in.').waitFor()
    await sheet.getByRole('row', { name: 'Line 22 There is no such connector.' }).waitFor()
    // Keys are dots, also once they are said to be something else.
    await sheet.getByRole('combobox', { name: 'api_key' }).click()
    await page.getByRole('option', { name: 'Not used' }).click()
    await sheet.getByText('0 of 200 rows can go in.').waitFor()
    await sheet.getByRole('combobox', { name: 'api_key' }).click()
    await page.getByRole('option', { name: 'Label', exact: true }).click()
    await sheet.getByText('0 of 200 rows can go in.').waitFor()
    expect(await page.content()).not.toContain('canary')
    await sheet.getByRole('combobox', { name: 'api_key' }).click()
    await page.getByRole('option', { name: 'API key' }).click()
    await sheet.getByRole('combobox', { name: 'name', exact: true }).click()
    await page.getByRole('option', { name: 'Label', exact: true }).click()
    await sheet.getByText('195 of 200 rows can go in.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    expect((await core.dispatch({ kind: 'ui' }, 'connections.list', { limit: 1 })) as object).toMatchObject({ value: { total: 0 } })
    await sheet.getByRole('button', { name: 'Import 195 rows' }).press('Enter')
    await sheet.getByText('195 added, 5 refused.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    const saved = async (): Promise<{ name: string; text: string }> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        sheet.getByRole('button', { name: 'Save these rows' }).press('Enter'),
      ])
      return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') }
    }
    const without = await saved()
    expect(without.name).toBe('accounts.rejected.csv')
    expect(without.text).not.toContain('canary')
    expect(parseImportFile(without.text).rows.map(({ values }) => [values['patchbay_line'], values['patchbay_reason']])).toEqual([
      ['12', 'The row has no credentials, and no id of a connection that is at Nango already.'],
      ['22', 'There is no such connector.'],
      ['32', expect.stringContaining('connection_config.baseUrl')],
      ['42', 'The row has more cells than there are columns.'],
      ['52', 'An earlier row is about the same connection.'],
    ])
    await sheet.getByRole('checkbox', { name: 'With their secrets' }).press('Space')
    expect((await saved()).text).toContain('canary-b')
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await page.getByRole('row', { name: 'n8n Account 0' }).waitFor()
    expect(await page.content()).not.toContain('canary')
    // Whoever opens it again finds nothing of the file.
    await inPalette(page, 'Import from a file')
    await sheet.getByText('Drop a CSV or JSON file here').waitFor()
    expect(await page.getByText('accounts.csv').count()).toBe(0)
    // Nango asks for a pause, and somebody does not wait for its end.
    nango.faults.answerNext({ path: '/connections', method: 'POST', status: 429, headers: { 'retry-after': '600' }, body: {} })
    await choose('more.json', JSON.stringify([{ connector: 'n8n', apiKey: 'canary-late', 'config.baseUrl': 'https://late.example' }]))
    await sheet.getByText('Every row can go in.').waitFor()
    await sheet.getByRole('button', { name: 'Import 1 row' }).press('Enter')
    await sheet.getByText(/Nango asks for a pause until \d\d:\d\d/).waitFor()
    await sheet.getByRole('button', { name: 'Stop' }).last().click()
    await sheet.getByText('1 not tried.').waitFor()
    expect(await axeFaults(page)).toEqual([])
  }, 60_000)

  test('connections that were made elsewhere are offered, shown with owner and tags, and adopted as they are', async () => {
    const { page, core } = await start()
    for (const [index, connectionId] of nango.fillConnections(4).entries())
      await fetch(`${nango.url}/connections/${connectionId}?provider_config_key=n8n`, {
        method: 'PATCH',
        headers: { ...nango.authorization, 'content-type': 'application/json' },
        body: JSON.stringify({
          tags: { team: 'sales', end_user_email: `ada${index}@example.test`, ...(index === 3 ? { patchbay_owner: 'another' } : {}) },
        }),
      })
    await core.dispatch({ kind: 'ui' }, 'sync.run', {})
    await page.getByRole('button', { name: 'Look and adopt' }).press('Enter')
    const sheet = sheetOf(page)
    await sheet.getByText('of ada0@example.test').waitFor()
    await sheet.getByText('team: sales').first().waitFor()
    await sheet.getByText('Another Patchbay has tagged it as its own.').first().waitFor()
    expect(await axeFaults(page)).toEqual([])
    await sheet.getByRole('checkbox', { name: 'of ada1@example.test' }).press('Space')
    await sheet.getByRole('button', { name: 'Adopt 2' }).press('Enter')
    await sheet.getByText('2 adopted.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await sheet.getByRole('button', { name: 'Close' }).last().click()
    await sheet.waitFor({ state: 'detached' })
    expect(await page.getByRole('button', { name: 'Look and adopt' }).count()).toBe(0)
    const { tags } = await atNango('filled-000000')
    expect(tags).toMatchObject({ team: 'sales', end_user_email: 'ada0@example.test', patchbay_owner: expect.any(String) })
    expect((await atNango('filled-000001')).tags).not.toHaveProperty('patchbay_owner')
    // What is left is found from the palette.
    await inPalette(page, 'Adopt connections')
    await sheet.getByRole('checkbox', { name: 'Also those that another Patchbay' }).press('Space')
    await sheet.getByRole('button', { name: 'Adopt 2' }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => sheet.count()).toBe(0)
    // So are the rows of a service that keeps connections in a table of its own (A165).
    await inPalette(page, 'Import from a file')
    const shape = { userId: 'u-1', workspaceId: 'w-1', providerConfigKey: 'n8n', status: 'active', lastSyncAt: '2026-01-01T00:00:00Z' }
    const rows = ['filled-000001', null].map((nangoConnectionId, index) => ({ ...shape, id: String(index), nangoConnectionId }))
    await sheet
      .locator('input[type="file"]')
      .setInputFiles({ name: 'table.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(rows)) })
    await sheet.getByText('1 of 2 rows can go in.').waitFor()
    await sheet.getByRole('button', { name: 'Import 1 row' }).click()
    await sheet.getByText('1 adopted, 1 refused.').waitFor()
    expect((await atNango('filled-000001')).tags).toMatchObject({ team: 'sales', workspaceid: 'w-1', patchbay_owner: expect.any(String) })
  }, 60_000)

  test('an integration is set up with its callback address at hand, renamed, kept while connections hang on it, and deleted with them', async () => {
    nango.fillConnections(2)
    const { page, core } = await start()
    await go(page, '#/connectors')
    await page.getByRole('searchbox', { name: 'Search connectors' }).fill('linear')
    await page.getByRole('button', { name: 'Set up Linear', exact: true }).click()
    const sheet = sheetOf(page)
    await sheet.getByText(`${nango.url}/oauth/callback`).waitFor()
    expect(await sheet.getByRole('link', { name: 'Open the console of Linear' }).getAttribute('href')).toBe(
      'https://linear.app/settings/api',
    )
    await sheet.getByLabel('Client ID').fill('cid')
    await sheet.getByLabel('Client secret', { exact: true }).fill('PLANTED-secret-of-linear')
    await page.keyboard.press('Enter')
    // It is set up, and goes on to connect an account.
    await sheet.getByLabel('Label').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => sheet.count()).toBe(0)
    await inPalette(page, 'Integrations')
    const row = page.getByRole('row', { name: /linear/ })
    await row.waitFor()
    expect(
      await page.getByRole('row', { name: /n8n/ }).getByRole('link', { name: '2 connections hang on n8n: show them' }).innerText(),
    ).toBe('2')
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Change the integration linear' }).press('Enter')
    await sheet.getByRole('button', { name: 'Test with a sign-in' }).waitFor()
    await sheet.getByLabel('Integration ID').fill('linear-eu')
    await sheet.getByText('Programs that name it linear no longer find it').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('row', { name: /linear-eu/ }).waitFor()
    await page.getByRole('button', { name: 'Change the integration linear-eu' }).press('Enter')
    await sheet.getByRole('button', { name: 'Remove' }).press('Enter')
    const question = page.getByRole('alertdialog')
    await question.getByText('No connection hangs on it.').waitFor()
    // Meanwhile somebody connects an account.
    await core.dispatch({ kind: 'ui' }, 'connections.import', {
      rows: [{ line: 1, values: { integration: 'linear-eu', access_token: 'PLANTED-token-of-linear', label: 'Late' } }],
    })
    await question.getByRole('button', { name: 'Remove it' }).click()
    await question.getByText('1 connection hangs on it now. Nothing was deleted.').waitFor()
    await question.getByRole('button', { name: 'Remove it and 1 connection' }).click()
    await question.getByText('Type 1, the number of connections that go with it.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    expect(await idsAtNango()).toContain('linear-eu')
    await question.getByRole('textbox', { name: 'Type 1 to delete it' }).fill('1')
    await question.getByRole('button', { name: 'Remove it and 1 connection' }).click()
    await page.getByText('The integration linear-eu is removed.').waitFor()
    expect(await idsAtNango()).not.toContain('linear-eu')
    await page.getByRole('row', { name: /linear/ }).waitFor({ state: 'detached' })
    expect(await page.content()).not.toContain('PLANTED')
  }, 60_000)
})
