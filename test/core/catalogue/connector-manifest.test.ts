import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formatManifestSchema, parseManifest } from '#core/catalogue/connector-manifest'

const gmail = {
  name: 'Gmail',
  slug: 'gmail',
  nango: { enabled: true, provider_key: 'gmail' },
  oauth: {
    authorization_url: 'https://api.nango.dev/oauth/gmail',
    token_url: 'https://api.nango.dev/oauth/gmail/token',
    default_scopes: [],
  },
}
const problemOf = (value: unknown): string => {
  const parsed = parseManifest(typeof value === 'string' ? value : JSON.stringify(value))
  return 'problem' in parsed ? parsed.problem : ''
}

describe('a connector manifest', () => {
  it('has the field names that older manifests use', () => {
    expect(parseManifest(JSON.stringify(gmail))).toEqual({ manifest: gmail })
  })

  it('needs nothing but a slug, and may begin with a byte order mark and hold members for others', () => {
    expect(parseManifest('\uFEFF{"slug":"github","icon":"x.svg"}')).toEqual({ manifest: { slug: 'github' } })
  })

  it('is refused with the member that is wrong, and without its value', () => {
    expect(problemOf('{"slug": "github",}')).toBe('It is not JSON.')
    expect(problemOf('')).toBe('It is not JSON.')
    expect(problemOf([])).toContain('expected object')
    expect(problemOf({ name: 'No slug' })).toContain('slug')
    expect(problemOf({ slug: '../github' })).toContain('slug')
    expect(problemOf({ slug: 'github', nango: { enabled: 'hunter2' } })).toMatch(/^nango\.enabled: (?!.*hunter2)/)
    expect(problemOf({ slug: 'github', nango: { enable: false } })).toContain('enable')
    expect(problemOf({ slug: 'github', name: 'Git\u202ebuH' })).toContain('direction characters')
    expect(problemOf({ slug: 'github', nango: { provider_key: 'a/b' } })).toContain('nango.provider_key')
    for (const address of ['http://example.com/a', 'javascript:alert(1)', 'example.com', '']) {
      expect(problemOf({ slug: 'github', oauth: { token_url: address } }), address).toContain('oauth.token_url: an https address')
    }
    expect(problemOf({ slug: 'github', oauth: { default_scopes: ['repo', 'a b'] } })).toContain('oauth.default_scopes.1')
    expect(problemOf({ slug: 'github', oauth: { default_scopes: Array.from({ length: 201 }, (_, at) => `s${at}`) } })).not.toBe('')
  })

  it('has a JSON Schema that is what the code checks, byte for byte', () => {
    const committed = readFileSync(new URL('../../../resources/connectors/manifest.schema.json', import.meta.url), 'utf8')
    expect(committed === formatManifestSchema(), 'run `npm run catalogue`').toBe(true)
    expect(JSON.parse(committed)).toMatchObject({
      required: ['slug'],
      properties: { nango: { properties: { enabled: {}, provider_key: {} } }, oauth: { properties: { default_scopes: {} } } },
    })
  })
})
