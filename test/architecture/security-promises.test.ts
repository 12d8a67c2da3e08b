import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './source-imports.ts'
import { allTestTitles } from './test-titles.ts'

interface SecurityPromise {
  readonly promise: string
  readonly tests: readonly string[]
}

/** The rows of the table of promises: what is promised, and in code the titles of the tests that hold it. */
const readPromises = (text: string): SecurityPromise[] => {
  const [, section = ''] = text.split(/^## Promises, and the tests that hold them$/m)
  const [table = ''] = section.split(/^## /m)
  return table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => {
      const [promise = '', tests = ''] = line.split('|').slice(1, -1)
      return { promise: promise.trim(), tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, title = '']) => title) }
    })
}

const promises = readPromises(readFileSync(join(root, 'docs/SECURITY.md'), 'utf8'))
const unheld = (rows: readonly SecurityPromise[], titles: ReadonlySet<string>): string[] =>
  rows.flatMap(({ promise, tests }) => {
    if (tests.length === 0) return [`${promise}: no test`]
    return tests.filter((title) => !titles.has(title)).map((title) => `${promise}: ${title}`)
  })

test('each promise of SECURITY.md names tests that exist', () => {
  expect(promises.length).toBeGreaterThan(35)
  expect(new Set(promises.map(({ promise }) => promise)).size).toBe(promises.length)
  expect(unheld(promises, allTestTitles())).toEqual([])
})

test('a promise without a test, or whose test got another name, is found', () => {
  const titles = new Set(['holds'])
  const rows = readPromises(
    '## Promises, and the tests that hold them\n\n| promise | held by |\n| --- | --- |\n| A | `holds` |\n| B | |\n| C | `holds` · `held` |\n\n## More\n| D | |\n',
  )
  expect(unheld(rows, titles)).toEqual(['B: no test', 'C: held'])
})
