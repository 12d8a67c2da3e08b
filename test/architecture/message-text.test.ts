import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'rolldown/experimental'
import { expect, test } from 'vitest'
import { root, sourceFiles } from './source-imports.ts'

interface Node {
  readonly type: string
  readonly start: number
  readonly value?: unknown
  readonly name?: { readonly name?: string }
  readonly expression?: Node
}

/** Attributes that a person reads or hears. */
const SPOKEN = new Set([
  'title',
  'label',
  'aria-label',
  'placeholder',
  'alt',
  'hint',
  'name',
  'text',
  'description',
  'confirm',
  'aria-description',
])

const isWords = (text: string): boolean => /\p{L}{2,}/u.test(text) && !/^[a-z0-9./:_-]+$/.test(text.trim()) && text.trim() !== 'Patchbay'

const literalOf = (node: Node | undefined): string => {
  if (node === undefined || node === null) return ''
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : ''
  return node.type === 'JSXExpressionContainer' ? literalOf(node.expression) : ''
}

/** Words that would be shown as they stand in the source, in whatever language. */
const wordsIn = (file: string): string[] => {
  const source = readFileSync(join(root, file), 'utf8')
  const found: string[] = []
  const look = (node: Node): void => {
    const line = (): number => source.slice(0, node.start).split('\n').length
    if (node.type === 'JSXText' && isWords(String(node.value))) found.push(`${file}:${line()} ${String(node.value).trim()}`)
    if (node.type === 'JSXExpressionContainer' && isWords(literalOf(node))) found.push(`${file}:${line()} ${literalOf(node)}`)
    if (node.type === 'JSXAttribute') {
      const text = literalOf(node.value as Node | undefined)
      if (SPOKEN.has(node.name?.name ?? '') && isWords(text)) found.push(`${file}:${line()} ${text}`)
      return
    }
    for (const value of Object.values(node)) {
      const children: unknown[] = Array.isArray(value) ? value : [value]
      for (const child of children) if (child !== null && typeof child === 'object' && 'type' in child) look(child as Node)
    }
  }
  look(parseSync(file, source).program as unknown as Node)
  return found
}

test('no words stand in the markup of the window: they are in its message catalogue', () => {
  expect(
    sourceFiles(['renderer'])
      .filter((file) => file.endsWith('.tsx'))
      .flatMap(wordsIn),
  ).toEqual([])
})
