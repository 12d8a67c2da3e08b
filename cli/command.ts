import type { Arguments } from './command-from-method.ts'
import type { ConsoleIo } from './console-io.ts'
import type { ContractMethod } from './contract-method.ts'
import type { HostSession } from './host-session.ts'
import type { View } from './output.ts'
import { usageError } from './usage-error.ts'

/** What every command is given. */
export interface CommandContext {
  readonly io: ConsoleIo
  readonly session: HostSession
  readonly methods: ReadonlyMap<string, ContractMethod>
  /** What is more than one call, by its words. */
  readonly commands: ReadonlyMap<string, Command>
  readonly version: string
  readonly isJson: boolean
  /** The person said yes beforehand. */
  readonly saysYes: boolean
  readonly view: View
  /** Prints a result: as one JSON document, or as `show` or the general form puts it. */
  readonly print: (result: unknown, show?: (result: unknown, view: View) => string) => void
  /** Says something to a person, on stderr. */
  readonly say: (text: string) => void
}

/** A command that is more than one call. */
export interface Command {
  readonly usage: string
  readonly summary: string
  /** Flags without a value, and flags with one. */
  readonly booleans?: readonly string[]
  readonly values?: readonly string[]
  readonly run: (context: CommandContext, args: Arguments) => Promise<void>
}

/** The only value of a flag, or undefined. */
export const valueOfFlag = (args: Arguments, name: string): string | undefined => {
  const values = args.flags.get(name) ?? []
  if (values.length > 1) throw usageError(`--${name} is given more than once.`)
  const [value] = values
  return typeof value === 'string' ? value : undefined
}

/** Exactly the words that a command wants. */
export const wordsOf = (args: Arguments, usage: string, least: number, most: number = least): readonly string[] => {
  if (args.words.length < least || args.words.length > most) throw usageError(`The command is: patchbay ${usage}`)
  return args.words
}

/** Asks before what cannot be undone; without a terminal and without --yes it refuses with exit 2. */
export const confirm = async ({ io, saysYes }: CommandContext, question: string): Promise<boolean> => {
  if (saysYes) return true
  if (!io.isInputTerminal || !io.isErrorTerminal)
    throw usageError(`${question} Nobody is here to answer.`, 'Add --yes to say so beforehand.')
  return /^y(?:es)?$/i.test((await io.ask(`${question} [y/N] `)).trim())
}

/** Secrets by name: typed unseen where a person sits, else one a line from stdin; a single one may have several lines. */
export const readSecrets = async ({ io }: CommandContext, names: readonly string[]): Promise<Record<string, string>> => {
  if (names.length === 0) return {}
  const found: [string, string][] = []
  if (io.isInputTerminal) {
    for (const name of names) found.push([name, await io.ask(`${name}: `, { isSecret: true })])
    return Object.fromEntries(found)
  }
  const text = await io.readInput()
  const values = names.length === 1 ? [text.replace(/\r?\n$/, '')] : text.split(/\r?\n/)
  for (const [index, name] of names.entries()) {
    const value = values[index]
    if (value === undefined || value === '')
      throw usageError(`stdin holds no value for ${name}.`, 'Send one line for each secret, in the order of the flags.')
    found.push([name, value])
  }
  return Object.fromEntries(found)
}

interface NamedProfile {
  readonly profileId: string
  readonly name: string
  readonly kind: string
}

/** The id of a profile that is named by its id or its name. */
export const profileIdOf = async ({ session }: CommandContext, reference: string): Promise<string> => {
  const { profiles } = (await session.call('profiles.list')) as { readonly profiles: readonly NamedProfile[] }
  const byId = profiles.find(({ profileId }) => profileId === reference)
  const byName = profiles.filter(({ name }) => name.toLowerCase() === reference.toLowerCase())
  if (byId === undefined && byName.length > 1) {
    throw usageError(
      `More than one profile is called ${reference}.`,
      `Name one by its id: ${byName.map(({ profileId }) => profileId).join(', ')}.`,
    )
  }
  return byId?.profileId ?? byName[0]?.profileId ?? reference
}
