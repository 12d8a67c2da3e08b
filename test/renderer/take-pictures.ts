import type { Browser, Page } from '@playwright/test'
import { encode } from 'uqr'
import type { Flow } from '#shared/contract/connect'
import { DEFAULT_SETTINGS } from '#shared/contract/settings'
import { createDemo, type Demo } from './demo-api.ts'
import { startDemoHost } from './demo-host.ts'
import { withPrograms } from './demo-programs.ts'

interface Scene {
  readonly world?: Parameters<typeof createDemo>[0]
  readonly hash?: string
  /** Appears once the screen is whole. */
  readonly shows: string
  /** Presses what must be pressed first. */
  readonly before?: (page: Page) => Promise<void>
  readonly change?: (demo: Demo) => Demo
}

/** A doctor that never comes to its end. */
const stillLooking = (demo: Demo): Demo => ({
  ...demo,
  call: async (method, params) => {
    const reply = await demo.call(method, params)
    if (method !== 'system.doctorRun' || !reply.ok) return reply
    const run = reply.value as { readonly checks: readonly { readonly id: string }[] }
    return {
      ok: true,
      value: {
        ...run,
        state: 'running',
        endedAt: null,
        checks: run.checks.slice(0, 6),
        remaining: run.checks.slice(6).map(({ id }) => id),
      },
    }
  },
})

/** A sign-in that waits for a phone: its page can be opened from elsewhere. */
const waitsForPhone = (demo: Demo): Demo => ({
  ...demo,
  call: async (method, params) => {
    const now = new Date().toISOString()
    if (method === 'connect.qrCode')
      return {
        ok: true,
        value: { rows: toRows('https://api.nango.dev/oauth/connect/slack?connect_session_token=only-for-the-picture'), isLocal: false },
      }
    const reply = await demo.call(method, params)
    if (method !== 'connect.get' || !reply.ok) return reply
    const flow = reply.value as Flow
    const steps = flow.steps.map((step, index) =>
      index < 5 ? step : { ...step, state: index === 5 ? 'running' : 'waiting', startedAt: index === 5 ? now : null, endedAt: null },
    )
    const expiresAt = new Date(Date.now() + 1_634_000).toISOString()
    return {
      ok: true,
      value: {
        ...flow,
        connectionId: 'c6',
        connectorId: 'slack',
        label: 'Harborline HQ',
        state: 'waiting',
        steps,
        expiresAt,
        isListening: true,
      },
    }
  },
})

const toRows = (text: string): string[] => encode(text, { border: 4 }).data.map((row) => row.map((isDark) => (isDark ? '1' : '0')).join(''))

const lost = (reason: 'corrupt' | 'future' | 'read_only') => ({
  storage: { state: 'rescue' as const, reason, since: '2026-11-20T10:00:00.000Z', isWritable: false },
})

