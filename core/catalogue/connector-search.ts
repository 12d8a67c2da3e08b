import uFuzzy from '@leeoniya/ufuzzy'
import { canonicalName } from './legacy-names.ts'
import type { CatalogueEntry } from './normalize-provider.ts'

/** Finds connectors by what was typed: the best first, no match leaves an empty list. */
export type ConnectorSearch = (text: string) => readonly CatalogueEntry[]

interface Indexed {
  readonly entry: CatalogueEntry
  readonly name: string
  readonly words: readonly string[]
  readonly ids: readonly string[]
  readonly categories: readonly string[]
}

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()

const index = (entry: CatalogueEntry): Indexed => {
  const name = fold(entry.name)
  return {
    entry,
    name,
    words: [...name.split(/[^\p{L}\p{N}]+/u), ...entry.connectorId.split('-'), ...entry.legacyNames],
    ids: [entry.connectorId, ...entry.legacyNames],
    categories: entry.categories.map(fold),
  }
}

/** Lower is better: exact name or id, beginning of the name, beginning of a word; null is left to the fuzzy search. */
const rank = (one: Indexed, text: string, canonical: string): number | null => {
  if (one.entry.connectorId === canonical || one.name === text) return 0
  if (one.ids.includes(canonical)) return 1
  if (one.name.startsWith(text) || one.entry.connectorId.startsWith(canonical)) return 2
  if (one.words.some((word) => word.startsWith(text))) return 3
  return null
}
const FUZZY = 4
const CATEGORY = 5

/** Builds the search over entries once; a search over a thousand takes well under 5 ms. */
export const createConnectorSearch = (entries: readonly CatalogueEntry[]): ConnectorSearch => {
  const indexed = entries.map(index)
  const haystack = indexed.map((one) => `${one.name} ${one.ids.join(' ')}`)
  // One typing mistake a word, and its first letter may be anywhere.
  const fuzzy = new uFuzzy({ intraMode: 1, intraIns: 1 })
  return (typed) => {
    const text = fold(typed)
    if (text === '') return entries
    const canonical = canonicalName(text)
    const found: { one: Indexed; rank: number; order: number }[] = []
    const seen = new Set<Indexed>()
    const add = (one: Indexed, position: number, order: number): void => {
      if (seen.has(one)) return
      seen.add(one)
      found.push({ one, rank: position, order })
    }
    for (const one of indexed) {
      const position = rank(one, text, canonical)
      if (position !== null) add(one, position, one.name.length)
    }
    const [matches, info, order] = fuzzy.search(haystack, text, 1)
    const best = info === null || order === null ? (matches ?? []) : order.map((at) => info.idx[at] ?? -1)
    best.forEach((at, position) => {
      const one = indexed[at]
      if (one !== undefined) add(one, FUZZY, position)
    })
    for (const one of indexed) if (one.categories.some((category) => category.startsWith(text))) add(one, CATEGORY, 0)
    return found.toSorted((a, b) => a.rank - b.rank || a.order - b.order || (a.one.name < b.one.name ? -1 : 1)).map(({ one }) => one.entry)
  }
}
