import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { lazySnapshot, parseSnapshot } from '#core/catalogue/snapshot'

const file = new URL('../../../resources/catalogue.json', import.meta.url)

it('is read and parsed in less than 20 ms', () => {
  const times = Array.from({ length: 7 }, () => {
    const startedAt = performance.now()
    parseSnapshot(readFileSync(file, 'utf8'))
    return performance.now() - startedAt
  })
  expect(Math.min(...times)).toBeLessThan(20)
})

it('is read at the first question and kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalogue-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'catalogue.json')
  const snapshot = lazySnapshot(path)
  expect(snapshot).toThrow(/ENOENT/)
  writeFileSync(
    path,
    '[{"connectorId":"thing","name":"Thing","authMode":"API_KEY","fields":[{"name":"apiKey","group":"credential","title":"Key"}]}]',
  )
  const first = snapshot()
  rmSync(path)
  expect(snapshot()).toBe(first)
  expect(first[0]).toMatchObject({ scopes: [], legacyNames: [], fields: [{ isSecret: false, pattern: null }] })
})

it('is refused when it is not a catalogue', () => {
  for (const text of ['', '{}', '[]', '[1]', '[{"connectorId":"x"}]']) expect(() => parseSnapshot(text)).toThrow()
})
