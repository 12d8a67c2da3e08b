import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { parseSync } from 'rolldown/experimental'

/** The root of the checkout. */
export const root = join(import.meta.dirname, '../..')

const SOURCE_FOLDERS = ['shared', 'core', 'renderer', 'client', 'cli', 'electron', 'scripts', 'test']

/** Every source file of some folders, named from the root with `/`. */
export const sourceFiles = (folders: readonly string[] = SOURCE_FOLDERS): string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|tsx|mts|mjs)$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(normalize(root).length + 1)
          .replaceAll('\\', '/'),
      ),
  )

/** One import of a file: what it asks for, the file or package that is, and whether only types come over. */
export interface SourceImport {
  readonly specifier: string
  /** A path from the root without extension for our own files, else the package's name; Node's modules keep `node:`. */
  readonly target: string
  readonly isOurs: boolean
  readonly isTypeOnly: boolean
}

interface Node {
  readonly type: string
  readonly importKind?: string
  readonly exportKind?: string
  readonly source?: Node | null
  readonly value?: unknown
  readonly specifiers?: readonly { readonly importKind?: string; readonly exportKind?: string }[]
}

const withoutExtension = (path: string): string => path.replace(/\.(ts|tsx|mts|mjs)$/, '')

const packageOf = (specifier: string): string => {
  if (specifier.startsWith('node:') || specifier.startsWith('virtual:')) return specifier
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}

const resolved = (file: string, specifier: string, isTypeOnly: boolean): SourceImport => {
  const path = specifier.startsWith('#') ? specifier.slice(1) : specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : null
  if (path === null) return { specifier, target: packageOf(specifier), isOurs: false, isTypeOnly }
  return { specifier, target: withoutExtension(path.replaceAll('\\', '/')), isOurs: true, isTypeOnly }
}

const isTypeOnly = (node: Node): boolean => {
  if (node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type') return true
  const specifiers = node.specifiers ?? []
  return specifiers.length > 0 && specifiers.every(({ importKind, exportKind }) => (importKind ?? exportKind) === 'type')
}

const WITH_SOURCE = new Set(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression', 'TSImportType'])

/** Every import, re-export, `import()` and imported type in a text. An `import()` of anything but a literal is not seen. */
export const importsIn = (file: string, text: string): SourceImport[] => {
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const found: SourceImport[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (typeof value !== 'object' || value === null) return
    const node = value as Node
    const specifier = WITH_SOURCE.has(node.type) ? node.source?.value : undefined
    if (typeof specifier === 'string') found.push(resolved(file, specifier, isTypeOnly(node)))
    Object.values(value).forEach(visit)
  }
  visit(program)
  return found
}

/** Every import of a source file. */
export const importsOf = (file: string): SourceImport[] => importsIn(file, readFileSync(join(root, file), 'utf8'))
