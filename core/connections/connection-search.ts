/** What a text is looked for by: words for the full-text index, and all words, which the stored text must hold. */
export interface SearchWords {
  /** In lower case, without control signs; each is somewhere in what is found. */
  readonly words: readonly string[]
  /** Those of three characters and more: the full-text index knows them. */
  readonly indexed: readonly string[]
}

/** Words beyond these are not looked at: nobody types so many, and each costs. */
const MOST_WORDS = 12
const MOST_SIGNS = 200

/** Takes a typed text apart. Any text will do: nothing in it is an operator. */
export const searchWords = (text: string): SearchWords => {
  const words = text
    .slice(0, MOST_SIGNS)
    .toWellFormed()
    .toLowerCase()
    // A control sign separates: the stored text uses some itself.
    .split(/[\s\p{Cc}]+/u)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS)
  return { words, indexed: words.filter((word) => Array.from(word).length >= 3) }
}

const quoted = (term: string): string => `"${term.replaceAll('"', '""')}"`

const trigrams = (word: string): string[] => {
  const signs = Array.from(word)
  return Array.from({ length: signs.length - 2 }, (_, index) => signs.slice(index, index + 3).join(''))
}

/** The question to the full-text index, which keeps no positions: what it answers may hold a word's parts apart; the row decides. */
export const matchOf = (
  { indexed }: SearchWords,
  within: {
    readonly profileId: string
    readonly connectorId: string | null
    readonly ranks: readonly number[] | null
    readonly foreign: readonly number[]
  },
): string => {
  const facts: string[] = []
  const mark = (sign: string, signs: readonly string[]): void => {
    if (signs.length === 2) facts.push(quoted(sign + signs.join('')))
  }
  mark('\u0002', Array.from(within.profileId).slice(-2))
  mark('\u0004', Array.from(within.connectorId ?? '').slice(0, 2))
  if (within.ranks !== null || within.foreign.length === 1) {
    const ranks = within.ranks ?? [0, 1, 2, 3, 4, 5, 6, 7]
    const marks = ranks.flatMap((rank) => within.foreign.map((foreign) => quoted(`\u0003${rank}${foreign}`)))
    facts.push(`(${marks.join(' OR ')})`)
  }
  return [...new Set(indexed.flatMap(trigrams).map(quoted)), ...facts].join(' AND ')
}
