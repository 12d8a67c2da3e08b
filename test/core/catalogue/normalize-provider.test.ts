import { readFileSync } from 'node:fs'
import { getProviders, getProviderScopes } from '@nangohq/providers'
import { describe, expect, it } from 'vitest'
import { allLegacyNames } from '#core/catalogue/legacy-names'
import { normalizeProvider } from '#core/catalogue/normalize-provider'
import { formatSnapshot, parseSnapshot } from '#core/catalogue/snapshot'
import { Connector, ConnectorField } from '#shared/contract/catalogue'
import { ConnectorSlug } from '#shared/contract/common'
import { acceptsOwnExample, checkField } from '#shared/form-values'
import { connectorGlyph } from '#renderer/ui/connector-glyphs.ts'
import { readIcon } from '#renderer/ui/connector-icon.ts'
import { compileCatalogue, compileIcons, formatIcons } from '../../../scripts/catalogue.ts'
import { mostUsed, RANKING_RULE } from '../../../scripts/icon-choices.ts'

const resource = (name: string): string => readFileSync(new URL(`../../../resources/${name}`, import.meta.url), 'utf8')
const committed = parseSnapshot(resource('catalogue.json'))
const entry = (connectorId: string) => {
  const found = committed.find((one) => one.connectorId === connectorId)
  if (found === undefined) throw new Error(`no ${connectorId}`)
  return found
}
const outline = (connectorId: string) =>
  entry(connectorId).fields.map((field) =>
    [field.group, field.name, field.isSecret ? 'secret' : '', field.isOptional ? 'optional' : '', field.isAutomated ? 'automated' : '']
      .filter((word) => word !== '')
      .join(' '),
  )

describe('the committed catalogue', () => {
  it('is what the installed packages compile to, byte for byte', async () => {
    const entries = compileCatalogue()
    expect(formatSnapshot(entries) === resource('catalogue.json'), 'run `npm run catalogue`').toBe(true)
    expect(formatIcons(entries, await compileIcons(entries)) === resource('connector-icons.json'), 'run `npm run catalogue`').toBe(true)
  })

  it('survives being written and read', () => {
    expect(parseSnapshot(formatSnapshot(committed))).toEqual(committed)
  })

  it('holds more than 900 connectors, sorted, each once', () => {
    const ids = committed.map((one) => one.connectorId)
    expect(ids.length).toBeGreaterThan(900)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(ids.toSorted((a, b) => (a < b ? -1 : 1)))
  })

  it('names a mark only for its own connectors, as path data and nothing else, and a family for all others', () => {
    const icons = JSON.parse(resource('connector-icons.json')) as Record<string, string>
    expect(Object.keys(icons)).toEqual(committed.map((one) => one.connectorId))
    const marks = Object.values(icons).filter((icon) => !icon.startsWith('@'))
    expect(marks.length).toBeGreaterThan(300)
    expect(marks.filter((path) => !/^~?[Mm][\d\s.,a-zA-Z+-]+$/.test(path))).toEqual([])
    expect(icons['aspire'], 'the .NET mark is not the landscaping service').toMatch(/^@/)
    expect(icons['webex'], 'its mark has terms of its own').toMatch(/^@/)
    expect(icons['ring-central'], 'RingCentral is not Ring').toMatch(/^@/)
    expect(icons['github']).toMatch(/^M12/)
    expect(icons['zoho-crm'], 'a product wears the mark of its brand').toBe(icons['zoho'])
    for (const lettering of ['zoom', 'typeform', 'intuit']) expect(icons[lettering], `${lettering} cannot be read on a tile`).toMatch(/^@/)
    expect(icons['box'], 'a wide mark is drawn wide').toMatch(/^~M/)
  })

  it('shows every one of the 300 most used with a mark or the glyph of its family', () => {
    const icons = JSON.parse(resource('connector-icons.json')) as Record<string, string>
    const { rule, connectors } = JSON.parse(resource('most-used-connectors.json')) as { rule: string; connectors: string[] }
    expect(rule).toBe(RANKING_RULE)
    expect(connectors).toEqual(mostUsed(committed).map((one) => one.connectorId))
    expect(connectors).toHaveLength(300)
    expect(connectors).toEqual(expect.arrayContaining(['salesforce', 'slack', 'notion', 'google-drive', 'hubspot', 'jira']))
    const shown = connectors.map((connectorId) => readIcon(icons[connectorId] ?? ''))
    const marks = shown.filter((icon) => icon.kind === 'mark').length
    const glyphs = shown.filter((icon) => icon.kind === 'glyph' && connectorGlyph(icon.name) !== null).length
    process.stdout.write(`of the 300 most used connectors ${marks} have their own mark and ${glyphs} the glyph of their family\n`)
    expect(marks + glyphs).toBe(300)
    expect(marks).toBeGreaterThanOrEqual(160)
  })
})