/** The states that a stored world does not come to by itself: many rows, trouble with the data, with Nango, with the vault. */
const SCENES: Readonly<Record<string, Scene>> = {
  'connections-many': { world: { more: 10_000 }, shows: '[role="row"]' },
  'connections-key-refused': { world: { isKeyRefused: true }, shows: '[role="row"]' },
  'connections-contrast': {
    world: { settings: { ...DEFAULT_SETTINGS, contrast: 'more' } },
    hash: '#/connections/c2',
    shows: '[role="complementary"] table, aside table',
  },
  'connections-zoom-200': { world: { settings: { ...DEFAULT_SETTINGS, zoom: 200 } }, shows: '[role="row"]' },
  'connection-panel-zoom-200': { world: { settings: { ...DEFAULT_SETTINGS, zoom: 200 } }, hash: '#/connections/c1', shows: 'aside table' },
  'connection-panel-decision': { hash: '#/connections/c1', shows: 'aside table' },
  'connection-panel-well': { hash: '#/connections/c13', shows: 'aside table' },
  'connection-panel-scopes': { hash: '#/connections/c2', shows: 'aside table' },
  'connection-panel-waiting': { hash: '#/connections/c6', shows: 'aside table' },
  'connection-panel-history': {
    hash: '#/connections/c1',
    shows: 'aside table',
    before: (page) => page.locator('aside table').last().scrollIntoViewIfNeeded(),
  },
  'connect-qr': {
    hash: '#/connections/c6',
    shows: 'aside table',
    change: waitsForPhone,
    before: async (page) => {
      await page
        .locator('aside button')
        .filter({ hasText: /sign-in|Anmeldung/i })
        .first()
        .click()
      await page.locator('[role="dialog"] button:has(.lucide-qr-code)').click()
      await page.locator('[role="dialog"] canvas').waitFor()
    },
  },
  'automations-grants': { hash: '#/automations', shows: 'main [role="row"] time', change: withPrograms({}) },
  'automations-grant': { hash: '#/automations/grant/grt_nightly_report_sh', shows: 'aside li time', change: withPrograms({}) },
  'automations-edit': {
    hash: '#/automations/grant/grt_nightly_report_sh',
    shows: 'aside li time',
    change: withPrograms({}),
    before: async (page) => {
      await page.locator('aside footer button').first().click()
      await page.locator('[role="dialog"] [role="radio"]').first().waitFor()
    },
  },
  'automations-touched': {
    hash: '#/automations/grant/grt_nightly_report_sh',
    shows: 'aside li time',
    change: withPrograms({}),
    before: async (page) => {
      await page.locator('aside section button').last().click()
      await page.locator('[role="dialog"] [role="checkbox"]').first().waitFor()
    },
  },
  'automations-paused': { hash: '#/automations', shows: 'main [role="row"] time', change: withPrograms({ isPaused: true }) },
  'automations-take-back-all': { hash: '#/automations/take-back-all', shows: '[role="alertdialog"] button', change: withPrograms({}) },
  'automations-waiting': { hash: '#/automations/waiting', shows: 'main li time', change: withPrograms({}) },
  'automations-calls': { hash: '#/automations/calls', shows: 'main [role="row"] a', change: withPrograms({}) },
  'automations-audit': {
    hash: '#/automations/audit/outcome/denied',
    shows: 'main [role="row"] time',
    change: withPrograms({}),
    before: async (page) => {
      await page.locator('main [role="row"]:has(time)').first().click()
      await page.locator('aside dl').waitFor()
    },
  },
  'automations-audit-all': {
    hash: '#/automations/audit',
    shows: 'main [role="row"] time',
    change: withPrograms({}),
    before: async (page) => {
      await page.locator('main [role="status"] + button').click()
      await page.locator('main [role="status"]').getByText('18').first().waitFor()
    },
  },
  'automations-empty': { hash: '#/automations', shows: 'main h2', change: withPrograms({ isEmpty: true }) },
  'automations-audit-empty': { hash: '#/automations/audit', shows: 'main h2', change: withPrograms({ isEmpty: true }) },
  'automations-used-by': {
    hash: '#/connections/c13',
    shows: 'aside table',
    change: withPrograms({}),
    before: (page) => page.locator('aside a[href*="audit/connection"]').scrollIntoViewIfNeeded(),
  },
  approval: { hash: '#/automations', shows: '[data-approval]', change: withPrograms({ waiting: 'grant' }) },
  'approval-connectors': { hash: '#/automations', shows: '[data-approval]', change: withPrograms({ waiting: 'connectors' }) },
  'approval-call': { hash: '#/automations', shows: '[data-approval]', change: withPrograms({ waiting: 'call' }) },
  'approval-call-final': { hash: '#/automations', shows: '[data-approval]', change: withPrograms({ waiting: 'final' }) },
  'vault-locked': { world: { isLocked: true }, shows: 'input[type="password"]' },
  'rescue-corrupt': { world: lost('corrupt'), shows: 'main time' },
  'rescue-future': { world: lost('future'), shows: 'main h1' },
  'rescue-read-only': { world: lost('read_only'), shows: 'main h1' },
  'rolled-back': {
    world: { storage: { notice: { kind: 'rolled_back', at: '2026-11-20T10:00:00.000Z', lostWrites: 3, folder: null } } },
    shows: '[role="row"]',
  },
  'diagnostics-running': { hash: '#/diagnostics', shows: '[data-check="backups"]', change: stillLooking },
  'diagnostics-results': { hash: '#/diagnostics', shows: '[data-check="logs"]' },
  'diagnostics-log': { hash: '#/diagnostics/log', shows: 'main li time' },
  'diagnostics-log-line': {
    hash: '#/diagnostics/log',
    shows: 'main li time',
    before: (page) => page.locator('main li button').first().click(),
  },
  'diagnostics-bundle': {
    hash: '#/diagnostics/bundle',
    shows: 'main [role="region"] pre, main section pre, main pre',
  },
}

/** Whether a screen is taken here. */
export const isScene = (name: string): boolean => Object.hasOwn(SCENES, name)

/** Shows each state to `shoot` in a window over demo data. `folder` holds the built window. */
export const takePictures = async (options: {
  readonly browser: Browser
  readonly folder: string
  readonly locale: string
  readonly wants: (name: string) => boolean
  readonly shoot: (page: Page, name: string) => Promise<void>
  /** A scene that was not reached; the others go on. */
  readonly stopped: (name: string, error: unknown) => void
}): Promise<void> => {
  const { browser, folder, locale, wants, shoot, stopped } = options
  for (const [name, { world = {}, hash = '', shows, before, change = (demo: Demo) => demo }] of Object.entries(SCENES)) {
    if (!wants(name)) continue
    const host = await startDemoHost(folder, change(createDemo(world)))
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', locale })
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => stopped(name, error))
    try {
      await page.goto(host.url + hash)
      if (name === 'diagnostics-bundle') await page.locator('main button').last().click()
      await page.locator(shows).first().waitFor()
      await before?.(page)
      await page.evaluate(() => document.fonts.ready)
      await shoot(page, name)
    } catch (error) {
      stopped(name, error)
    } finally {
      await context.close()
      await host.stop()
    }
  }
}
