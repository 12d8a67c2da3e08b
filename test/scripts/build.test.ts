import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importsIn, root } from '../architecture/source-imports.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const packagesOf = (path: string): string[] => importsIn(path, read(path)).map(({ specifier }) => specifier)

// `npm test` builds before it tests.
describe('what the build leaves in out/', () => {
  test('the command line is an executable file and the programs behind it, which need nothing but Node', () => {
    expect(read('out/cli/patchbay.cjs').startsWith('#!/usr/bin/env node\n')).toBe(true)
    expect(() => accessSync(join(root, 'out/cli/patchbay.cjs'), constants.X_OK)).not.toThrow()
    for (const file of ['patchbay.cjs', 'program.cjs', 'token.cjs'])
      expect(packagesOf(`out/cli/${file}`).filter((name) => !name.startsWith('node:') && !name.endsWith('/host/serve.mjs'))).toEqual([])
    expect(readdirSync(join(root, 'out/cli')).toSorted()).toEqual(['mcp.mjs', 'patchbay.cjs', 'program.cjs', 'token.cjs'])
  })

  test('the Node host is one file that loads only native packages and the Nango SDK from outside', () => {
    const allowed = ['better-sqlite3', '@napi-rs/keyring', 'koffi', '@nangohq/node']
    const foreign = packagesOf('out/host/serve.mjs').filter((name) => !name.startsWith('node:'))
    expect(foreign.filter((name) => !allowed.includes(name))).toEqual([])
    expect(foreign).toContain('better-sqlite3')
  })

  test('each preload script is one file that requires electron alone, without schemas', () => {
    const files = readdirSync(join(root, 'out/preload'))
    expect(files).toContain('preload.cjs')
    for (const file of files) {
      const text = read(`out/preload/${file}`)
      expect([...text.matchAll(/require\("([^"]+)"\)/g)].map((match) => match[1])).toEqual(['electron'])
      expect(text.length).toBeLessThan(4000)
    }
  })

  test.each(['out/renderer/index.html', 'out/renderer/auth-window/index.html'])(
    '%s loads files of its own and has no inline script',
    (page) => {
      const text = read(page)
      expect([...text.matchAll(/<script(?![^>]*\ssrc=)[^>]*>/g)]).toEqual([])
      expect(text).not.toContain('style=')
      const addresses = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '')
      expect(addresses.length).toBeGreaterThan(0)
      for (const address of addresses) expect(existsSync(join(root, page, '..', address)), address).toBe(true)
    },
  )

  test('bundles find resources/ two folders above themselves, as the sources do', () => {
    for (const bundle of ['out/host/serve.mjs', 'out/main/main.js'])
      expect(existsSync(join(root, bundle, '../../../resources/catalogue.json'))).toBe(true)
    expect(readdirSync(join(root, 'out/main'))).toEqual(['main.js'])
  })

  test('no bundle carries a source map', () => {
    const maps = readdirSync(join(root, 'out'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.map'))
    expect(maps).toEqual([])
  })
})
