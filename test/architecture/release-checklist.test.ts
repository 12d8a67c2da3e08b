import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const CHECKLIST = 'docs/RELEASING.md'

test('the release checklist covers client, types, webhooks, deprecated parts, tests and documents, and names only commands and files that exist', () => {
  const text = readFileSync(join(root, CHECKLIST), 'utf8')
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  const commands = [...text.matchAll(/`npm (?:run )?([a-z:]+)`/g)].map(([, name = '']) => name).filter((name) => name !== 'install')
  expect(commands.filter((name) => !(name in scripts))).toEqual([])
  for (const command of ['test', 'test:long', 'bench', 'catalogue', 'package', 'screenshots', 'docs']) expect(commands).toContain(command)
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, path = '']) => path)
  expect(links.filter((path) => !existsSync(join(root, 'docs', path)))).toEqual([])
  for (const word of ['@nangohq/node', 'types', 'Webhooks', 'deprecated', 'test/conformance']) expect(text).toContain(word)
  for (const name of ['PATCHBAY_CONFORMANCE_HOST', 'PATCHBAY_CONFORMANCE_KEY']) {
    expect(text).toContain(name)
    expect(readFileSync(join(root, 'test/conformance/conformance-server.ts'), 'utf8')).toContain(name)
  }
})
