import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { type Language, wordsOfLanguage } from '#renderer/messages/message-catalogue.ts'
import { createBrowserOpener } from '#test/e2e/browser-opener'
import { spawnHost } from '#test/helpers/spawn-host'
import { isIdle, startDemoNango } from './screenshot-data.ts'
import { endAccess, lookAtHealth, reconnect } from './screenshot-life.ts'
import { actOnMany, bringIn, connectSeveral } from './screenshot-many.ts'
import { answerPrograms } from './screenshot-picks.ts'
import { fillIn, giveKey, inWindow, type Journey, noSheet, signIn, succeed } from './screenshot-sign-ins.ts'
import { wordsIn } from './screenshot-words.ts'

const begin = async ({ page, demo, w, shoot, button }: Journey): Promise<void> => {
  const own = page.getByRole('button').filter({ has: page.getByText(w('Your own Nango')) })
  await own.waitFor()
  await shoot('first-run')
  await own.click()
  await page.getByRole('textbox', { name: w('Name') }).fill('Harborline')
  await page.getByRole('textbox', { name: w('Address') }).fill(demo.nango.url)
  const key = page.getByLabel(w('Secret key')).first()
  await key.fill('0d4a1b39-1111-4222-8333-444455556666')
  await button('Add and test').click()
  await button('Try again').waitFor()
  await shoot('profile-form')
  await key.fill(demo.nango.secretKey)
  await button('Try again').click()
  await page.getByText(w('Nothing is plugged in yet')).waitFor()
  await shoot('empty')
}

const setUp = async ({ page, w, shoot, button, go, sheet }: Journey): Promise<void> => {
  await go('connectors')
  const search = page.getByRole('searchbox', { name: w('Search connectors') })
  await search.fill('monday')
  await button('Set up {name}', { name: 'Monday' }).first().click()
  const id = sheet.getByRole('textbox', { name: w('Client ID') })
  await id.waitFor()
  await shoot('integration-empty')
  await id.press('Enter')
  await sheet.locator('[aria-invalid="true"]').first().waitFor()
  await shoot('integration-errors')
  await id.fill('harborline-boards')
  await sheet.getByLabel(w('Client secret')).first().fill('demo-client-secret')
  await id.press('Enter')
  await sheet.getByRole('textbox', { name: w('Label') }).waitFor()
  await shoot('integration-done')
  await page.keyboard.press('Escape')
  await noSheet(page)
  await search.fill('monday')
  await page.getByRole('article').first().waitFor()
  await button('About {name}', { name: 'Monday' }).first().click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: w('Change the integration {id}', { id: 'monday' }) })
    .click()
  await page
    .getByRole('dialog', { name: w('Change the integration for {name}', { name: 'Monday' }) })
    .getByRole('textbox')
    .first()
    .waitFor()
  await shoot('integration-change')
  await page.keyboard.press('Escape')
}

/** The accounts, each renewed once: who is refused says so. */
const fill = async ({ demo, go, row, call }: Journey): Promise<void> => {
  await go('connectors')
  demo.fill()
  await call('sync.run')
  await go('connections')
  await row(/Asana/).waitFor()
  const { connections } = (await call('connections.list', { limit: 100 })) as {
    readonly connections: readonly { readonly connectionId: string; readonly connectorId: string; readonly authMode: string }[]
  }
  for (const { connectionId, connectorId, authMode } of connections)
    if (authMode === 'OAUTH2' && !isIdle(connectorId)) await call('connections.refresh', { connectionId })
}

const choose = async (journey: Journey): Promise<void> => {
  const { page, w, shoot, button, go } = journey
  await go('connectors')
  await page
    .getByRole('heading', { level: 2 })
    .filter({ hasText: new RegExp(w('Recent').source.slice(1, -1)) })
    .waitFor()
  await shoot('connectors')
  await button('Category').click()
  await page.getByRole('menuitemradio').first().waitFor()
  await shoot('connectors-categories')
  await page.keyboard.press('Escape')
  await page.getByRole('tab').nth(2).click()
  await shoot('connectors-connected')
  await page.getByRole('tab').first().click()
  const search = page.getByRole('searchbox', { name: w('Search connectors') })
  await search.fill('mail')
  await page.getByRole('article', { name: 'Mailchimp' }).waitFor()
  await shoot('connectors-search')
  await search.fill('no such thing')
  await page.getByText(w('No connector matches')).waitFor()
  await shoot('connectors-none')
  await search.fill('slack')
  await button('About {name}', { name: 'Slack' }).first().click()
  await page
    .getByRole('dialog')
    .getByRole('heading', { name: w('What you need') })
    .waitFor()
  await shoot('connector-about')
  await page.keyboard.press('Escape')
}

const lookAtList = async ({ page, w, shoot, go, row }: Journey): Promise<void> => {
  await go('connections')
  await row(/Asana/).waitFor()
  await page.mouse.move(700, 20)
  await shoot('connections')
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('option').first().waitFor()
  await shoot('palette')
  await page.keyboard.type('git')
  await page
    .getByRole('option', { name: /GitHub/ })
    .first()
    .waitFor()
  await shoot('palette-search')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await noSheet(page)
  await page.keyboard.press('?')
  await page.getByRole('dialog').waitFor()
  await shoot('keys')
  await page.keyboard.press('Escape')
  await row(/Gmail|Google Mail/)
    .first()
    .click()
  await page.locator('aside table').first().waitFor()
  await page.mouse.move(700, 20)
  await shoot('connection-panel')
  await page
    .getByRole('complementary')
    .getByRole('button', { name: w('connections.panel.remove-asks') })
    .click()
  await page.getByRole('alertdialog').waitFor()
  await shoot('remove')
  await page.getByRole('alertdialog').getByRole('button').first().click()
}

