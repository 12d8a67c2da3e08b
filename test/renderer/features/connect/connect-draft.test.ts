import { describe, expect, test } from 'vitest'
import type { ConnectorField } from '#shared/contract/catalogue'
import {
  askedFields,
  expectedLength,
  fieldKey,
  firstValues,
  problemCount,
  problemOf,
  problemsOf,
  splitScopes,
  toStartValues,
} from '#renderer/features/connect/connect-draft.ts'

const field = (change: Partial<ConnectorField>): ConnectorField => ({
  name: 'site',
  group: 'config',
  kind: 'text',
  accepts: [],
  title: 'Site',
  description: null,
  type: 'string',
  format: null,
  pattern: null,
  example: null,
  prefix: null,
  suffix: null,
  options: null,
  defaultValue: null,
  isOptional: false,
  isSecret: false,
  isAutomated: false,
  docsUrl: null,
  ...change,
})

describe('what is typed into the connect sheet', () => {
  const site = field({ suffix: '.atlassian.net', prefix: 'https://', pattern: '^[a-z0-9_-]+$' })
  const key = field({ name: 'apiKey', group: 'credential', title: 'API key', isSecret: true })
  const connector = {
    fields: [site, key, field({ name: 'hidden', isAutomated: true, defaultValue: 'x' }), field({ name: 'site', group: 'credential' })],
  }

  test('asks for nothing that fills itself in', () => {
    expect(askedFields(connector).map(fieldKey)).toEqual(['config.site', 'credential.apiKey', 'credential.site'])
  })

  test('keeps fields of one name apart by their group', () => {
    const values = { 'config.site': 'harborline', 'credential.site': 'other', 'credential.apiKey': 'k' }
    expect(toStartValues(connector, values)).toEqual({ fields: { site: 'harborline' }, credentials: { apiKey: 'k', site: 'other' } })
  })

  test('leaves out what is empty and begins with what the definition gives', () => {
    expect(toStartValues(connector, { 'config.site': '' })).toEqual({ fields: {}, credentials: {} })
    expect(firstValues({ fields: [field({ defaultValue: 'eu' })] })).toEqual({ 'config.site': 'eu' })
  })

  test('offers the value that was probably meant, but never for a secret', () => {
    expect(problemOf(site, 'https://harborline.atlassian.net/browse/X')).toEqual({
      message: 'Only the part before .atlassian.net is wanted here.',
      suggestion: 'harborline',
    })
    expect(problemOf(field({ isSecret: true, pattern: '^[a-f0-9]{8}$' }), 'ABCDEF01')?.suggestion).toBeNull()
    expect(problemOf(site, 'harborline')).toBeNull()
  })

  test('finds every field that is not right, in the order of the form', () => {
    expect([...problemsOf(connector, { 'config.site': 'https://x y' }).keys()]).toEqual([
      'config.site',
      'credential.apiKey',
      'credential.site',
    ])
  })

  test('counts the fields in words', () => {
    expect(problemCount(1)).toBe('One field is not right yet.')
    expect(problemCount(3)).toBe('Three fields are not right yet.')
    expect(problemCount(9)).toBe('9 fields are not right yet.')
  })

  test('reads a wanted length only from a pattern that has one', () => {
    expect(expectedLength('^[a-f0-9]{32}$')).toBe(32)
    expect(expectedLength('^[a-f0-9]{32,64}$')).toBeNull()
    expect(expectedLength(null)).toBeNull()
  })

  test('parts scopes at blanks and commas and keeps each once', () => {
    expect(splitScopes(' repo,read:user\nrepo ', ['repo'])).toEqual(['repo', 'read:user'])
    expect(splitScopes(Array.from({ length: 300 }, (_, index) => `s${index}`).join(' '), [])).toHaveLength(200)
  })
})
