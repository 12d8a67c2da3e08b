import type { Page } from '@playwright/test'
import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '#shared/contract/settings'
import { createDemo, type Demo } from './demo-api.ts'
import { checkRows } from './check-rows.ts'
import { startDemoHost } from './demo-host.ts'
import { typeInPalette } from './palette-pace.ts'
import { axeFaults } from './real-window.ts'
import { headlessPath } from '#test/installed-browser'
import { useBrowser } from './use-browser.ts'

interface Opened {
  readonly page: Page
  readonly demo: Demo
  readonly dropSockets: () => void
}

describe.skipIf(headlessPath() === null)('the window in a browser, under the policy of the hosts', () => {
  const shared = useBrowser()
  const { endings, complaints } = shared

  const open = async (
    options: Parameters<typeof createDemo>[0] = {},
    { hash = '', colorScheme = 'light' as 'light' | 'dark', width = 1200, height = 800, change = (demo: Demo): Demo => demo } = {},
  ): Promise<Opened> => {
    const demo = change(createDemo(options))
    const host = await startDemoHost(shared.folder, demo)
    const context = await shared.browser.newContext({
      viewport: { width, height },
      colorScheme,
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    endings.push(host.stop, () => context.close())
    const page = await context.newPage()
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !message.text().includes('WebSocket')) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.exposeFunction('complain', (words: string) => complaints.push(words))
    await page.addInitScript(() => {
      const { complain } = globalThis as unknown as { readonly complain: (words: string) => void }
      document.addEventListener('securitypolicyviolation', (event) => complain(`${event.violatedDirective} ${event.blockedURI}`))
    })
    await page.goto(host.url + hash)
    await page.getByRole('contentinfo').waitFor()
    return { page, demo, dropSockets: host.dropSockets }
  }
  const rowOf = (page: Page, name: string) => page.getByRole('row', { name })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing in ${colorScheme}: list, panel, menus, sheets, many rows, empty, locked`, async () => {
      const { page } = await open({}, { colorScheme, hash: '#/connections/c2' })
      await page.getByRole('complementary').getByText('History').waitFor()
      expect(await axeFaults(page)).toEqual([])
      await page.getByRole('button', { name: 'More actions' }).click()
      await page.getByRole('menuitem', { name: 'Remove' }).waitFor()
      expect(await axeFaults(page)).toEqual([])
      await page.getByRole('menuitem', { name: 'Remove' }).click()
      await page.getByRole('alertdialog').waitFor()
      expect(await axeFaults(page)).toEqual([])
      for (const world of [{ more: 2000 }, { connections: [] }, { isLocked: true }, { isOffline: true }]) {
        const other = await open(world, { colorScheme, width: 900, height: 600 })
        await other.page.getByRole('heading').first().waitFor()
        expect(await axeFaults(other.page)).toEqual([])
      }
    }, 90_000)
  }

  test('everything from search to removal is done with the keyboard alone', async () => {
    const { page, demo } = await open()
    await rowOf(page, 'Google Mail Work').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('linear')
    await expect.poll(() => page.getByRole('row').count()).toBe(3)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('complementary', { name: 'Connection Jira Harborline' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.getByRole('complementary', { name: 'Connection PagerDuty On-call EU' }).waitFor()
    await page.keyboard.press('e')
    const label = page.getByRole('textbox', { name: 'Label' })
    await label.waitFor()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('On-call')
    await page.keyboard.press('Enter')
    await page.getByRole('complementary', { name: 'Connection PagerDuty On-call', exact: true }).waitFor()
    await page.keyboard.press('y')
    await page.getByText('Copied pagerduty/on-call-eu').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('pagerduty/on-call-eu')
    await page.keyboard.press('x')
    const sheet = page.getByRole('alertdialog')
    await sheet.waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Keep it')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('PagerDuty On-call was removed').waitFor()
    await page.getByText('Nango: deleted. This computer: forgotten. PagerDuty: not asked.').waitFor()
    expect(demo.world.connections.some(({ connectorId }) => connectorId === 'pagerduty')).toBe(false)
    await page.keyboard.press('F6')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys of this view' }).waitFor()
  }, 60_000)

  test('a live change does not move a row while the list has the focus, until the chip is pressed', async () => {
    const { page, demo } = await open()
    await rowOf(page, 'Google Mail Work').waitFor()
    await page.keyboard.press('j')
    const names = () =>
      page
        .getByRole('row')
        .allInnerTexts()
        .then((texts) => texts.map((text) => text.split('\n')[0]))
    const before = await names()
    for (const one of demo.world.connections.filter(({ connectorId }) => connectorId === 'jira' || connectorId === 'airtable')) {
      demo.replace({ ...one, status: one.connectorId === 'jira' ? 'connected' : 'attention' })
    }
    const chip = page.getByRole('button', { name: '2 changed - update order' })
    await chip.waitFor()
    expect(await names()).toEqual(before)
    await expect.poll(() => rowOf(page, 'Jira Harborline').innerText()).toContain('Connected')
    await chip.click()
    await expect
      .poll(async () => (await names()).indexOf('Airtable Content calendar'))
      .toBeLessThan(before.indexOf('Airtable Content calendar'))
  }, 60_000)

  test('a risky refresh is told before it is made, and its failure is a notice', async () => {
    const { page } = await open({}, { hash: '#/connections/c1' })
    await page.getByRole('button', { name: 'Refresh', exact: true }).click()
    const question = page.getByRole('alertdialog', { name: 'The last refresh failed' })
    await question.getByText('for 30 seconds').waitFor()
    await question.getByRole('button', { name: 'Try anyway' }).click()
    const notice = page.getByRole('alert')
    await notice.getByText('It was not refreshed.').waitFor()
    await notice.getByRole('button', { name: 'Details' }).click()
    expect(await notice.getByRole('definition').allInnerTexts()).toContain('connection.refresh_failed')
  }, 60_000)

  test('A25: the list is filtered by holder, and the choice is offered only where there is more than one', async () => {
    const connections = createDemo().world.connections
    const { page } = await open({
      connections: connections.map((one) => (one.connectorId === 'github' ? { ...one, oauthMethod: 'direct' as const } : one)),
    })
    await rowOf(page, 'Google Mail Work').waitFor()
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByRole('menuitemradio', { name: 'This computer' }).click()
    await page.getByText('Held by: This computer').waitFor()
    await expect.poll(() => page.getByRole('row').count()).toBe(1 + 1 + 2)
    await rowOf(page, 'GitHub Work').click()
    await page.getByRole('complementary').getByText('this computer', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Remove the holder filter' }).click()
    await rowOf(page, 'Google Mail Work').waitFor()
    const other = await open()
    await rowOf(other.page, 'Google Mail Work').waitFor()
    await other.page.getByRole('button', { name: 'Filter' }).click()
    await other.page.getByRole('menuitem', { name: 'Connected from this Patchbay' }).waitFor()
    expect(await other.page.getByText('Held by').count()).toBe(0)
  }, 60_000)

  test('A3, A39: the panel names the profile that holds the credentials at Nango', async () => {
    const { page } = await open({}, { hash: '#/connections/c13' })
    await page.getByRole('complementary').getByText('Nango, production (Nango Cloud)').waitFor()
  }, 60_000)

  test('Reconnect on a broken connection opens the sheet that signs it in anew', async () => {
    const { page } = await open({}, { hash: '#/connections/c1' })
    await page.getByRole('complementary').getByRole('button', { name: 'Reconnect' }).click()
    await page.getByRole('dialog', { name: /Google Mail/ }).waitFor()
  }, 60_000)

  test('notes are saved on leaving the field, and the panel says so', async () => {
    const { page, demo } = await open({}, { hash: '#/connections/c13' })
    const notes = page.getByRole('textbox', { name: 'Notes' })
    await notes.fill('For the release bot')
    await page.getByText('not saved yet').waitFor()
    await page.keyboard.press('Tab')
    await page.getByRole('complementary').getByText('saved', { exact: true }).waitFor()
    expect(demo.world.connections.find(({ connectionId }) => connectionId === 'c13')?.notes).toBe('For the release bot')
  }, 60_000)

  test('of ten thousand connections only those in sight are in the page, and the last can be reached', async () => {
    const { page } = await open({ more: 10_000 })
    await rowOf(page, 'Google Mail Work').waitFor()
    expect(await page.getByRole('row').count()).toBeLessThan(60)
    await expect.poll(async () => Number(await page.getByRole('treegrid').getAttribute('aria-rowcount'))).toBe(10_035 + 4 + 1)
    await page.getByRole('treegrid').focus()
    await page.keyboard.press('End')
    await rowOf(page, 'Zoom Webinars').waitFor()
    expect(await page.getByRole('row').count()).toBeLessThan(60)
  }, 60_000)

  test('an address that names a connection far down in the list brings it into view and marks it, and Down goes on from there', async () => {
    const { page, demo } = await open({ more: 10_000 }, { hash: '#/connections/c9000' })
    const label = demo.world.connections.find(({ connectionId }) => connectionId === 'c9000')?.label ?? 'none'
    const row = page.locator('[role="row"][aria-selected="true"]')
    await row.waitFor()
    expect(await row.innerText()).toContain(label)
    const isInView = () =>
      row.evaluate((element) => {
        const [own, list] = [element.getBoundingClientRect(), element.closest('[role="treegrid"]')?.getBoundingClientRect()]
        return list !== undefined && own.top >= list.top && own.bottom <= list.bottom
      })
    await expect.poll(isInView).toBe(true)
    expect(await page.getByRole('row').count()).toBeLessThan(60)
    const before = Number(await row.getAttribute('aria-rowindex'))
    expect(before).toBeGreaterThan(1000)
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => row.getAttribute('aria-rowindex')).toBe(String(before + 1))
    await expect.poll(isInView).toBe(true)
    // Somebody who scrolls away is left there.
    await page.getByRole('treegrid').evaluate((element) => element.scrollTo(0, 0))
    await rowOf(page, 'Google Mail Work').waitFor()
    for (const one of demo.world.connections.slice(0, 1)) demo.replace({ ...one, label: 'Renamed' })
    await rowOf(page, 'Google Mail Renamed').waitFor()
    expect(await page.getByRole('treegrid').evaluate((element) => element.scrollTop)).toBe(0)
  }, 60_000)

  test('rows are checked with the keyboard, and all that the filter shows are counted without reading them', async () => {
    const { page, demo } = await open({ more: 10_000 })
    await checkRows(page, demo.world.connections.length)
  }, 60_000)

  test('a lost link comes back by itself and what changed meanwhile is read again', async () => {
    const { page, demo, dropSockets } = await open()
    await rowOf(page, 'Google Mail Work').waitFor()
    dropSockets()
    demo.world.connections = demo.world.connections.filter(({ connectorId }) => connectorId !== 'jira')
    await expect.poll(() => rowOf(page, 'Jira Harborline').count(), { timeout: 10_000 }).toBe(0)
  }, 60_000)

  test('a wrong passphrase is refused with words, the right one opens the list', async () => {
    const { page } = await open({ isLocked: true })
    await page.locator('input[type="password"]:focus').waitFor()
    await page.keyboard.type('guess')
    await page.keyboard.press('Enter')
    await page.getByText('That is not the passphrase.').waitFor()
    expect(await page.getByRole('treegrid').count()).toBe(0)
    await page.locator('input[type="password"]:focus').waitFor()
    await page.keyboard.type('open sesame')
    await page.keyboard.press('Enter')
    await rowOf(page, 'Google Mail Work').waitFor()
  }, 60_000)

  test('markup and direction marks in a name stay text in their own frame', async () => {
    const connections = createDemo().world.connections
    const label = '<img src=x onerror=alert(1)> \u05e9\u05dc\u05d5\u05dd'
    const { page } = await open(
      { connections: connections.map((one) => (one.connectionId === 'c1' ? { ...one, label } : one)) },
      { hash: '#/connections/c1' },
    )
    await page.getByRole('complementary').getByText(label).waitFor()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(await page.locator('bdi', { hasText: label }).count()).toBeGreaterThan(1)
  }, 60_000)

  test('at twice the size of letters the panel takes the place of the list and every action stays', async () => {
    const { page } = await open({}, { hash: '#/connections/c1', width: 600, height: 400 })
    const panel = page.getByRole('complementary')
    await panel.waitFor()
    for (const name of ['Refresh', 'Remove...', 'Close', 'More actions']) {
      await expect.poll(() => panel.getByRole('button', { name, exact: true }).isVisible()).toBe(true)
    }
    await expect.poll(() => page.getByRole('treegrid').isVisible()).toBe(false)
    await page.keyboard.press('Escape')
    await page.getByRole('treegrid').waitFor()
  }, 60_000)

  const focused = (page: Page): Promise<string | null> => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null)
  const chosenEntry = (page: Page) => page.locator('[role="option"][aria-selected="true"]')

  test('the palette finds actions, connections and places by name, gives the focus back, and asks before it removes', async () => {
    const { page, demo } = await open()
    await rowOf(page, 'Jira Harborline').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.press('ControlOrMeta+k')
    const box = page.getByRole('combobox', { name: 'Search connections, connectors and actions' })
    await box.waitFor()
    await page.keyboard.press('Escape')
    await box.waitFor({ state: 'detached' })
    await expect.poll(() => focused(page)).toBe('Search connections')
    await rowOf(page, 'Jira Harborline').click()
    await page.getByRole('complementary', { name: 'Connection Jira Harborline' }).waitFor()
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('group', { name: 'On Jira Harborline' }).getByRole('option', { name: 'Refresh' }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.keyboard.type('jira remove')
    await expect.poll(() => chosenEntry(page).innerText()).toContain('Remove (asks)')
    await page.keyboard.press('Enter')
    await page.getByRole('alertdialog').waitFor()
    expect(demo.world.connections.some(({ connectorId }) => connectorId === 'jira')).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    await page.keyboard.press('ControlOrMeta+k')
    await page.keyboard.type('pagerduty')
    // The letters before found more.
    await expect.poll(() => page.getByRole('group', { name: 'Connections' }).getByRole('option').count()).toBe(1)
    await expect.poll(() => chosenEntry(page).innerText()).toContain('PagerDuty')
    await page.keyboard.press('Home')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('appearance')
    await expect.poll(() => chosenEntry(page).innerText()).toContain('Appearance')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Appearance' }).waitFor()
  }, 60_000)

  test('a keystroke in the palette is drawn in one go and within a blink over a thousand connectors and ten thousand connections', async () => {
    const many = (demo: Demo): Demo => ({
      ...demo,
      call: async (name, params) => {
        const reply = await demo.call(name, params)
        if (name !== 'catalogue.list' || !reply.ok) return reply
        const [one] = (reply.value as { readonly connectors: readonly object[] }).connectors
        const connectors = Array.from({ length: 1013 }, (_, index) => ({
          ...one,
          connectorId: `service-${index}`,
          name: `Service ${index}`,
        }))
        return { ok: true, value: { connectors, total: connectors.length } }
      },
    })
    const { page } = await open({ more: 10_000 }, { change: many })
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('combobox').waitFor()
    const { times, late } = await typeInPalette(page, ['service 10', 'connect ser', 'go to set', 'lock the v', 'google wor'])
    expect(late).toEqual([])
    const sorted = times.toSorted((a, b) => a - b)
    const [median = 0, p95 = 0] = [0.5, 0.95].map((share) => sorted[Math.floor(times.length * share)] ?? 0)
    process.stdout.write(`palette keystroke: median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms of ${times.length}\n`)
    // The aim is a p95 of 30 ms on a machine at rest; the median holds on a busy one too.
    expect(median).toBeLessThan(30)
    expect(await page.getByRole('option').count()).toBeLessThan(60)
  }, 60_000)

  test('the window speaks German once it is chosen, and axe finds nothing there either', async () => {
    const { page } = await open({}, { hash: '#/settings/appearance' })
    await page.getByRole('combobox', { name: 'Language' }).click()
    await page.getByRole('option', { name: 'Deutsch' }).click()
    await page.getByRole('heading', { name: 'Darstellung' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de')
    expect(await axeFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: /^Verbindungen/ }).click()
    await page.getByText('Braucht Sie').first().waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Tasten dieser Ansicht' }).waitFor()
    expect(await axeFaults(page)).toEqual([])
  }, 60_000)

  test('size, contrast and motion are drawn as chosen: at 200 % nothing leaves the window and menus open where they belong', async () => {
    const { page, demo } = await open({ settings: { ...DEFAULT_SETTINGS, zoom: 175, contrast: 'more', motion: 'reduced' } })
    await page.getByRole('treegrid').waitFor()
    await page.keyboard.press('ControlOrMeta++')
    await expect.poll(() => demo.world.settings.zoom).toBe(200)
    await expect.poll(() => page.evaluate(() => document.body.style.zoom)).toBe('2')
    expect(await page.evaluate(() => Object.fromEntries(Object.entries(document.documentElement.dataset)))).toMatchObject({
      contrast: 'more',
      motion: 'reduced',
    })
    const trigger = page.getByRole('button', { name: 'Change the profile' })
    await trigger.click()
    const [button, menu] = await Promise.all([trigger.boundingBox(), page.getByRole('menu').boundingBox()])
    expect(menu?.x).toBeGreaterThanOrEqual(0)
    expect((menu?.y ?? 0) - ((button?.y ?? 0) + (button?.height ?? 0))).toBeLessThan(40)
    expect((menu?.x ?? 0) + (menu?.width ?? 0)).toBeLessThan(1200)
    await page.keyboard.press('Escape')
    for (const hash of ['#/connections', '#/connections/c2', '#/connectors', '#/settings/appearance', '#/settings/vault']) {
      await page.evaluate((to) => (location.hash = to), hash)
      await page.locator('main').first().waitFor({ state: 'attached' })
      expect(await page.evaluate(() => document.documentElement.scrollWidth), hash).toBeLessThanOrEqual(1200)
      await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
      // Cards of connectors name their counts in full.
      if (hash !== '#/connectors') expect(await axeFaults(page)).toEqual([])
    }
    await page.keyboard.press('ControlOrMeta+0')
    await expect.poll(() => demo.world.settings.zoom).toBe(100)
  }, 60_000)
})
