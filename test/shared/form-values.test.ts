import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseSnapshot } from '#core/catalogue/snapshot'
import type { ConnectorField } from '#shared/contract/catalogue'
import { bareValue, checkField, validateForm } from '#shared/form-values'

const entries = parseSnapshot(readFileSync(new URL('../../resources/catalogue.json', import.meta.url), 'utf8'))
const connector = (connectorId: string) => {
  const found = entries.find((one) => one.connectorId === connectorId)
  if (found === undefined) throw new Error(`no ${connectorId}`)
  return found
}
const field = (overrides: Partial<ConnectorField>): ConnectorField => ({
  name: 'value',
  group: 'config',
  kind: 'text',
  accepts: [],
  title: 'Value',
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
  ...overrides,
})
const zendesk = field({ prefix: 'https://', suffix: '.zendesk.com', pattern: '^[a-z0-9_-]+$', title: 'Zendesk Domain' })
const host = field({ format: 'hostname' })
const uri = field({ format: 'uri', pattern: '^https?://[^\\s]+[^/\\s]$', suffix: '/api' })
const site = field({ options: ['datadoghq.com', 'us3.datadoghq.com', 'datadoghq.eu'] })
const key = field({ group: 'credential', isSecret: true, pattern: '^[a-f0-9]{32}$', title: 'API Key' })

describe('a value that is right', () => {
  it.each([
    ['as it is', zendesk, 'acme', 'acme'],
    ['with blanks around it', zendesk, '  acme \n', 'acme'],
    ['with prefix and suffix', zendesk, 'https://acme.zendesk.com', 'acme'],
    ['with a slash behind the suffix', zendesk, 'https://acme.zendesk.com/', 'acme'],
    ['with the suffix alone', zendesk, 'acme.zendesk.com', 'acme'],
    ['in another case of prefix and suffix', zendesk, 'HTTPS://acme.Zendesk.com', 'acme'],
    ['a host with a port', host, 'n8n.example.com:8443', 'n8n.example.com:8443'],
    ['an address with its suffix', uri, 'https://n8n.example.com/api', 'https://n8n.example.com'],
    ['an address without', uri, 'https://n8n.example.com', 'https://n8n.example.com'],
    ['one of the options', site, ' datadoghq.eu', 'datadoghq.eu'],
    ['a key', key, '4f3c12efb9659a0b5c123b568745dbf9', '4f3c12efb9659a0b5c123b568745dbf9'],
    ['a pattern that means only the beginning', field({ pattern: '^sk-gamma-' }), 'sk-gamma-abc', 'sk-gamma-abc'],
    ['a host behind a scheme prefix, slash and all', field({ prefix: 'https://', format: 'hostname' }), 'https://a.example/', 'a.example'],
    [
      'a private key of many lines',
      field({ group: 'credential', isSecret: true }),
      '-----BEGIN\nabc\n-----END\n',
      '-----BEGIN\nabc\n-----END',
    ],
    ['a number', field({ type: 'number' }), '-12.5', '-12.5'],
    ['nothing where nothing is needed', field({ isOptional: true, pattern: '^x$' }), '  ', ''],
  ])('passes: %s', (_case, one, typed, value) => {
    expect(checkField(one, typed)).toEqual({ value })
  })
})

