import { describe, expect, test } from 'vitest'
import type { ConnectorField } from '#shared/contract/catalogue'
import {
  askedFields,
  expectedLength,
  fieldKey,
  fieldsForReconnect,
  firstValues,
  groupsOf,
  paramProblems,
  problemCount,
  problemOf,
  problemsOf,
  splitScopes,
  toParams,
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

  test('parts the form by what its values are for', () => {
    const signed = field({ name: 'pem', group: 'assertion', kind: 'file', accepts: ['pem_private_key'], isSecret: true })
    expect(groupsOf({ fields: [signed, key, site] }).map(([group, [first]]) => [group, first?.name])).toEqual([
      ['config', 'site'],
      ['credential', 'apiKey'],
      ['assertion', 'pem'],
    ])
    expect(groupsOf({ fields: [key] })).toHaveLength(1)
  })

  test('wants no parameter again of a connection that has it, but its credentials', () => {
    const again = fieldsForReconnect({ fields: [field({ defaultValue: 'eu' }), key] })
    expect(firstValues(again)).toEqual({})
    expect([...problemsOf(again, {}).keys()]).toEqual(['credential.apiKey'])
    expect([...problemsOf(fieldsForReconnect({ fields: [site] }), { 'config.site': 'x y' }).keys()]).toEqual(['config.site'])
  })

  test('takes the address of a service account from its file', () => {
    const file = field({ name: 'privateKey', group: 'credential', kind: 'file', accepts: ['json_service_account'], isSecret: true })
    const email = field({ name: 'serviceAccountEmail', group: 'credential', title: 'Email' })
    const pem = `-----BEGIN PRIVATE KEY-----\n${'M'.repeat(64)}\n-----END PRIVATE KEY-----`
    const json = JSON.stringify({ type: 'service_account', private_key: pem, client_email: 'robot@x.example' })
    expect([...problemsOf({ fields: [file, email] }, {}).keys()]).toHaveLength(2)
    expect(problemsOf({ fields: [file, email] }, { 'credential.privateKey': json }).size).toBe(0)
  })

  test('takes parameters of the page, and none that make the sign-in itself', () => {
    const rows = [
      { name: 'login_hint', value: ' ada ' },
      { name: 'client_id', value: 'x' },
      { name: 'a b', value: 'x' },
      { name: 'prompt', value: '' },
      { name: 'login_hint', value: 'grace' },
      { name: '', value: '' },
    ]
    expect(paramProblems(rows)).toEqual([
      null,
      'The sign-in sets this one itself.',
      'A name has letters, digits and _ . : - only.',
      'A name and a value are wanted here.',
      'This name is there twice.',
      null,
    ])
    expect(toParams([rows[0] ?? { name: '', value: '' }, { name: '', value: '' }])).toEqual({ login_hint: 'ada' })
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
