import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8')

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optional?: boolean
  readonly version?: string
}
const locked = (JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }).packages

/** Development packages whose code or data ends up in what we ship. */
const BUNDLED = [
  '@base-ui/react',
  '@fontsource-variable/inter',
  '@fontsource/jetbrains-mono',
  '@leeoniya/ufuzzy',
  '@nangohq/frontend',
  '@tanstack/react-query',
  '@tanstack/react-virtual',
  'lucide-react',
  'react',
  'react-dom',
  'simple-icons',
  'tailwindcss',
  'wouter',
]

const shipped = (): ReadonlySet<string> => {
  const names = new Set<string>()
  const visit = (path: string): void => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const entry = locked[path]
    if (entry === undefined || names.has(name)) return
    names.add(name)
    for (const dependency of Object.keys(entry.dependencies ?? {})) {
      const nested = `${path}/node_modules/${dependency}`
      visit(nested in locked ? nested : `node_modules/${dependency}`)
    }
  }
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  for (const name of [...Object.keys(dependencies), ...BUNDLED]) visit(`node_modules/${name}`)
  return names
}

it('NOTICE names every package that is shipped', () => {
  const notice = read('NOTICE')
  const names = shipped()
  expect(names.size).toBeGreaterThan(50)
  expect([...names].filter((name) => !notice.includes(name))).toEqual([])
})

it('NOTICE names the versions that the compiled data comes from', () => {
  for (const name of ['@nangohq/providers', 'simple-icons']) {
    expect(read('NOTICE')).toContain(`${name} ${locked[`node_modules/${name}`]?.version}`)
  }
})
