import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lockFileFaults, type LockFile } from '../../scripts/lock-file.ts'
import { root } from './source-imports.ts'

const read = (path: string): LockFile => JSON.parse(readFileSync(join(root, path), 'utf8')) as LockFile

describe('a lock file', () => {
  test.each(['package-lock.json', 'packaging/package-lock.json'])('%s has every platform and no address', (path) => {
    expect(Object.keys(read(path).packages).length).toBeGreaterThan(50)
    expect(lockFileFaults(read(path))).toEqual([])
  })

  test('without the entry of an optional dependency is refused, wherever npm would look for it', () => {
    const packages = {
      '': { optionalDependencies: { top: '1' } },
      'node_modules/a': { optionalDependencies: { inner: '1', hoisted: '1', lost: '1' } },
      'node_modules/a/node_modules/inner': {},
      'node_modules/hoisted': {},
    }
    expect(lockFileFaults({ packages })).toEqual([
      'package.json names top, which has no entry',
      'node_modules/a names lost, which has no entry',
    ])
  })

  test('with the address of a registry is refused', () => {
    expect(lockFileFaults({ packages: { 'node_modules/a': { resolved: 'https://registry.example/a.tgz' } } })).toHaveLength(1)
  })
})
