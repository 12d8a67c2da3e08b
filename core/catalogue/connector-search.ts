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

/** Lower is better, then the shorter name: exact name or id, beginning of the name, beginning of a word; null is left to the fuzzy search. */
const rank = (one: Indexed, text: string, canonical: string): number | null => {
  if (one.entry.connectorId === canonical || one.name === text) return 0
  if (one.ids.includes(canonical)) return 1
  if (one.name.startsWith(text)) return 2
  if (one.entry.connectorId.startsWith(canonical) || one.words.some((word) => word.startsWith(text))) return 3
  return null
}
const FUZZY = 4
const CATEGORY = 5

/** Builds the search over entries once; a search over a thousand takes well under 5 ms. */
export const createConnectorSearch = (entries: readonly CatalogueEntry[]): ConnectorSearch => {
  const indexed = entries.map(index)
  const haystack = indexed.map((one) => `${one.name} ${one.ids.join(' ')}`)
  // Forgives one missing, wrong, swapped or surplus letter a word.
  const fuzzy = new uFuzzy({ intraMode: 1, intraIns: 1 })
  return (typed) => {
    const text = fold(typed)
    if (text === '') return entries
    const canonical = canonicalName(text)
    const found: { one: Indexed; rank: number }[] = []
    const seen = new Set<Indexed>()
    const add = (one: Indexed, position: number): void => {
      if (seen.has(one)) return
      seen.add(one)
      found.push({ one, rank: position })
    }
    for (const one of indexed) {
      const position = rank(one, text, canonical)
      if (position !== null) add(one, position)
    }
    for (const at of fuzzy.search(haystack, text, 1)[0] ?? []) {
      const one = indexed[at]
      if (one !== undefined) add(one, FUZZY)
    }
    for (const one of indexed) if (one.categories.some((category) => category.startsWith(text))) add(one, CATEGORY)
    return found
      .toSorted((a, b) => a.rank - b.rank || a.one.name.length - b.one.name.length || (a.one.name < b.one.name ? -1 : 1))
      .map(({ one }) => one.entry)
  }
}
