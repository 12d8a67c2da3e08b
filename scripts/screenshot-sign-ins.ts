import { generateKeyPairSync } from 'node:crypto'
import type { Locator, Page } from '@playwright/test'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'
import type { SpawnedHost } from '#test/helpers/spawn-host'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import type { startDemoNango } from './screenshot-data.ts'
import type { wordsIn } from './screenshot-words.ts'

type Demo = Awaited<ReturnType<typeof startDemoNango>>

/** What every part of the journey needs: the page, its words, and what stands behind it. */
export interface Journey {
  readonly page: Page
  readonly host: SpawnedHost
  readonly demo: Demo
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly w: ReturnType<typeof wordsIn>
  /** The message of a key as it is written, for what is typed. */
  readonly text: (key: MessageKey) => string
  readonly shoot: (name: string, page?: Page) => Promise<void>
  readonly button: (english: string, values?: Readonly<Record<string, string>>) => Locator
  readonly go: (place: string) => Promise<void>
  readonly sheet: Locator
  readonly row: (name: RegExp) => Locator
  readonly call: (method: string, params?: unknown) => Promise<unknown>
  /** The sign-in page that was handed to the browser last. */
  readonly signInPage: () => string
}

/** Waits until every sheet is gone: one can still be leaving while the next one does. */
export const noSheet = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => document.querySelector('[role="dialog"]:not([data-toast])') === null)
}

/** Notes which sign-in page is the last; gives the one after it as soon as it was handed to the browser. */
export const newSignIn = ({ page, signInPage }: Journey): (() => Promise<string>) => {
  const before = signInPage()
  return async () => {
    for (let tries = 0; tries < 150; tries += 1) {
      const now = signInPage()
      if (now !== before) return now
      await page.waitForTimeout(100)
    }
    throw new Error('No sign-in page was opened')
  }
}

/** Does what the palette calls so. */
export const inPalette = async ({ page, text }: Journey, key: MessageKey): Promise<void> => {
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox').fill(text(key))
  await page
    .locator('[role="option"][aria-selected="true"]')
    .filter({ hasText: text(key) })
    .waitFor()
  await page.keyboard.press('Enter')
}

const connector = async ({ page, w, button, sheet }: Journey, search: string, name: string): Promise<void> => {
  await page.getByRole('searchbox', { name: w('Search connectors') }).fill(search)
  const another = button('catalogue.card.add-name', { name })
  await button('Connect {name}', { name }).or(another).first().click()
  await sheet.getByRole('textbox', { name: w('Label') }).waitFor()
}

/** A sign-in in the browser: its form, its wait, and each end but the good one. */
export const signIn = async (journey: Journey): Promise<void> => {
  const { demo, w, shoot, sheet, signInPage } = journey
  const inSheet = (english: string): Locator => sheet.getByRole('button', { name: w(english) }).first()
  const start = async (search: string, name: string, label: string): Promise<void> => {
    await connector(journey, search, name)
    await sheet.getByRole('textbox', { name: w('Label') }).fill(label)
    await inSheet('connect.connect').click()
    await inSheet('Reopen page').waitFor()
  }
  await connector(journey, 'slack', 'Slack')
  await sheet.getByRole('textbox', { name: w('Label') }).fill('Harborline HQ')
  await shoot('connect-form')
  await inSheet('connect.connect').click()
  await inSheet('Reopen page').waitFor()
  await shoot('connect-waiting')
  await inSheet('connect.steps.all').click()
  await shoot('connect-steps')
  await inSheet('Hide').click()

  await start('monday', 'Monday', 'Boards')
  await walkSignIn(signInPage(), { deny: true })
  await sheet.getByText(w('connect.end.denied-title')).first().waitFor()
  await shoot('connect-denied')
  await inSheet('Close').click()

  demo.nango.changeFaults({ sessionSeconds: 3 })
  await start('box', 'Box', 'Archive')
  demo.nango.changeFaults({ sessionSeconds: null })
  await sheet.getByText(w('The page has run out')).first().waitFor()
  await shoot('connect-expired')
  await inSheet('Close').click()

  await start('discord', 'Discord', 'Community')
  await inSheet('Cancel sign-in').click()
  await sheet.getByText(w('The sign-in was cancelled')).first().waitFor()
  await shoot('connect-cancelled')
  await inSheet('Close').click()
}

/** A sign-in that succeeds. */
export const succeed = async (journey: Journey): Promise<void> => {
  const { page, w, shoot, sheet, signInPage } = journey
  await connector(journey, 'mailchimp', 'Mailchimp')
  await sheet.getByRole('button', { name: w('connect.connect') }).click()
  await sheet.getByRole('button', { name: w('Reopen page') }).waitFor()
  // The sheet closes two seconds after the sign-in; for its picture it stays.
  await page.evaluate(() => {
    const timeout = window.setTimeout.bind(window)
    Object.assign(window, { setTimeout: (run: () => void, ms = 0) => timeout(run, ms === 2000 ? 3_600_000 : ms) })
  })
  await walkSignIn(signInPage())
  await sheet.getByRole('status').getByRole('heading').waitFor()
  await shoot('connect-connected')
  await page.reload()
}

