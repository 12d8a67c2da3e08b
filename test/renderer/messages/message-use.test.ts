import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'rolldown/experimental'
import { expect, test } from 'vitest'
import { ENGLISH } from '#renderer/messages/message-catalogue.ts'
import { root, sourceFiles } from '#test/architecture/source-imports'

interface Node {
  readonly type: string
  readonly value?: unknown
  readonly consequent?: Node
  readonly alternate?: Node
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[]
  readonly expressions?: readonly Node[]
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** What an expression in a template can stand for, as a pattern: the words that are written there, else `any`. */
const holeOf = (node: Node, any: string): string => {
  if (node.type === 'Literal' && typeof node.value === 'string') return escaped(node.value)
  if (node.type === 'ConditionalExpression' && node.consequent !== undefined && node.alternate !== undefined)
    return `(?:${holeOf(node.consequent, any)}|${holeOf(node.alternate, any)})`
  return any
}

/** The strings that a source writes, and the patterns of its templates that begin with an area and a dot: `connections.cause.${cause}`. */
const namesIn = (file: string, source: string): { readonly written: Set<string>; readonly patterns: RegExp[] } => {
  const written = new Set<string>()
  const patterns: RegExp[] = []
  const look = (node: Node): void => {
    if (node.type === 'Literal' && typeof node.value === 'string') written.add(node.value)
    if (node.type === 'TemplateLiteral' && node.quasis !== undefined && node.expressions !== undefined) {
      const parts = node.quasis.map(({ value }) => value.cooked)
      // Behind an area alone it is one word; behind more it may be a name with a dot, such as that of a method.
      const any = (parts[0] ?? '').split('.').length > 2 ? '.+' : '[^.]+'
      const holes = node.expressions.map((one) => holeOf(one, any))
      if (/^[a-z-]+\./.test(parts[0] ?? ''))
        patterns.push(new RegExp(`^${parts.map((part, at) => escaped(part) + (holes[at] ?? '')).join('')}$`))
    }
    for (const value of Object.values(node)) {
      const children: unknown[] = Array.isArray(value) ? value : [value]
      for (const child of children) if (child !== null && typeof child === 'object' && 'type' in child) look(child as Node)
    }
  }
  look(parseSync(file, source).program as unknown as Node)
  return { written, patterns }
}

const unnamed = (keys: readonly string[], sources: ReadonlyMap<string, string>): string[] => {
  const names = [...sources].map(([file, source]) => namesIn(file, source))
  return keys.filter((key) => !names.some(({ written, patterns }) => written.has(key) || patterns.some((pattern) => pattern.test(key))))
}

test('every message is named by a source of the window, whole or by the template that makes its name', () => {
  const sources = new Map(sourceFiles(['renderer']).map((file) => [file, readFileSync(join(root, file), 'utf8')]))
  expect(sources.size).toBeGreaterThan(50)
  expect(unnamed(Object.keys(ENGLISH), sources)).toEqual([])
})

test('a message that no source names is found, also beside those that a template names', () => {
  const source = 'const words = [t("ui.copy"), t(`ui.state.${state}`), t(`ui.${kind}`), t(`ui.theme.${isDark ? "dark" : "light"}`)]'
  const keys = ['ui.copy', 'ui.state.open', 'ui.key', 'ui.key.hint', 'ui.theme.dark', 'ui.theme.blue']
  expect(unnamed(keys, new Map([['a.ts', source]]))).toEqual(['ui.key.hint', 'ui.theme.blue'])
})
