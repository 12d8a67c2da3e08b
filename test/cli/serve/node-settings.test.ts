import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Conf from 'conf'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openNodeSettings } from '#cli/serve/node-settings'
import { DEFAULT_SETTINGS } from '#shared/contract/settings'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-settings-'))
  file = join(folder, 'settings.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the settings of the Node host', () => {
  it('are in the file and form that conf and electron-store share', () => {
    openNodeSettings(folder).write({ theme: 'dark' })
    expect(new Conf({ cwd: folder, configName: 'settings' }).get('theme')).toBe('dark')
    new Conf<Record<string, unknown>>({ cwd: folder, configName: 'settings' }).set('density', 'compact')
    expect(openNodeSettings(folder).read()).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', density: 'compact' })
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('leave alone what the other host keeps there', () => {
    writeFileSync(file, JSON.stringify({ window: { width: 900 }, 'a.b': 1, theme: 'light' }))
    openNodeSettings(folder).write({ density: 'compact' })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ window: { width: 900 }, 'a.b': 1, theme: 'light', density: 'compact' })
    expect(existsSync(`${file}.bad`)).toBe(false)
  })

  it.each(['', '{', 'null', '[1]', '"text"', '\u0000\u0001'])('count %j as not chosen, and keep the bad file', (content) => {
    writeFileSync(file, content)
    const settings = openNodeSettings(folder)
    expect(settings.read()).toEqual(DEFAULT_SETTINGS)
    expect(readFileSync(file, 'utf8')).toBe(content)
    expect(settings.write({ theme: 'dark' })).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' })
    expect(settings.read().theme).toBe('dark')
    expect(readFileSync(`${file}.bad`, 'utf8')).toBe(content)
  })

  it('drop single values that are not understood and keep the others', () => {
    const content = JSON.stringify({ theme: 'purple', density: 'compact' })
    writeFileSync(file, content)
    const settings = openNodeSettings(folder)
    expect(settings.read()).toEqual({ ...DEFAULT_SETTINGS, density: 'compact' })
    settings.write({ singleKeyShortcuts: false })
    expect(settings.read()).toEqual({ ...DEFAULT_SETTINGS, density: 'compact', singleKeyShortcuts: false })
    expect(readFileSync(`${file}.bad`, 'utf8')).toBe(content)
  })

  it('refuse a value that is not one of theirs', () => {
    expect(() => openNodeSettings(folder).write({ theme: 'purple' as 'dark' })).toThrow()
    expect(existsSync(file)).toBe(false)
  })
})
