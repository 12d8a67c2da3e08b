import { expect, test } from 'vitest'
import { fitsPath } from '#core/automation/path-pattern'

test('a pattern made to be slow is as quick as any', () => {
  const pattern = `/${'*a'.repeat(100)}`
  const begun = performance.now()
  expect(fitsPath(pattern, `/${'a'.repeat(4000)}b`)).toBe(false)
  expect(fitsPath(pattern, `/${'a'.repeat(4000)}`)).toBe(true)
  expect(performance.now() - begun).toBeLessThan(500)
})

test('a root is itself, and everything is below it', () => {
  expect(fitsPath('/', '/')).toBe(true)
  expect(fitsPath('/', '/a')).toBe(false)
  expect(fitsPath('/**', '/')).toBe(true)
  expect(fitsPath('/a/**', '/a/')).toBe(true)
})
