import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRequirements } from './requirement-rows.ts'
import { root } from './source-imports.ts'
import { allTestTitles } from './test-titles.ts'

const rows = readRequirements(readFileSync(join(root, 'docs/REQUIREMENTS.md'), 'utf8'))

test('every requirement is named once', () => {
  const numbers = rows.map(({ number }) => number)
  expect(numbers.length).toBeGreaterThan(50)
  expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([])
})

test('every place that a requirement names exists', () => {
  const missing = rows.flatMap(({ number, places }) =>
    places.filter((place) => !existsSync(join(root, place))).map((place) => `${number}: ${place}`),
  )
  expect(missing).toEqual([])
  expect(rows.filter(({ places }) => places.length === 0).map(({ number }) => number)).toEqual([])
})

test('every test that a requirement names exists', () => {
  const titles = allTestTitles()
  const missing = rows.flatMap(({ number, tests }) => tests.filter((title) => !titles.has(title)).map((title) => `${number}: ${title}`))
  expect(missing).toEqual([])
  expect(rows.filter(({ tests }) => tests.length === 0).map(({ number }) => number)).toEqual([])
})
