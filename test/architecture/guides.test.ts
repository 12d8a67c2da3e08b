import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { parseSnapshot } from '#core/catalogue/snapshot'
import { identitySources } from '#core/connections/identity-sources'
import { LIFETIME_RULES } from '#core/connections/known-lifetimes'
import { ACCOUNT_PAGES, REVOCATION_ENDPOINTS } from '#core/connections/revocation-endpoints'
import { METHODS } from '#shared/contract/contract'
import { GrantLimits, GrantReach, GrantTerm, GrantVerb } from '#shared/contract/grants'
import { ERRORS, isErrorCode } from '#shared/errors'
import { root, sourceFiles } from './source-imports.ts'

const DOCUMENTS = [
  'README.md',
  'docs/NANGO_SETUP.md',
  'docs/NANGO.md',
  'docs/CONNECTORS_GUIDE.md',
  'docs/SECURITY.md',
  'docs/DATABASE.md',
  'docs/AUTOMATION.md',
]
const texts = DOCUMENTS.map((document) => ({ document, text: readFileSync(join(root, document), 'utf8') }))

/** `connections remove` and the like: commands that are written by hand beside those of the contract. */
const ownCommands = sourceFiles(['cli/commands'])
  .flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/usage:\s+'([a-z]+(?: [a-z]+)?)/g)])
  .map(([, words = '']) => words)

test('every command that a guide names exists', () => {
  // To people the catalogue is the connectors as well.
  const ofContract = [...METHODS.keys()].flatMap((name) =>
    [name, name.replace(/^catalogue\./, 'connectors.')].map((each) => each.replace('.', ' ')),
  )
  const known = new Set([...ofContract, ...ownCommands, 'connect'])
  const alone = new Set([...known].filter((name) => !name.includes(' ')).concat('status', 'doctor', 'events', 'connect', 'lock', 'unlock'))
  const named = texts.flatMap(({ document, text }) =>
    [...text.matchAll(/(?<=`|^)patchbay ([a-z]+)(?: ([a-z][A-Za-z]*))?/gm)].map(([, domain = '', method]) => ({
      document,
      domain,
      method,
    })),
  )
  expect(named.length).toBeGreaterThan(30)
  const missing = named.filter(({ domain, method }) => !(method !== undefined && known.has(`${domain} ${method}`)) && !alone.has(domain))
  expect(missing.map(({ document, domain, method }) => `${document}: patchbay ${domain} ${method ?? ''}`)).toEqual([])
})

test('A109: the guide to Nango names errors that exist, and explains each that speaks of Nango, a connector, an integration or a sign-in', () => {
  const domains = new Set(Object.keys(ERRORS).map((code) => code.split('.', 1)[0] ?? ''))
  const guide = texts.find(({ document }) => document === 'docs/NANGO.md')?.text ?? ''
  const named = [...guide.matchAll(/`([a-z]+)\.([a-z_]+)`/g)].flatMap(([, domain = '', name = '']) =>
    domains.has(domain) && !METHODS.has(`${domain}.${name}`) ? [`${domain}.${name}`] : [],
  )
  expect(named.filter((code) => !isErrorCode(code))).toEqual([])
  const unexplained = Object.keys(ERRORS).filter((code) => /^(?:nango|connector|integration|connect)\./.test(code) && !named.includes(code))
  expect(unexplained).toEqual([])
})

test('every file that a guide links to exists', () => {
  const missing = texts.flatMap(({ document, text }) =>
    [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(root, dirname(document), target)))
      .map((target) => `${document}: ${target}`),
  )
  expect(missing).toEqual([])
})

test('the guide to connectors counts the ways to sign in as the catalogue does', () => {
  const guide = texts.find(({ document }) => document === 'docs/CONNECTORS_GUIDE.md')?.text ?? ''
  const told = [...guide.matchAll(/^\| `([A-Z0-9_]+)`(, installed from its own side)? \| (\d+) \|/gm)].map(
    ([, mode = '', outbound, count]) => `${mode}${outbound === undefined ? '' : ' outbound'}: ${count}`,
  )
  const entries = parseSnapshot(readFileSync(join(root, 'resources/catalogue.json'), 'utf8'))
  const counts = new Map<string, number>()
  for (const { authMode, isOutbound } of entries) {
    const way = `${authMode}${isOutbound ? ' outbound' : ''}`
    counts.set(way, (counts.get(way) ?? 0) + 1)
  }
  expect(told.toSorted()).toEqual([...counts].map(([way, count]) => `${way}: ${count}`).toSorted())
  expect(guide).toContain(`There are ${entries.length.toLocaleString('en')} connectors and ${counts.size} ways to sign in`)
  expect(guide).toContain(`${entries.filter(({ scopes }) => scopes !== undefined && scopes.length > 0).length} connectors bring a list`)
})

test('the guide to connectors tells every lifetime with its source, and each service whose access can be ended', () => {
  const guide = texts.find(({ document }) => document === 'docs/CONNECTORS_GUIDE.md')?.text ?? ''
  const rules = LIFETIME_RULES.map(({ sourceUrl }) => sourceUrl)
  expect(rules.filter((sourceUrl) => !guide.includes(`](${sourceUrl})`))).toEqual([])
  const rows = guide.slice(guide.indexOf('## Ending access'), guide.indexOf('## Many at once')).toLowerCase()
  const named = REVOCATION_ENDPOINTS.map(({ connectors: [first = ''] }) => (first === 'twitter-v2' ? ' x |' : first))
  expect(named.filter((name) => !rows.includes(name))).toEqual([])
  expect(guide).toContain(`${ACCOUNT_PAGES.length} kinds of accounts`)
  expect(guide).toContain(`${identitySources().length} connectors are asked`)
})

test('A60: the guide to programs names every verb, reach, limit and term of a grant and the errors they meet; the reference has every method', () => {
  const guide = readFileSync(join(root, 'docs/AUTOMATION.md'), 'utf8')
  const words = [
    ...GrantVerb.options.map((verb) => `\`${verb}\``),
    ...GrantReach.options.map((reach) => `"kind": "${reach.shape.kind.value}"`),
    ...Object.keys(GrantLimits.shape).map((limit) => `\`${limit}\``),
    ...GrantTerm.options.map((term) => `\`${term}\``),
    'asksEachTime',
    'patchbay-prove',
  ]
  expect(words.filter((word) => !guide.includes(word))).toEqual([])
  const codes = [...guide.matchAll(/`((?:automation|vault|client)\.[a-z_]+)`/g)].map(([, code = '']) => code)
  expect(codes.length).toBeGreaterThan(5)
  expect(codes.filter((code) => !isErrorCode(code) && !code.startsWith('client.'))).toEqual([])
  const reference = readFileSync(join(root, 'docs/API.md'), 'utf8')
  expect([...METHODS.keys()].filter((name) => !reference.includes(name))).toEqual([])
})
