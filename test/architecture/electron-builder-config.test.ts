import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { root } from './source-imports.ts'
import { readPlainYaml } from './yaml-lines.ts'

const file = join(root, 'electron-builder.yml')
const builder = join(root, 'packaging/node_modules/app-builder-lib/out/util/config/config.js')
const values = readPlainYaml(readFileSync(file, 'utf8'))
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  devDependencies: Record<string, string>
  main: string
}

interface BuilderConfig {
  readonly getConfig: (projectDir: string, configPath: string, fromOptions: null) => Promise<unknown>
  readonly validateConfiguration: (config: unknown, log: { readonly isEnabled: boolean; readonly add: () => void }) => Promise<void>
}

describe('electron-builder.yml', () => {
  test('makes AppImage and deb, dmg and zip, nsis', () => {
    expect(values.get('linux.target[]')).toEqual(['AppImage', 'deb'])
    expect(values.get('mac.target[]')).toEqual(['dmg', 'zip'])
    expect(values.get('win.target[]')).toEqual(['nsis'])
  })

  test('sets every fuse to its safe side', () => {
    const fuses = Object.fromEntries(
      [...values].filter(([path]) => path.startsWith('electronFuses.')).map(([path, [value]]) => [path.slice(14), value]),
    )
    expect(fuses).toEqual({
      runAsNode: 'false',
      enableCookieEncryption: 'true',
      enableNodeOptionsEnvironmentVariable: 'false',
      enableNodeCliInspectArguments: 'false',
      enableEmbeddedAsarIntegrityValidation: 'true',
      onlyLoadAppFromAsar: 'true',
      loadBrowserProcessSpecificV8Snapshot: 'false',
      grantFileProtocolExtraPrivileges: 'false',
    })
  })

  test('leaves the runtime of a checkout out, keeps native modules loadable and compiles nothing', () => {
    expect(values.get('files[]')).toContain('!**/node_modules/node-*-*/**')
    expect(values.get('asarUnpack[]')).toEqual(['**/*.node'])
    expect(values.get('npmRebuild')).toEqual(['false'])
    expect(values.get('publish')).toEqual(['null'])
  })

  test('packs the entry point and everything it loads, for the Electron that package.json names', () => {
    expect(values.get('files[]')).toEqual(
      expect.arrayContaining(['out/main/**', 'out/preload/**', 'out/renderer/**', 'resources/catalogue.json']),
    )
    expect(packageJson.main).toMatch(/^out\/main\//)
    expect(values.get('electronVersion')).toEqual([packageJson.devDependencies['electron']])
  })

  test('names files that exist', () => {
    const icons = ['linux.icon', 'mac.icon', 'win.icon'].map((path) => values.get(path)?.[0] ?? '?')
    const plain = (values.get('files[]') ?? []).filter((path) => !/[*!]/.test(path))
    expect([...icons, ...plain].filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test.skipIf(!existsSync(builder))('agrees with the schema of electron-builder, which `npm run package` installs', async () => {
    const loaded = (await import(pathToFileURL(builder).href)) as { readonly default: BuilderConfig }
    const log = { isEnabled: false, add: () => undefined }
    const config = await loaded.default.getConfig(root, file, null)
    await expect(loaded.default.validateConfiguration(config, log)).resolves.toBeUndefined()
    await expect(loaded.default.validateConfiguration({ ...(config as object), noSuchKey: true }, log)).rejects.toThrow('noSuchKey')
  })
})
