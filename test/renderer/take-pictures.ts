// Takes the window's pictures over demo data: node test/renderer/take-pictures.ts FOLDER. Not a test.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildWindow } from './build-window.ts'
import { createDemo } from './demo-api.ts'
import { startDemoHost } from './demo-host.ts'
import { openBrowser } from './test-browser.ts'

const folder = process.argv[2] ?? 'pictures'
await mkdir(folder, { recursive: true })
const built = await mkdtemp(join(tmpdir(), 'patchbay-window-'))
await buildWindow(built)

const SCENES = {
  list: { demo: () => createDemo(), hash: '' },
  panel: { demo: () => createDemo(), hash: '#/connections/c1' },
  well: { demo: () => createDemo(), hash: '#/connections/c13' },
  many: { demo: () => createDemo({ more: 10_000 }), hash: '' },
  offline: { demo: () => createDemo({ isOffline: true }), hash: '' },
  refused: { demo: () => createDemo({ isKeyRefused: true }), hash: '' },
  sandbox: { demo: () => createDemo({ kind: 'sandbox' }), hash: '#/connections/c2' },
  empty: { demo: () => createDemo({ connections: [] }), hash: '' },
  locked: { demo: () => createDemo({ isLocked: true }), hash: '' },
} as const

const wanted = process.argv[3]?.split(',') ?? Object.keys(SCENES)
const sizes = [
  [900, 600],
  [1200, 800],
  [1440, 900],
] as const
const browser = await openBrowser()
for (const [name, scene] of Object.entries(SCENES)) {
  if (!wanted.includes(name)) continue
  const host = await startDemoHost(built, scene.demo())
  for (const [width, height] of sizes) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme })
      page.on('console', (message) => process.stdout.write(`${name}: ${message.text()}\n`))
      page.on('pageerror', (error) => process.stdout.write(`${name}: ${error.message}\n`))
      await page.goto(host.url + scene.hash)
      await page.getByText(/Vault (open|locked)/).waitFor()
      await page.evaluate(() => document.fonts.ready)
      await page.waitForTimeout(400)
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) })
      await page.close()
    }
  }
  await host.stop()
}
await browser.close()
await rm(built, { recursive: true })
