import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Block, type Inline, parseInline, parseMarkdown, plainText, slugOf } from '#renderer/features/help/markdown.ts'

const FILES = ['NANGO_SETUP.md', 'NANGO.md', 'CONNECTORS_GUIDE.md', 'SECURITY.md'] as const
const read = (name: string): string => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8')

/** Every piece of text that is shown as words, code left out. */
const wordsOf = (blocks: readonly Block[]): readonly string[] => {
  const ofInline = (parts: readonly Inline[]): readonly string[] =>
    parts.flatMap((part) => ('parts' in part ? ofInline(part.parts) : part.kind === 'text' ? [part.text] : []))
  return blocks.flatMap((block) => {
    switch (block.kind) {
      case 'code':
        return []
      case 'list':
        return block.items.flatMap(wordsOf)
      case 'table':
        return [...block.head, ...block.rows.flat()].flatMap(ofInline)
      default:
        return ofInline(block.parts)
    }
  })
}
const headingsOf = (blocks: readonly Block[]): readonly string[] => blocks.flatMap((block) => (block.kind === 'heading' ? [block.id] : []))

describe('a guide', () => {
  test('is read into headings, paragraphs, lists with what belongs to them, tables and code', () => {
    const text = [
      '# Title `x`',
      '',
      '![what is seen](screenshots/x.png)',
      '',
      'One line',
      'and its rest.',
      '- a',
      '- b',
      '  - c',
      '',
      '1. first',
      '',
      '   ```sh',
      '   run *it*',
      '   ```',
      '',
      '2. second',
      '| h | i |',
      '| --- | :-: |',
      '| 1 | `a \\| b` |',
    ].join('\n')
    const p = (words: string): Block => ({ kind: 'paragraph', parts: [{ kind: 'text', text: words }] })
    expect(parseMarkdown(text)).toEqual([
      {
        kind: 'heading',
        level: 1,
        id: 'title-x',
        parts: [
          { kind: 'text', text: 'Title ' },
          { kind: 'code', text: 'x' },
        ],
      },
      p('One line and its rest.'),
      { kind: 'list', isOrdered: false, items: [[p('a')], [p('b'), { kind: 'list', isOrdered: false, items: [[p('c')]] }]] },
      { kind: 'list', isOrdered: true, items: [[p('first'), { kind: 'code', text: 'run *it*' }], [p('second')]] },
      {
        kind: 'table',
        head: [[{ kind: 'text', text: 'h' }], [{ kind: 'text', text: 'i' }]],
        rows: [[[{ kind: 'text', text: '1' }], [{ kind: 'code', text: 'a | b' }]]],
      },
    ])
  })

  test('has code, bold, emphasis and links in its lines, and takes HTML as text', () => {
    expect(parseInline('a `**b**` **c `d`** *e* [f](G.md#h) <img src=x>')).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'code', text: '**b**' },
      { kind: 'text', text: ' ' },
      {
        kind: 'strong',
        parts: [
          { kind: 'text', text: 'c ' },
          { kind: 'code', text: 'd' },
        ],
      },
      { kind: 'text', text: ' ' },
      { kind: 'emphasis', parts: [{ kind: 'text', text: 'e' }] },
      { kind: 'text', text: ' ' },
      { kind: 'link', href: 'G.md#h', parts: [{ kind: 'text', text: 'f' }] },
      { kind: 'text', text: ' <img src=x>' },
    ])
    expect(plainText(parseInline('a **b** `c`'))).toBe('a b c')
    expect(slugOf('The socket handshake')).toBe('the-socket-handshake')
  })

  test.each(FILES)('A45: of %s nothing is left that the reader does not understand', (file) => {
    const text = read(file)
    const blocks = parseMarkdown(text)
    for (const words of wordsOf(blocks)) expect(words).not.toMatch(/\*\*|\]\(|!\[|\[ \]|```|^#|^\||`|^\d+\. |^- /)
    // Every heading, table and word of the document is there.
    expect(headingsOf(blocks)).toHaveLength(text.split('\n').filter((line) => /^#+ /.test(line)).length)
    const shown = wordsOf(blocks).join(' ')
    for (const [word] of text.replaceAll(/```[\s\S]*?```|`[^`]*`|!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)/g, ' ').matchAll(/\p{L}{4,}/gu))
      expect(shown).toContain(word)
  })

  test('A45: every link inside a guide leads to a heading that is there', () => {
    for (const file of FILES) {
      for (const [, name = '', heading = ''] of read(file).matchAll(/\]\(([A-Z_]+\.md)?#([^)]+)\)/g)) {
        const target = name === '' ? file : name
        expect(headingsOf(parseMarkdown(read(target)))).toContain(heading)
      }
    }
  })
})
