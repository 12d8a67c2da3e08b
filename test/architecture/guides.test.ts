import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { METHODS } from '#shared/contract/contract'
import { ERRORS, isErrorCode } from '#shared/errors'
import { root, sourceFiles } from './source-imports.ts'

const DOCUMENTS = ['README.md', 'docs/NANGO.md', 'docs/CONNECTORS_GUIDE.md', 'docs/SECURITY.md', 'docs/DATABASE.md']
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
  const alone = new Set([...known].filter((name) => !name.includes(' ')).concat('status', 'doctor', 'events', 'connect'))
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
      .filter((target) => !target.startsWith('docs/screenshots/') && !existsSync(join(root, dirname(document), target)))
      .map((target) => `${document}: ${target}`),
  )
  expect(missing).toEqual([])
})
