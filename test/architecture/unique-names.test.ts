import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { sourceFiles } from './source-imports.ts'

/** Named by what starts them: programs, npm tasks, and the contract's domains. */
const isEntry = (file: string): boolean =>
  /(^|\/)main\.tsx?$/.test(file) || file.startsWith('scripts/') || file.startsWith('shared/contract/')

const stem = (file: string): string => basename(file).replace(/(\.test)?\.(ts|tsx|mts|mjs)$/, '')

const products = (): string[] =>
  sourceFiles(['shared', 'core', 'renderer', 'client', 'cli', 'electron', 'scripts']).filter((file) => !isEntry(file))

test('every source file has a name of its own', () => {
  const byName = Map.groupBy(products(), stem)
  const twice = [...byName].filter(([, files]) => files.length > 1).map(([, files]) => files)
  expect(twice).toEqual([])
})

test('file names are in kebab case and never index, utils or helpers', () => {
  const odd = sourceFiles().filter((file) => {
    const name = stem(file)
    const isList = file === 'core/database/migrations/index.ts'
    return !/^[a-z0-9]+(-[a-z0-9]+)*(\.config)?$/.test(name) || (['index', 'utils', 'helpers'].includes(name) && !isList)
  })
  expect(odd).toEqual([])
})