describe('a value that is wrong', () => {
  const onlyHost = 'Only the host is wanted here, without https:// and path.'
  it.each([
    ['nothing', zendesk, '', 'Zendesk Domain is missing.', undefined],
    ['only what the form shows already', zendesk, ' ', 'Zendesk Domain is missing.', undefined],
    [
      'a page instead of a subdomain',
      zendesk,
      'https://acme.zendesk.com/agent/home',
      'Only the part before .zendesk.com is wanted here.',
      'acme',
    ],
    ['upper case', zendesk, 'Acme', 'It is not written like this.', 'acme'],
    ['an address instead of a host', host, 'https://n8n.example.com/home', onlyHost, 'n8n.example.com'],
    ['an address instead of one of the options', site, 'https://app.datadoghq.eu/dashboard', onlyHost, 'datadoghq.eu'],
    ['another option', site, 'example.com', 'It is one of: datadoghq.com, us3.datadoghq.com, datadoghq.eu.', undefined],
    ['an option in capitals', site, 'DATADOGHQ.EU', 'It is one of: datadoghq.com, us3.datadoghq.com, datadoghq.eu.', 'datadoghq.eu'],
    [
      'a host instead of an address',
      uri,
      'n8n.example.com',
      'The whole address is wanted here, beginning with https://.',
      'https://n8n.example.com',
    ],
    [
      'a slash too many',
      uri,
      'https://n8n.example.com/',
      'The whole address is wanted here, beginning with https://.',
      'https://n8n.example.com',
    ],
    ['a short key', key, 'abc', '32 characters are wanted here; this has 3.', undefined],
    ['a key of other letters', key, 'Z'.repeat(32), 'It is not written like this. Copy it again, in one piece.', undefined],
    [
      'no email address',
      field({ format: 'email' }),
      'Mara <mara@harborline.example>',
      'An email address is wanted here.',
      'mara@harborline.example',
    ],
    [
      'a UUID in braces',
      field({ format: 'uuid' }),
      '{a1b2c3d4-e5f6-47a8-9b0c-d1234567890f}',
      'A UUID is wanted here: 32 digits and letters a to f in five groups.',
      'a1b2c3d4-e5f6-47a8-9b0c-d1234567890f',
    ],
    [
      'what the example shows otherwise',
      field({ pattern: '^acct_[a-z]{4}$', example: 'acct_abcd' }),
      '12',
      'It is not written like this. An example: acct_abcd',
      undefined,
    ],
    ['a line break', field({}), 'a\nb', 'It holds a line break or a character that cannot be seen. Type it again.', undefined],
    [
      'a null in a key',
      field({ group: 'credential' }),
      'a\0b',
      'It holds a line break or a character that cannot be seen. Type it again.',
      undefined,
    ],
    ['no number', field({ type: 'number' }), '1e9', 'A number is wanted here.', undefined],
    ['no truth', field({ type: 'boolean' }), 'True', 'true or false is wanted here.', 'true'],
    ['far too much', field({}), 'x'.repeat(65_537), 'This is too long: at most 65536 characters.', undefined],
    ['too much for a pattern', key, 'a'.repeat(8_193), 'This is too long: at most 8192 characters.', undefined],
  ])('is told: %s', (_case, one, typed, message, suggestion) => {
    expect(checkField(one, typed)).toEqual(suggestion === undefined ? { message } : { message, suggestion })
    if (suggestion !== undefined) expect(checkField(one, suggestion)).toEqual({ value: suggestion })
  })

  it('never answers with the value of a secret', () => {
    const typed = 'https://user:very-secret-value@example.com/very-secret-value'
    for (const one of [
      key,
      field({ ...key, pattern: null, format: 'uuid' }),
      field({ isSecret: true, format: 'hostname' }),
      field({ ...site, isSecret: true }),
    ]) {
      expect(JSON.stringify(checkField(one, typed))).not.toContain('very-secret')
    }
  })
})

it('the suggestion for any address on a host is short of its user and password', () => {
  expect(checkField(host, 'https://mara:pw@n8n.example.com:8443/x')).toMatchObject({ suggestion: 'n8n.example.com' })
})

it('a prefix alone is no value and not removed', () => {
  expect(bareValue({ prefix: 'https://', suffix: null }, 'https://')).toBe('https://')
  expect(bareValue({ prefix: null, suffix: '.zendesk.com' }, '.zendesk.com')).toBe('.zendesk.com')
})

