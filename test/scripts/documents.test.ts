import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { apiDocument } from '../../scripts/api-document.ts'
import { summaryDocument } from '../../scripts/summary-document.ts'

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

describe('what is generated', () => {
  test('the generated documents say what the sources say', async () => {
    expect(read('docs/API.md')).toBe(await apiDocument())
    expect(read('docs/IMPLEMENTATION_SUMMARY.md')).toBe(summaryDocument())
  })

  test('the summary counts the catalogue, not a number somebody wrote down', () => {
    const { length } = JSON.parse(read('resources/catalogue.json')) as readonly unknown[]
    expect(length).toBeGreaterThan(900)
    expect(summaryDocument()).toContain(`${length} connectors are in the catalogue`)
  })
})