const lookAtSettings = async ({ page, shoot, go }: Journey): Promise<void> => {
  for (const section of ['profiles', 'integrations', 'vault', 'appearance', 'data', 'help', 'about']) {
    await go(`settings/${section}`)
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    if (section === 'integrations') await page.getByRole('row').nth(4).waitFor()
    await shoot(`settings-${section}`)
  }
}

const loseNango = async ({ page, demo, w, shoot, button, go }: Journey): Promise<void> => {
  await demo.stop()
  await go('connections')
  await button('connections.compare').click()
  await page.getByText(new RegExp(w('You see what was known then.').source.slice(1, -1))).waitFor()
  await shoot('offline')
}

/** A computer of its own: the sandbox from the first run on, with the tour that it offers. */
const tour = async ({ page, folder, environment, w, shoot, button, go }: Journey): Promise<void> => {
  const host = await spawnHost({ folder: join(folder, 'sandbox'), environment })
  try {
    await page.goto(host.ready.url ?? '')
    await page
      .getByRole('button')
      .filter({ has: page.getByText(w('Sandbox')) })
      .click()
    const strip = page.locator('[data-region="tour"]')
    await strip.waitFor()
    await shoot('tour-offer')
    await button('tour.offer.start').click()
    await strip.getByText(w('tour.progress')).waitFor()
    await shoot('tour')
    await go('settings/sandbox')
    await page.getByRole('switch').first().click()
    await strip.getByRole('button', { name: w('tour.leave') }).click()
    await strip.waitFor({ state: 'detached' })
    await button('tour.sandbox.resume').waitFor()
    await shoot('settings-sandbox')
    await go('connections')
    await page.getByText(w('Nothing is plugged in yet')).waitFor()
    await shoot('sandbox-fault-on')
  } finally {
    await host.end('SIGTERM')
  }
}

/** Walks through the window over a real host and a small company's Nango, in one language, and shows each screen to `shoot`. */
export const takeJourney = async (options: {
  readonly browser: Browser
  /** Empty, for what the host keeps. */
  readonly folder: string
  readonly language: Language
  readonly locale: string
  readonly shoot: (page: Page, name: string) => Promise<void>
  /** A part that came to no end; the others go on. */
  readonly stopped: (name: string, error: unknown) => void
}): Promise<void> => {
  const { browser, folder, language, locale } = options
  mkdirSync(folder, { mode: 0o700 })
  const opener = createBrowserOpener(folder)
  const demo = await startDemoNango()
  const environment = { ...opener.environment, PATCHBAY_PASSPHRASE: 'only for pictures' }
  const host = await spawnHost({ folder: join(folder, 'data'), environment })
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', locale })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  page.on('pageerror', (error) => options.stopped('the window', error))
  const words = await wordsOfLanguage(language)
  const w = wordsIn(words)
  const peer = await host.connect()
  const journey: Journey = {
    page,
    host,
    demo,
    folder,
    environment,
    w,
    text: (key) => words.messages[key],
    shoot: (name, shown = page) => options.shoot(shown, name),
    button: (english, values) => page.getByRole('button', { name: w(english, values) }),
    go: async (place) => void (await page.goto(new URL(`/#/${place}`, page.url()).href)),
    sheet: page.locator('[role="dialog"]:not([data-toast])'),
    row: (name) => page.getByRole('row', { name }),
    call: async (method, params) => {
      const { result, error } = (await peer.call(method, params)) as {
        readonly result?: unknown
        readonly error?: { readonly message: string }
      }
      if (error !== undefined && method !== 'connections.refresh') throw new Error(`${method}: ${error.message}`)
      return result
    },
    signInPage: () => {
      if (opener.pages().length === 0) return ''
      const html = readFileSync(new URL(opener.pages().at(-1) ?? ''), 'utf8')
      return (/https?:\/\/[^"'<\s]+/.exec(html)?.[0] ?? '').replaceAll('&amp;', '&')
    },
  }
  try {
    await page.goto(host.ready.url ?? '')
    await begin(journey)
    const first = { setUp, fill, choose, signIn, giveKey, fillIn, lookAtList, answerPrograms, inWindow, succeed, lookAtSettings }
    const later = { bringIn, actOnMany, lookAtHealth, endAccess, reconnect, connectSeveral, loseNango, tour }
    for (const [name, part] of Object.entries({ ...first, ...later })) {
      try {
        await part(journey)
      } catch (error) {
        await page.screenshot({ path: join(folder, `${name}.png`) })
        options.stopped(`${name} (${join(folder, `${name}.png`)})`, error)
        await page.reload().catch(() => undefined)
      }
    }
  } finally {
    peer.close()
    await context.close()
    await host.end('SIGTERM')
    await demo.stop().catch(() => undefined)
  }
}
