import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './source-imports.ts'

/** Written in pieces, so that this file does not find itself. */
const TRACES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['a path of the workplace', new RegExp(`(?<![\\w.-])/${'work'}/`)],
  ['a home folder', new RegExp(`/(home|Users)/(?!you|me|person|ada|alice|mara)[a-z][a-z0-9_-]+/`)],
  ['an address of a package registry', new RegExp(`registry\\.(npmjs|yarnpkg)\\.${'(org|com)'}`)],
  ['a resolved address in a lock file', new RegExp(`"${'resolved'}": "http`)],
]

const trackedFiles = (): string[] =>
  execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    .split('\0')
    .filter((file) => file !== '')

const isText = (file: string): boolean => !/\.(png|ico|icns|woff2?|gif|jpg|db)$/.test(file)

test('no tracked file tells where it was made or where packages came from', () => {
  const found = trackedFiles()
    .filter((file) => isText(file) && statSync(join(root, file), { throwIfNoEntry: false })?.isFile() === true)
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      return TRACES.filter(([, pattern]) => pattern.test(text)).map(([name]) => `${file}: ${name}`)
    })
  expect(trackedFiles().length).toBeGreaterThan(100)
  expect(found).toEqual([])
})
