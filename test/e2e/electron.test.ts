import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, expect, test } from '@playwright/test'

const root = join(import.meta.dirname, '..', '..')
const electronFolder = join(root, 'node_modules', 'electron')

/** Electron's program, found without importing the package, which would try to download it. */
const electronProgram = (): string | null => {
  const pathFile = join(electronFolder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const program = join(electronFolder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(program) ? program : null
}

test("the desktop window: first run, sandbox, connectors, quit (needs Electron's program)", async () => {
  const program = electronProgram()
  test.skip(program === null, "Electron's program is not on this machine")
  test.skip(process.getuid?.() === 0, 'as root there is no sandbox, and Patchbay does not start without one')
  test.skip(process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'], 'there is no display')
  const home = mkdtempSync(join(tmpdir(), 'patchbay-e2e-'))
  const { NODE_OPTIONS: _unwanted, ...environment } = process.env
  const app = await _electron.launch({
    executablePath: program ?? '',
    args: [root],
    chromiumSandbox: true,
    env: { ...(environment as Record<string, string>), PATCHBAY_HOME: home },
  })
  try {
    const page = await app.firstWindow()
    expect(page.url()).toMatch(/^patchbay:\/\/app\//)
    expect(await page.evaluate(() => [typeof Reflect.get(globalThis, 'process'), typeof Reflect.get(globalThis, 'require')])).toEqual([
      'undefined',
      'undefined',
    ])
    expect(await page.evaluate(() => Object.keys(Reflect.get(globalThis, 'patchbay') as object))).toEqual(['call', 'onEvent'])
    expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied')
    expect(await page.evaluate(() => window.open('https://example.com/', 'x') === null)).toBe(true)
    expect(app.windows().length).toBe(1)

    await page.getByRole('button', { name: /Sandbox/ }).click()
    await expect(page.getByText('Sandbox: not real accounts').first()).toBeVisible()
    await page.evaluate(() => {
      location.hash = '#/connectors'
    })
    await expect(page.getByText('GitHub', { exact: true }).first()).toBeVisible()

    const closed = app.waitForEvent('close')
    await page.close()
    await closed
  } finally {
    await app.close()
    rmSync(home, { recursive: true, force: true })
  }
})
