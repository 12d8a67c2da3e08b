// Takes the pictures of docs/screenshots: node scripts/screenshots.ts [SCREEN,...]. Needs a build, Chromium and ImageMagick's convert.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { createBrowserOpener } from '#test/e2e/browser-opener'
import { spawnHost } from '#test/helpers/spawn-host'
import { openBrowser } from '#test/renderer/test-browser'
import { startDemoNango } from './screenshot-data.ts'
import { root, say } from './tool.ts'

const LARGE = { width: 1440, height: 900 } as const
const SIZES = [{ width: 900, height: 600 }, LARGE] as const
const wanted = process.argv[2]?.split(',') ?? null
const target = join(root, 'docs/screenshots')
const folder = join(tmpdir(), 'patchbay-screenshots')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { mode: 0o700 })
mkdirSync(target, { recursive: true })

const opener = createBrowserOpener(folder)
const demo = await startDemoNango()
const host = await spawnHost({
  folder: join(folder, 'data'),
  environment: { ...opener.environment, PATCHBAY_PASSPHRASE: 'only for pictures' },
})
const browser = await openBrowser()
const page: Page = await browser.newPage({ viewport: LARGE, reducedMotion: 'reduce' })
page.setDefaultTimeout(15_000)

/** One screen in both themes and sizes. */
const shoot = async (name: string): Promise<void> => {
  if (wanted !== null && !wanted.includes(name)) return
  for (const size of SIZES) {
    await page.setViewportSize(size)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const file = join(target, `${name}-${colorScheme}-${size.width}x${size.height}.png`)
      await page.screenshot({ path: file, animations: 'disabled' })
      execFileSync('convert', [file, '-strip', '-dither', 'None', '-colors', '256', `PNG8:${file}`])
    }
  }
  await page.setViewportSize(LARGE)
  say(name)
}

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' })
const go = (place: string) => page.goto(new URL(`/#/${place}`, page.url()).href)
const row = (name: RegExp) => page.getByRole('row', { name })

try {
  await page.goto(host.ready.url ?? '')
  await button(/^Your own Nango/).waitFor()
  await shoot('first-run')

  await button(/^Your own Nango/).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Harborline')
  await page.getByRole('textbox', { name: 'Address' }).fill(demo.nango.url)
  await page.getByLabel('Secret key', { exact: true }).fill('0d4a1b39-1111-4222-8333-444455556666')
  await button('Add and test').click()
  await button('Try again').waitFor()
  await shoot('profile-form')
  await page.getByLabel('Secret key', { exact: true }).fill(demo.nango.secretKey)
  await button('Try again').click()
  await page.getByText('Nothing is plugged in yet').waitFor()
  await shoot('empty')

  demo.fill()
  const peer = await host.connect()
  await peer.call('sync.run')
  await row(/Asana/).waitFor()
  const { result } = await peer.call('connections.list', { limit: 100 })
  const { connections } = result as { readonly connections: readonly { readonly connectionId: string; readonly authMode: string }[] }
  for (const { connectionId, authMode } of connections) if (authMode === 'OAUTH2') await peer.call('connections.refresh', { connectionId })
  peer.close()

  await go('connectors')
  await page.getByRole('article').first().waitFor()
  await shoot('connectors')
  const search = page.getByRole('searchbox', { name: 'Search connectors' })
  await search.fill('mail')
  await page.getByRole('article', { name: 'Mailchimp' }).waitFor()
  await shoot('connectors-search')

  await search.fill('slack')
  await button('Connect Slack').click()
  const sheet = page.getByRole('dialog', { name: /^Connect / })
  await sheet.getByRole('textbox', { name: 'Label' }).fill('Harborline HQ')
  await shoot('connect-form')
  await sheet.getByRole('button', { name: 'Connect', exact: true }).click()
  await sheet.getByRole('button', { name: 'Reopen page' }).waitFor()
  await shoot('connect-waiting')
  await sheet.getByRole('button', { name: 'Hide' }).first().click()

  await search.fill('jira')
  await button('Connect Jira (Basic Auth)').click()
  await sheet.getByRole('textbox', { name: 'Label' }).fill('Service desk')
  await shoot('key-form')
  await sheet.getByRole('textbox', { name: 'Jira Domain' }).fill('https://harborline.atlassian.net/browse/HB-1')
  await sheet.getByRole('textbox', { name: 'Email Address' }).fill('mara@harborline.example')
  await sheet.getByLabel('API Key', { exact: true }).fill('demo-key-of-the-service-desk')
  await sheet.getByRole('button', { name: 'Connect', exact: true }).click()
  await sheet.getByText(/not right yet/).waitFor()
  await shoot('key-form-error')
  await sheet.getByRole('button', { name: 'Cancel' }).click()

  await go('connections')
  await row(/Asana/).waitFor()
  await page.mouse.move(700, 20)
  await shoot('connections')
  await row(/Gmail|Google Mail/).click()
  await page.getByRole('complementary').getByText('History').waitFor()
  await page.mouse.move(700, 20)
  await shoot('connection-panel')
  await button('Remove...').click()
  await page.getByRole('alertdialog').waitFor()
  await shoot('remove')
  await button('Keep it').click()

  for (const section of ['profiles', 'vault', 'appearance', 'data', 'about']) {
    await go(`settings/${section}`)
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    if (section === 'about') {
      await button('Run doctor').click()
      await page.getByRole('list', { name: 'What the doctor found' }).waitFor()
    }
    await shoot(`settings-${section}`)
  }

  await demo.stop()
  await go('connections')
  await button(/^Compare with/).click()
  await page.getByText('You see what was known then.').waitFor()
  await shoot('offline')
} finally {
  await browser.close()
  await host.end('SIGTERM')
  await demo.stop().catch(() => undefined)
  rmSync(folder, { recursive: true, force: true })
}
