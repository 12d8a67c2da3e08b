import type { ContractMethod, ParameterSchema } from './contract-method.ts'
import { usageError } from './usage-error.ts'

/** One parameter as a flag. */
export interface Flag {
  /** The parameter's name on the wire. */
  readonly name: string
  /** The flag without its dashes. */
  readonly flag: string
  readonly kind: 'boolean' | 'number' | 'text' | 'list' | 'map' | 'json'
  readonly isNullable: boolean
  readonly isRequired: boolean
  readonly isSecret: boolean
  /** One value of a list may travel alone. */
  readonly takesOne: boolean
  readonly choices: readonly string[] | null
}

export const flagName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const kindOf = (schema: ParameterSchema): Flag['kind'] => {
  if (schema.enum !== undefined || schema.const !== undefined) return 'text'
  if (schema.type === 'boolean') return 'boolean'
  if (schema.type === 'integer' || schema.type === 'number') return 'number'
  if (schema.type === 'string') return 'text'
  if (schema.type === 'array') return kindOf(schema.items ?? {}) === 'text' ? 'list' : 'json'
  if (schema.type !== 'object' || schema.properties !== undefined || typeof schema.additionalProperties !== 'object') return 'json'
  const value = schema.additionalProperties
  return [value, ...(value.anyOf ?? [])].some(({ type }) => type === 'string') ? 'map' : 'json'
}

const choicesOf = (schemas: readonly ParameterSchema[]): readonly string[] | null => {
  const found = schemas.flatMap((schema) => schema.enum ?? schema.items?.enum ?? [])
  return found.length === 0 ? null : [...new Set(found.map(String))]
}

const isSecret = (schema: ParameterSchema): boolean =>
  schema.writeOnly === true ||
  (schema.anyOf ?? []).some(isSecret) ||
  (typeof schema.additionalProperties === 'object' && isSecret(schema.additionalProperties))

/** Secrets whose schema says more than that they are one. */
const SECRET_NAMES = new Set(['secretKey', 'passphrase'])

const flagOf = (name: string, schema: ParameterSchema, isRequired: boolean): Flag => {
  const all = schema.anyOf ?? [schema]
  const some = all.filter(({ type }) => type !== 'null')
  const kinds = some.map(kindOf)
  const kind = kinds.find((each) => each === 'list') ?? kinds[0] ?? 'json'
  return {
    name,
    flag: flagName(name),
    kind,
    isNullable: some.length < all.length,
    isRequired,
    isSecret: isSecret(schema) || SECRET_NAMES.has(name),
    takesOne: kinds.some((each) => each !== 'list'),
    choices: choicesOf(some),
  }
}

/** The flags of a method, in the contract's order. */
export const flagsOf = (method: ContractMethod): readonly Flag[] =>
  Object.entries(method.params.properties ?? {}).map(([name, schema]) =>
    flagOf(name, schema, (method.params.required ?? []).includes(name) && schema.default === undefined),
  )

/** Arguments taken apart: words, and each flag with its values in order (`true` for one without). */
export interface Arguments {
  readonly words: readonly string[]
  readonly flags: ReadonlyMap<string, readonly (string | true)[]>
}

/** Takes arguments apart; `isBoolean` tells which flags take no value. */
export const parseArguments = (args: readonly string[], isBoolean: (flag: string) => boolean): Arguments => {
  const words: string[] = []
  const flags = new Map<string, (string | true)[]>()
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? ''
    if (arg === '--') {
      words.push(...args.slice(index + 1))
      break
    }
    if (!arg.startsWith('--')) {
      if (arg.startsWith('-') && arg !== '-') throw usageError(`There is no flag ${arg}.`)
      words.push(arg)
      continue
    }
    const [name = '', inline] = arg.slice(2).split(/=(.*)/s, 2)
    let value: string | true = inline ?? true
    if (inline === undefined && !isBoolean(name)) {
      index += 1
      const next = args[index]
      if (next === undefined) throw usageError(`--${name} needs a value.`)
      value = next
    }
    flags.set(name, [...(flags.get(name) ?? []), value])
  }
  return { words, flags }
}

const NUMBER = /^-?\d+(?:\.\d+)?$/

const only = (flag: Flag, values: readonly (string | true)[]): string | true => {
  if (values.length > 1) throw usageError(`--${flag.flag} is given more than once.`)
  return values[0] ?? true
}

const text = (flag: Flag, value: string | true): string => {
  if (value === true) throw usageError(`--${flag.flag} needs a value.`)
  return value
}

const list = (flag: Flag, values: readonly (string | true)[]): string | string[] => {
  const items = values.flatMap((value) => text(flag, value).split(',')).filter((item) => item !== '')
  return flag.takesOne && items.length === 1 ? (items[0] ?? '') : items
}

