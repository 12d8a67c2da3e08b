import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiDocument } from './api-document.ts'
import { summaryDocument } from './summary-document.ts'
import { root, say } from './tool.ts'

const documents = [
  { name: 'docs/API.md', wanted: await apiDocument() },
  { name: 'docs/IMPLEMENTATION_SUMMARY.md', wanted: summaryDocument() },
]
for (const { name, wanted } of documents) {
  const file = join(root, name)
  if (process.argv.includes('--check')) {
    if (existsSync(file) && readFileSync(file, 'utf8') === wanted) continue
    say(`${name} is not what the sources say. Run \`npm run docs\` and commit it.`)
    process.exitCode = 1
  } else {
    writeFileSync(file, wanted)
    say(`Wrote ${name}.`)
  }
}
