/** A piece of running text. */
export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly parts: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly parts: readonly Inline[] }

/** A block of a document. `id` of a heading is what `#...` of a link means. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly id: string; readonly parts: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly parts: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: 'table'; readonly head: readonly (readonly Inline[])[]; readonly rows: readonly (readonly (readonly Inline[])[])[] }

const INLINE = /`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)\s]+)\)|\*(\S(?:[^*]*\S)?)\*/g

/** The pieces of a line: code, bold, emphasis and links; everything else is text, markup of HTML included. */
export const parseInline = (text: string): readonly Inline[] => {
  const parts: Inline[] = []
  let end = 0
  for (const found of text.matchAll(INLINE)) {
    if (found.index > end) parts.push({ kind: 'text', text: text.slice(end, found.index) })
    end = found.index + found[0].length
    const [, code, strong, link, href, emphasis] = found
    if (code !== undefined) parts.push({ kind: 'code', text: code })
    else if (strong !== undefined) parts.push({ kind: 'strong', parts: parseInline(strong) })
    else if (link !== undefined && href !== undefined) parts.push({ kind: 'link', href, parts: parseInline(link) })
    else parts.push({ kind: 'emphasis', parts: parseInline(emphasis ?? '') })
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) })
  return parts
}

/** The words of a line without its marks. */
export const plainText = (parts: readonly Inline[]): string =>
  parts.map((part) => ('text' in part ? part.text : plainText(part.parts))).join('')

/** The name of a heading in links, as GitHub makes it. */
export const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const HEADING = /^(#{1,6}) +(.+)$/
const ITEM = /^([-*]|\d+\.) +(?=\S)/
const FENCE = /^```/
const PICTURE = /^!\[[^\]]*\]\([^)\s]+\)$/
const TABLE_RULE = /^\|(?: *:?-+:? *\|)+ *$/

const cellsOf = (line: string): readonly (readonly Inline[])[] =>
  line
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => parseInline(cell.trim().replaceAll('\\|', '|')))

const isBlank = (line: string | undefined): boolean => line === undefined || line.trim() === ''

/** Whether a line ends a paragraph by beginning something else. */
const begins = (line: string, next: string | undefined): boolean =>
  HEADING.test(line) || ITEM.test(line) || FENCE.test(line) || (line.startsWith('|') && TABLE_RULE.test(next ?? ''))

const parseLines = (lines: readonly string[]): readonly Block[] => {
  const blocks: Block[] = []
  let at = 0
  const takeWhile = (isIn: (line: string, index: number) => boolean): readonly string[] => {
    const from = at
    while (at < lines.length && isIn(lines[at] ?? '', at)) at += 1
    return lines.slice(from, at)
  }
  const takeItem = (): readonly Block[] => {
    const indent = ITEM.exec(lines[at] ?? '')?.[0].length ?? 2
    const first = (lines[at] ?? '').slice(indent)
    at += 1
    const pad = ' '.repeat(indent)
    const rest = takeWhile((line, index) => {
      if (!isBlank(line)) return line.startsWith(pad)
      // A blank line belongs to the item only if what follows does.
      const next = lines.slice(index).find((one) => !isBlank(one))
      return next?.startsWith(pad) === true
    })
    return parseLines([first, ...rest.map((line) => line.slice(indent))])
  }
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const heading = HEADING.exec(line)
    const marker = ITEM.exec(line)?.[1]
    // A picture shows this window to whoever reads elsewhere.
    if (isBlank(line) || PICTURE.test(line)) at += 1
    else if (heading !== null) {
      const parts = parseInline(heading[2] ?? '')
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, id: slugOf(plainText(parts)), parts })
      at += 1
    } else if (FENCE.test(line)) {
      at += 1
      blocks.push({ kind: 'code', text: takeWhile((one) => !FENCE.test(one)).join('\n') })
      at += 1
    } else if (marker !== undefined) {
      const isOrdered = marker.endsWith('.')
      const items: (readonly Block[])[] = []
      const isSame = (index: number): boolean => ITEM.exec(lines[index] ?? '')?.[1]?.endsWith('.') === isOrdered
      while (at < lines.length && isSame(at)) {
        items.push(takeItem())
        const next = lines.slice(at).findIndex((one) => !isBlank(one))
        if (next > 0 && isSame(at + next)) at += next
      }
      blocks.push({ kind: 'list', isOrdered, items })
    } else if (line.startsWith('|') && TABLE_RULE.test(lines[at + 1] ?? '')) {
      const [head = '', , ...rows] = takeWhile((one) => one.startsWith('|'))
      blocks.push({ kind: 'table', head: cellsOf(head), rows: rows.map(cellsOf) })
    } else {
      const from = at
      const words = takeWhile((one, index) => !isBlank(one) && (index === from || !begins(one, lines[index + 1])))
      blocks.push({ kind: 'paragraph', parts: parseInline(words.join(' ')) })
    }
  }
  return blocks
}

/**
 * The blocks of a guide: the part of Markdown that our own documents are written in (headings, paragraphs, nested lists, tables,
 * fenced code, code, bold, emphasis, links). Pictures on a line of their own are left out. There is no HTML: it stays text.
 */
export const parseMarkdown = (text: string): readonly Block[] => parseLines(text.split(/\r?\n/))
