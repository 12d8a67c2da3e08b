import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SLOWEST } from '#test/slowest-first'
import { root } from './source-imports.ts'

test('the files that are begun first are there, each named once', () => {
  expect(SLOWEST.filter((file) => !existsSync(join(root, file)))).toEqual([])
  expect(new Set(SLOWEST).size).toBe(SLOWEST.length)
})
