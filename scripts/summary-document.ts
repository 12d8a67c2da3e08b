import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { authWayOf } from '#shared/auth-ways'
import { METHODS } from '#shared/contract/contract'
import { ERRORS } from '#shared/errors'
import { root } from './tool.ts'

interface Entry {
  readonly authMode: string
  /** Left out where it is not so. */
  readonly isOutbound?: boolean
}

const count = (values: Iterable<string>): [string, number][] => {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].toSorted(([a, m], [b, n]) => n - m || a.localeCompare(b))
}

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** The page that counts what there is, from the files themselves. */
export const summaryDocument = (): string => {
  const catalogue = JSON.parse(readFileSync(join(root, 'resources/catalogue.json'), 'utf8')) as readonly Entry[]
  const modes = count(catalogue.map(({ authMode }) => authMode))
  const connectable = catalogue.filter(({ authMode, isOutbound }) => authWayOf(authMode, isOutbound).kind !== 'refused').length
  const domains = count([...METHODS.keys()].map((name) => name.split('.')[0] ?? ''))
  const requirements = readFileSync(join(root, 'docs/REQUIREMENTS.md'), 'utf8')
  const rows = (requirements.match(/^\| A\d+ /gm) ?? []).length
  const proofs = new Set(
    (requirements.match(/^\| A\d+ \|.*$/gm) ?? []).flatMap((row) =>
      [...(row.split('|')[3] ?? '').matchAll(/`([^`]+)`/g)].map(([, title]) => title),
    ),
  ).size
  return `# What there is

Made by \`npm run docs\` from the sources; \`npm run check\` fails when it is not fresh.

${catalogue.length} connectors are in the catalogue; ${connectable} of them can be connected from here through Nango, the others
are listed with the reason why not. ${METHODS.size} methods, ${Object.keys(ERRORS).length} errors, ${rows} requirements are fulfilled and
shown by ${proofs} tests (REQUIREMENTS.md).

## Connectors by way to authenticate

${table(
  ['way', 'connectors', 'from here'],
  modes.map(([mode, number]) => [mode, number, authWayOf(mode).kind === 'refused' ? 'no' : authWayOf(mode).kind]),
)}

## Methods by domain

${table(['domain', 'methods'], domains)}
`
}