describe('every provider', () => {
  const providers = Object.entries(getProviders() ?? {})
  const scopes = getProviderScopes() ?? {}

  it('normalises to an entry that the contract accepts', () => {
    expect(providers.length).toBeGreaterThan(900)
    for (const [id, definition] of providers) {
      const one = normalizeProvider(id, definition, scopes[id] ?? [])
      expect(ConnectorSlug.safeParse(one.connectorId).success, id).toBe(true)
      expect(one.name.trim(), id).not.toBe('')
      for (const field of one.fields) expect(ConnectorField.strict().safeParse(field).error, `${id} ${field.name}`).toBeUndefined()
      expect(Connector.shape.docsUrl.safeParse(one.docsUrl).success, id).toBe(true)
      expect(one.docsUrl, id).toMatch(/^https:\/\//)
    }
  })

  it('has a form that can be filled in where it is connected by a form', () => {
    for (const one of committed.filter(({ authMode }) => authMode === 'API_KEY' || authMode === 'BASIC')) {
      const names = one.fields.filter((field) => field.group === 'credential').map((field) => field.name)
      expect(names.toSorted(), one.connectorId).toEqual(one.authMode === 'API_KEY' ? ['apiKey'] : ['password', 'username'])
      expect(
        one.fields.some((field) => field.group === 'credential' && field.isSecret),
        one.connectorId,
      ).toBe(true)
    }
  })

  it('keeps no rule that refuses its own example, option or default', () => {
    for (const one of committed) {
      for (const field of one.fields) {
        const name = `${one.connectorId} ${field.name}`
        expect(acceptsOwnExample(field), name).toBe(true)
        for (const value of [...(field.options ?? []), ...(field.defaultValue === null ? [] : [field.defaultValue])]) {
          expect(checkField(field, value), name).not.toHaveProperty('message')
        }
      }
    }
  })

  it('has patterns that answer quickly to the longest value, whatever is in it', () => {
    const patterns = new Set(committed.flatMap((one) => one.fields.flatMap((field) => field.pattern ?? [])))
    expect(patterns.size).toBeGreaterThan(100)
    for (const pattern of patterns) {
      for (const part of ['a', '0', 'A-', 'a.', 'https://a', '-----BEGIN PRIVATE KEY-----\n', ' ', '/a']) {
        const startedAt = performance.now()
        new RegExp(pattern).test(`${part.repeat(Math.floor(8_190 / part.length))}!`)
        expect(performance.now() - startedAt, `${pattern} on ${part}`).toBeLessThan(500)
      }
    }
  })
})

describe('known providers', () => {
  it('GitHub asks for nothing and offers its scopes', () => {
    expect(entry('github')).toMatchObject({
      name: 'GitHub (User OAuth)',
      authMode: 'OAUTH2',
      fields: [],
      authorizationUrlIsTemplated: false,
    })
    expect(entry('github').scopes).toEqual(expect.arrayContaining(['repo', 'read:user', 'user:email']))
  })

  it('Gmail takes its way to sign in from Google, its alias, but not its scopes', () => {
    expect(entry('google-mail')).toMatchObject({ name: 'Gmail', authMode: 'OAUTH2', legacyNames: ['gmail', 'google-gmail'] })
    expect(entry('google-mail').scopes.length).toBeLessThan(entry('google').scopes.length)
  })

  it('n8n asks for an address with a suffix, then for a key', () => {
    expect(entry('n8n').fields).toEqual([
      {
        name: 'baseUrl',
        group: 'config',
        kind: 'text',
        accepts: [],
        title: 'Base URL',
        description: "Your n8n instance's base URL.",
        type: 'string',
        format: 'uri',
        pattern: '^https?://[^\\s]+[^/\\s]$',
        example: 'https://your-instance.app.n8n.cloud',
        prefix: null,
        suffix: '/api',
        options: null,
        defaultValue: null,
        isOptional: false,
        isSecret: false,
        isAutomated: false,
        docsUrl: 'https://nango.dev/docs/api-integrations/n8n/connect#step-1-finding-your-base-url',
      },
      {
        name: 'apiKey',
        group: 'credential',
        kind: 'text',
        accepts: [],
        title: 'API Key',
        description: 'Your n8n API key.',
        type: 'string',
        format: null,
        pattern: null,
        example: null,
        prefix: null,
        suffix: null,
        options: null,
        defaultValue: null,
        isOptional: false,
        isSecret: true,
        isAutomated: false,
        docsUrl: 'https://nango.dev/docs/api-integrations/n8n/connect#step-2-generating-your-api-key',
      },
    ])
  })

  it('Datadog lists its sites in the order of its guide and is tried by Nango', () => {
    expect(outline('datadog')).toEqual(['config siteParameter', 'config applicationKey secret', 'credential apiKey secret'])
    expect(entry('datadog').hasVerification).toBe(true)
    expect(entry('datadog').fields[0]?.options).toContain('datadoghq.eu')
  })

  it('Jira shows the email address and hides the key', () => {
    expect(outline('jira-basic')).toEqual(['config subdomain', 'credential username', 'credential password secret'])
  })

  it('Stripe asks for its key under the name username, hidden, and sends an empty password by itself', () => {
    expect(outline('stripe-api-key')).toEqual([
      'config context optional',
      'credential username secret',
      'credential password secret optional automated',
    ])
    expect(entry('stripe-api-key').fields.at(-1)?.defaultValue).toBe('')
  })

  it('Salesforce asks for an optional host and leaves the rest to Nango', () => {
    expect(outline('salesforce')).toEqual(['config instance_url optional automated', 'config hostname optional'])
    expect(entry('salesforce').authorizationUrlIsTemplated).toBe(true)
    expect(entry('salesforce').scopes).toContain('offline_access')
  })

  it('Shopify asks for the part between prefix and suffix', () => {
    expect(entry('shopify').fields).toMatchObject([{ name: 'subdomain', prefix: 'https://', suffix: '.myshopify.com', isOptional: false }])
  })

  it('Slack and Okta are there with their scopes', () => {
    expect(entry('slack')).toMatchObject({ authMode: 'OAUTH2', fields: [] })
    expect(entry('slack').scopes).toContain('chat:write')
    expect(outline('okta')).toEqual(['config subdomain'])
  })

  it('Clio has a default host to choose', () => {
    expect(entry('clio').fields[0]).toMatchObject({ name: 'hostname', defaultValue: 'app.clio.com' })
    expect(entry('clio').fields[0]?.options).toContain('eu.app.clio.com')
  })
})

describe('a definition from outside', () => {
  it('gets the credentials of its way to sign in when it names none', () => {
    const definition = { display_name: 'Thing', auth_mode: 'BASIC' }
    expect(normalizeProvider('thing', definition).fields.map((field) => [field.name, field.isSecret])).toEqual([
      ['username', false],
      ['password', true],
    ])
    expect(normalizeProvider('thing', { ...definition, auth_mode: 'API_KEY' }).fields.map((field) => field.name)).toEqual(['apiKey'])
  })

  it('loses addresses that are not https and patterns that do not compile', () => {
    const one = normalizeProvider('thing', {
      display_name: 'Thing',
      auth_mode: 'API_KEY',
      docs: 'javascript:alert(1)',
      docs_connect: 'http://evil.example',
      credentials: { apiKey: { type: 'string', title: 'Key', pattern: '([a-z', doc_section: '#x' } },
    })
    expect(one).toMatchObject({ docsUrl: null, fields: [{ pattern: null, docsUrl: null }] })
  })

  it('is refused when it is no definition', () => {
    for (const bad of [null, 'x', {}, { display_name: 'Thing' }, { display_name: 'T', auth_mode: 'BASIC', credentials: [] }]) {
      expect(() => normalizeProvider('thing', bad)).toThrow()
    }
  })
})

it('every legacy name means a connector and hides none', () => {
  const ids = new Set(committed.map((one) => one.connectorId))
  for (const [name, connectorId] of allLegacyNames()) {
    expect(ids.has(name), name).toBe(false)
    expect(entry(connectorId).legacyNames, name).toContain(name)
  }
})