/** The form of a key: empty, with a field that is not right, refused by the service. */
export const giveKey = async (journey: Journey): Promise<void> => {
  const { w, shoot, sheet } = journey
  await journey.go('connectors')
  await connector(journey, 'jira', 'Jira (Basic Auth)')
  await sheet.getByRole('textbox', { name: w('Label') }).fill('Service desk')
  await shoot('key-form')
  const domain = sheet.getByRole('textbox', { name: 'Jira Domain' })
  const send = sheet.getByRole('button', { name: w('connect.connect') })
  await domain.fill('https://harborline.atlassian.net/browse/HB-1')
  await sheet.getByRole('textbox', { name: 'Email Address' }).fill('mara@harborline.example')
  await sheet.getByLabel('API Key', { exact: true }).fill('wrong-key-of-the-service-desk')
  await send.click()
  await sheet.locator('[aria-invalid="true"]').first().waitFor()
  await shoot('key-form-error')
  await domain.fill('harborline')
  await send.click()
  await sheet.getByText(w('connect.end.refused-title')).first().waitFor()
  await shoot('key-refused')
  await sheet
    .getByRole('button', { name: w('Cancel') })
    .first()
    .click()
}

/** A form with a key file, and the scopes of a sign-in. */
export const fillIn = async (journey: Journey): Promise<void> => {
  const { page, w, shoot, sheet } = journey
  await journey.go('connectors')
  await connector(journey, 'snowflake', 'Snowflake (JWT)')
  await sheet.getByRole('textbox', { name: w('Label') }).fill('Warehouse')
  const [key, ...others] = [sheet.locator('input[type="file"]'), ...(await sheet.locator('[data-field] input[type="text"]').all())]
  for (const [at, field] of others.entries()) await field.fill(['kxopmlu-re00572', 'KXOPMLU-RE00572', 'PATCHBAY_SYNC'][at] ?? 'PATCHBAY')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  await key?.setInputFiles({ name: 'snowflake-sync.p8', mimeType: 'text/plain', buffer: Buffer.from(pem) })
  await page.setViewportSize({ width: 900, height: 600 })
  await sheet.getByRole('button', { name: w('connect.file.take-away') }).scrollIntoViewIfNeeded()
  await shoot('connect-key-file')
  await page.keyboard.press('Escape')
  await noSheet(page)
  await connector(journey, 'slack', 'Slack')
  await sheet.getByRole('button', { expanded: false }).first().click()
  await sheet.getByRole('textbox').last().fill('history')
  await page.setViewportSize({ width: 1440, height: 900 })
  const scopes = sheet.getByRole('checkbox').or(sheet.getByRole('option'))
  await scopes.first().click()
  await scopes.nth(1).click()
  await shoot('connect-scopes')
  await page.keyboard.press('Escape')
  await noSheet(page)
}

/** A sign-in in a window of its own, and on Nango's page. */
export const inWindow = async (journey: Journey): Promise<void> => {
  const { page, w, shoot, sheet, go } = journey
  await go('connectors')
  for (const place of ['window', 'connect_ui'] as const) {
    await connector(journey, 'salesforce', 'Salesforce')
    await sheet.getByRole('radio', { name: w(`connect.via.${place}`) }).check()
    if (place === 'connect_ui') await shoot('connect-nango-page')
    const opened = page.context().waitForEvent('page')
    await sheet.getByRole('button', { name: w('connect.connect') }).click()
    const auth = await opened
    await auth.emulateMedia({ reducedMotion: 'reduce' })
    const primary = auth.locator('#primary')
    await primary.waitFor()
    if (place === 'window') {
      await shoot('auth-window-ready', auth)
      await shoot('connect-in-window')
      const popping = auth.waitForEvent('popup')
      await primary.click()
      const popup = await popping
      await popup.locator('button').first().waitFor()
      await shoot('auth-window-waiting', auth)
      await popup.getByRole('button', { name: /Deny/ }).or(popup.locator('[value="deny"]')).first().click()
      await primary.waitFor()
      await shoot('auth-window-failed', auth)
    } else {
      await primary.click()
      await auth.frameLocator('iframe').locator('button').first().waitFor()
      await shoot('auth-window-nango-page', auth)
    }
    if (place === 'window') await auth.locator('#secondary').click()
    else await sheet.getByRole('button', { name: w('Cancel sign-in') }).click()
    await auth.close()
    await page.bringToFront()
    await sheet
      .getByText(w(place === 'window' ? 'connect.end.denied-title' : 'The sign-in was cancelled'))
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
    await noSheet(page)
  }
}
