import type { Command } from '../command.ts'
import { type Flag, flagName, flagsOf, wordOf } from '../command-from-method.ts'
import type { ContractMethod } from '../contract-method.ts'
import { ALIASES, DOMAINS } from '../other-words.ts'

/** What may stand at a place: words, and after an `@` what the host or the shell is asked for. */
export type Offer = readonly string[]

/** All that a shell has to know; commands by their words, `connections list`. */
export interface CompletionTable {
  /** First words. */
  readonly first: Offer
  /** Second words by the first one. */
  readonly second: ReadonlyMap<string, Offer>
  /** Flags of each command, those that take a value with a `=` at their end. */
  readonly flags: ReadonlyMap<string, Offer>
  /** What may stand at a place or after a flag: `connections get 1`, `connections list --status`. */
  readonly values: ReadonlyMap<string, Offer>
}

/** What is named by a word in capitals of a usage line, or by a flag of that name. */
const SOURCES: Readonly<Record<string, string>> = {
  REF: '@connections',
  BY: '@connections',
  CONNECTION: '@connections',
  CONNECTOR: '@connectors',
  PROFILE: '@profiles',
  GRANT: '@grants',
  FILE: '@files',
  OUT: '@files',
  BUNDLE: '@files',
  CERTIFICATE: '@files',
  ENV_FILE: '@files',
}
const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Parameters that name several: their flag takes each of them. */
const SEVERAL: Readonly<Record<string, string>> = { connectionIds: '@connections', connectorIds: '@connectors' }

const offerOf = (name: string): Offer => {
  const word = name.toUpperCase()
  return word in SOURCES ? [SOURCES[word] ?? ''] : []
}

/** Flags of every command; the one that chooses an account only where one is named. */
const globals = (takesReference: boolean): Offer => [
  ...(takesReference ? ['--account='] : []),
  '--json',
  '--yes',
  '--no-autostart',
  '--help',
]

/** `a|b` and `a,b` where these are the words themselves. */
const CHOICE = /^[a-z][a-z0-9_-]+(?:[|,][a-z][a-z0-9_-]+)+$/

/** The words of a usage line that stand for what is given without a flag. */
const placesOf = (usage: string, words: string): readonly string[] =>
  usage
    .slice(words.length)
    .replace(/ -- .*$/, '')
    .replaceAll(/\[-[^\]]*\](?:\.\.\.)?/g, ' ')
    .replaceAll(/--[a-z-]+(?: [A-Za-z|,=-]+)?/g, ' ')
    .split(' ')
    .map((word) => word.replaceAll(/[[\]]/g, ''))
    .filter((word) => word !== '' && word !== '|')

const placeOffers = (usage: string, words: string): [string, Offer][] =>
  placesOf(usage, words).flatMap((place, index): [string, Offer][] => {
    const name = place.replace('...', '').replace(/\|-$/, '')
    const offer = CHOICE.test(place) ? place.split('|') : name === 'METHOD' ? HTTP_METHODS : offerOf(name)
    return offer.length === 0 ? [] : [[`${words} ${place.endsWith('...') ? '*' : index + 1}`, offer]]
  })

const flagOffer = (flag: string, usage: string, ofDomain: readonly ContractMethod[]): Offer => {
  const [, said = ''] = new RegExp(`--${flag} ([a-zA-Z0-9_|,-]+)`).exec(usage) ?? []
  if (CHOICE.test(said)) return said.split(/[|,]/)
  const byName = offerOf(flag.replace(/-ids?$/, '').replaceAll('-', '_'))
  if (byName.length > 0) return byName
  const choices = ofDomain.flatMap((method) => flagsOf(method).find((each) => each.flag === flag)?.choices ?? [])
  return choices.length > 0 ? [...new Set(choices)] : offerOf(said)
}

const methodFlags = (flags: readonly Flag[]): Offer =>
  flags.flatMap(({ flag, kind, isNullable }) => [
    kind === 'boolean' ? `--${flag}` : `--${flag}=`,
    ...(kind === 'boolean' || isNullable ? [`--no-${flag}`] : []),
  ])

/** What the shells complete, made from the contract and the commands that are more than one call. */
export const completionTable = (commands: ReadonlyMap<string, Command>, methods: ReadonlyMap<string, ContractMethod>): CompletionTable => {
  const second = new Map<string, string[]>()
  const flags = new Map<string, Offer>()
  const values = new Map<string, Offer>()
  const addSecond = (words: string): void => {
    const [one = '', two] = words.split(' ')
    second.set(one, [...(second.get(one) ?? []), ...(two === undefined ? [] : [two])])
  }

  for (const [words, { usage, booleans = [], values: taking = [] }] of commands) {
    if (words === '') continue
    addSecond(words)
    const [domain = '', verb = ''] = words.split(' ')
    const ofDomain = [...methods.values()].filter(({ name }) => name.startsWith(`${domain}.`))
    const same = ofDomain.filter(({ name }) => flagName(name) === `${domain}.${verb}`)
    for (const flag of taking) values.set(`${words} --${flag}`, flagOffer(flag, usage, same.length > 0 ? same : ofDomain))
    for (const [place, offer] of placeOffers(usage, words)) values.set(place, offer)
    const all = [...booleans.map((flag) => `--${flag}`), ...taking.map((flag) => `--${flag}=`)]
    flags.set(words, [...new Set([...all, ...globals(/\bREF\b(?!\.\.\.)/.test(usage))])])
  }

  const addMethod = (words: string, method: ContractMethod): void => {
    if (commands.has(words) || commands.has(flagName(words))) return
    addSecond(words)
    const own = flagsOf(method)
    for (const { name, flag, choices } of own) {
      const several = SEVERAL[name]
      const offer = choices ?? (several === undefined ? offerOf(wordOf(name)) : [several])
      values.set(`${words} --${flag}`, offer)
    }
    const places = own.filter(({ isRequired, isSecret }) => isRequired && !isSecret)
    for (const [index, { name, choices }] of places.entries()) values.set(`${words} ${index + 1}`, choices ?? offerOf(wordOf(name)))
    flags.set(words, [...methodFlags(own), ...globals(own.some(({ name }) => name === 'connectionId'))])
  }
  const otherNames = Object.entries(DOMAINS)
  for (const [name, method] of methods) {
    // What only opens a connection is nothing to type.
    if (!method.callers.includes('cli') || method.access === 'open') continue
    const [domain = '', verb = ''] = name.split('.')
    addMethod(`${domain} ${verb}`, method)
    for (const [other, meant] of otherNames) if (meant === domain) addMethod(`${other} ${verb}`, method)
  }
  for (const [word, name] of Object.entries(ALIASES)) {
    const method = methods.get(name)
    if (method !== undefined) addMethod(word, method)
  }
  const some = [...values].filter(([, offer]) => offer.length > 0)
  return { first: [...new Set([...second.keys(), 'help'])].toSorted(), second, flags, values: new Map(some) }
}