/** `name=value`, each once. */
export const parsePairs = (flag: string, values: readonly (string | true)[]): Record<string, string> => {
  const pairs = new Map<string, string>()
  for (const each of values) {
    const at = each === true ? -1 : each.indexOf('=')
    if (each === true || at < 1) throw usageError(`--${flag} wants name=value.`)
    const name = each.slice(0, at)
    if (pairs.has(name)) throw usageError(`--${flag} names ${name} more than once.`)
    pairs.set(name, each.slice(at + 1))
  }
  return Object.fromEntries(pairs)
}

const json = (flag: Flag, value: string): unknown => {
  try {
    return JSON.parse(value)
  } catch {
    throw usageError(`--${flag.flag} wants JSON.`)
  }
}

const valueOf = (flag: Flag, values: readonly (string | true)[]): unknown => {
  if (flag.kind === 'list') return list(flag, values)
  if (flag.kind === 'map') return parsePairs(flag.flag, values)
  const value = only(flag, values)
  if (flag.kind === 'boolean') {
    if (value === true || value === 'true') return true
    if (value === 'false') return false
    throw usageError(`--${flag.flag} is true or false.`)
  }
  if (flag.kind === 'json') return json(flag, text(flag, value))
  if (flag.kind === 'text') return text(flag, value)
  if (!NUMBER.test(text(flag, value))) throw usageError(`--${flag.flag} wants a number.`)
  return Number(value)
}

/** Secrets come as `-` and are read from stdin; a value in an argument list would be readable for everybody on the computer. */
const refuseSecretValues = (flag: Flag, value: unknown): void => {
  const values = typeof value === 'object' && value !== null ? Object.values(value) : [value]
  if (values.some((each) => each !== '-')) {
    const example = flag.kind === 'map' ? `--${flag.flag} name=-` : `--${flag.flag} -`
    throw usageError(`--${flag.flag} is a secret: it is read from stdin, never from an argument.`, `Write ${example} and send it to stdin.`)
  }
}

/** Whether a flag of this method takes no value. */
export const isBooleanFlag =
  (flags: readonly Flag[]) =>
  (name: string): boolean =>
    flags.some((flag) => flag.flag === name && flag.kind === 'boolean') ||
    (name.startsWith('no-') && flags.some((flag) => flag.flag === name.slice(3) && (flag.kind === 'boolean' || flag.isNullable)))

/** The parameters of a call: flags by name, words for what is required and for `wordNames`, in that order. Secrets are left as `-`. */
export const paramsFromArguments = (method: ContractMethod, args: Arguments, wordNames?: readonly string[]): Record<string, unknown> => {
  const flags = flagsOf(method)
  const command = method.name.replace('.', ' ')
  const params = new Map<string, unknown>()
  for (const [name, values] of args.flags) {
    const flag = flags.find((each) => each.flag === name || each.name === name)
    const negated = name.startsWith('no-') ? flags.find((each) => each.flag === name.slice(3)) : undefined
    if (flag !== undefined) {
      const value = valueOf(flag, values)
      if (flag.isSecret) refuseSecretValues(flag, value)
      params.set(flag.name, value)
    } else if (negated !== undefined && (negated.kind === 'boolean' || negated.isNullable)) {
      params.set(negated.name, negated.kind === 'boolean' ? false : null)
    } else throw usageError(`${command} has no flag --${name}.`, `See \`patchbay ${command} --help\`.`)
  }
  const names = wordNames ?? flags.filter((flag) => flag.isRequired && !flag.isSecret).map((flag) => flag.name)
  const open = names.filter((name) => !params.has(name))
  for (const [index, word] of args.words.entries()) {
    const flag = flags.find((each) => each.name === open[index])
    if (flag === undefined) throw usageError(`${command} does not know what to do with "${word}".`, `See \`patchbay ${command} --help\`.`)
    params.set(flag.name, valueOf(flag, [word]))
  }
  const missing = flags.find((flag) => flag.isRequired && !flag.isSecret && !params.has(flag.name))
  if (missing !== undefined) {
    const wanted = names.includes(missing.name) ? `${wordOf(missing.name)} (or --${missing.flag})` : `--${missing.flag}`
    throw usageError(`${command} needs ${wanted}.`, `See \`patchbay ${command} --help\`.`)
  }
  return Object.fromEntries(params)
}

/** How a parameter is written in a usage line: REF for a connection, else its name in capitals. */
export const wordOf = (name: string): string =>
  name === 'connectionId' ? 'REF' : flagName(name.replace(/Id$/, '')).replaceAll('-', '_').toUpperCase()
