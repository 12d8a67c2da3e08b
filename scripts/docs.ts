import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiDocument } from './api-document.ts'
import { root, say } from './tool.ts'

const file = join(root, 'docs/API.md')
const wanted = await apiDocument()
if (process.argv.includes('--check')) {
  const isFresh = existsSync(file) && readFileSync(file, 'utf8') === wanted
  if (!isFresh) say('docs/API.md is not what the contract says. Run `npm run docs` and commit it.')
  process.exitCode = isFresh ? 0 : 1
} else {
  writeFileSync(file, wanted)
  say('Wrote docs/API.md.')
}
