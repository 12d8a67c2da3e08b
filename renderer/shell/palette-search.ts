import uFuzzy from '@leeoniya/ufuzzy'

/** Finds names by what was typed: words in any order, their beginnings first; answers indexes, best first. */
export type NameSearch = (query: string, limit: number) => readonly number[]

// Made at the first search: it costs the start of the window some milliseconds.
let made: uFuzzy | null = null
const fuzzy = (): uFuzzy => (made ??= new uFuzzy({ intraIns: 0 }))
/** Above this many matches they come in the order of the names; a longer query ranks them. */
const RANKED = 300

/** Prepares a search over names; accents do not matter. */
export const createNameSearch = (names: readonly string[]): NameSearch => {
  const haystack = uFuzzy.latinize([...names])
  return (query, limit) => {
    const needle = uFuzzy.latinize(query.trim())
    if (needle === '') return []
    const [found, info, order] = fuzzy().search(haystack, needle, 1, RANKED)
    if (found === null) return []
    if (info === null || order === null) return found.slice(0, limit)
    return order.slice(0, limit).flatMap((place) => info.idx[place] ?? [])
  }
}
