import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'rolldown/experimental'
import { root, sourceFiles } from './source-imports.ts'

interface Node {
  readonly type: string
  readonly callee?: { readonly name?: string; readonly object?: unknown; readonly callee?: unknown }
  readonly arguments?: readonly {
    readonly type: string
    readonly value?: unknown
    readonly quasis?: readonly { readonly value: { readonly raw: string } }[]
  }[]
}

const rootName = (callee: unknown): string | undefined => {
  if (typeof callee !== 'object' || callee === null) return undefined
  const { name, object, callee: inner } = callee as { name?: string; object?: unknown; callee?: unknown }
  return name ?? rootName(object) ?? rootName(inner)
}

/** The titles of the tests in a file: first arguments of test(), it(), and of what test.each and the like return. */
const titlesIn = (file: string): string[] => {
  const titles: string[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (typeof value !== 'object' || value === null) return
    const node = value as Node
    const first = node.type === 'CallExpression' ? node.arguments?.[0] : undefined
    if (first !== undefined && ['test', 'it'].includes(rootName(node.callee) ?? '')) {
      if (first.type === 'Literal' && typeof first.value === 'string') titles.push(first.value)
      if (first.type === 'TemplateLiteral') titles.push((first.quasis ?? []).map((quasi) => quasi.value.raw).join('…'))
    }
    Object.values(value).forEach(visit)
  }
  visit(parseSync(file, readFileSync(join(root, file), 'utf8')).program)
  return titles
}

/** The titles of all tests; where a title is put together, `…` stands for each part that is not fixed. */
export const allTestTitles = (): ReadonlySet<string> =>
  new Set(
    sourceFiles(['test'])
      .filter((file) => /\.test\.tsx?$/.test(file))
      .flatMap(titlesIn),
  )