describe('a form', () => {
  it('is sent as connection parameters and credentials', () => {
    expect(
      validateForm(connector('datadog'), { siteParameter: 'datadoghq.eu', applicationKey: 'app_1' }, { apiKey: ` ${'a'.repeat(32)} ` }),
    ).toEqual({
      ok: true,
      params: { siteParameter: 'datadoghq.eu', applicationKey: 'app_1' },
      credentials: { apiKey: 'a'.repeat(32) },
      assertion: {},
    })
  })

  it('takes a secret parameter among the credentials too, so that it need not be an argument', () => {
    expect(
      validateForm(connector('datadog'), { siteParameter: 'datadoghq.eu' }, { apiKey: 'a'.repeat(32), applicationKey: 'app_1' }),
    ).toMatchObject({ ok: true, params: { siteParameter: 'datadoghq.eu', applicationKey: 'app_1' } })
  })

  it('names everything that is wrong at once', () => {
    expect(validateForm(connector('datadog'), { siteParameter: 'nope', color: 'red' }, { secretKey: 'x' })).toEqual({
      ok: false,
      problems: [
        { name: 'color', group: null, message: 'Datadog has no field color.' },
        { name: 'secretKey', group: null, message: 'Datadog has no field secretKey.' },
        { name: 'siteParameter', group: 'config', message: expect.stringMatching(/^It is one of: datadoghq\.com/) },
        { name: 'applicationKey', group: 'config', message: 'Application Key is missing.' },
        { name: 'apiKey', group: 'credential', message: 'API Key is missing.' },
      ],
    })
  })

  it('keeps two fields of one name in two groups apart', () => {
    const nyne = connector('nyne-ai')
    expect(validateForm(nyne, { apiKey: 'a'.repeat(32) }, { apiKey: 'b'.repeat(16) })).toEqual({
      ok: true,
      params: { apiKey: 'a'.repeat(32) },
      credentials: { apiKey: 'b'.repeat(16) },
      assertion: {},
    })
    expect(validateForm(nyne, {}, { apiKey: 'b'.repeat(16) })).toMatchObject({ ok: false, problems: [{ name: 'apiKey', group: 'config' }] })
  })

  it('fills in what nobody is asked for, and refuses it from outside', () => {
    const stripe = connector('stripe-api-key')
    const username = `rk_live_${'a'.repeat(20)}`
    expect(validateForm(stripe, {}, { username })).toEqual({ ok: true, params: {}, credentials: { username, password: '' }, assertion: {} })
    expect(validateForm(stripe, {}, { username, password: 'x' })).toMatchObject({ ok: false, problems: [{ name: 'password' }] })
    expect(validateForm(connector('salesforce'), { instance_url: 'https://x.example' }, {})).toMatchObject({ ok: false })
  })

  it('leaves out empty optional values and uses defaults', () => {
    expect(validateForm(connector('salesforce'), { hostname: '' }, {})).toEqual({ ok: true, params: {}, credentials: {}, assertion: {} })
    expect(validateForm(connector('clio'), {}, {})).toMatchObject({ ok: true, params: { hostname: 'app.clio.com' } })
  })

  it('is not fooled by names that every object has', () => {
    const result = validateForm(connector('github'), JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>, {})
    expect(result.ok).toBe(false)
    expect(validateForm({ name: 'Thing', fields: [field({ name: 'toString' })] }, {}, {})).toMatchObject({
      ok: false,
      problems: [{ name: 'toString' }],
    })
  })

  it('never takes long, whatever is typed into any field of any connector', () => {
    const awkward = [
      `https://${'a.'.repeat(4_000)}`,
      '@'.repeat(8_000),
      `${'a@'.repeat(4_000)}`,
      ' '.repeat(8_000),
      'a'.repeat(8_192),
      '/'.repeat(8_000),
    ]
    for (const one of [host, uri, zendesk, site, key, field({ format: 'email' }), field({ format: 'uuid' })]) {
      for (const typed of awkward) {
        const startedAt = performance.now()
        checkField(one, typed)
        expect(performance.now() - startedAt, `${one.format} on ${typed.slice(0, 10)}`).toBeLessThan(200)
      }
    }
  })
})
