import { PatchbayError } from '#shared/errors'
import { type Command, type CommandContext, confirm, profileIdOf, readSecrets } from './command.ts'
import { type Arguments, flagsOf, isBooleanFlag, paramsFromArguments, parseArguments } from './command-from-method.ts'
import { auditCommands } from './commands/audit-commands.ts'
import { bulkCommands } from './commands/bulk-command.ts'
import { completionCommand } from './commands/completion-command.ts'
import { connectCommand } from './commands/connect-command.ts'
import { getMetadataCommand, replaceCommand, setMetadataCommand } from './commands/connection-change-commands.ts'
import { reconnectCommand } from './commands/reconnect-command.ts'
import { refreshCommand, removeConnectionCommand, renameCommand } from './commands/connection-commands.ts'
import { doctorCommand } from './commands/doctor-command.ts'
import { healthCommand, revokeCommand, verifyCommand } from './commands/health-commands.ts'
import { eventsCommand } from './commands/event-commands.ts'
import { execCommand } from './commands/exec-command.ts'
import { grantCommands } from './commands/grant-commands.ts'
import { serveCommand, windowCommand } from './commands/host-commands.ts'
import { importCommand } from './commands/import-command.ts'
import { removeIntegrationCommand } from './commands/integration-commands.ts'
import { mcpCommand } from './commands/mcp-command.ts'
import { pickCommand } from './commands/pick-command.ts'
import { addProfileCommand, removeProfileCommand, testProfileCommand, useProfileCommand } from './commands/profile-commands.ts'
import { requestCommand } from './commands/request-command.ts'
import { runCommand } from './commands/run-command.ts'
import { tokenCommand } from './commands/token-command.ts'
import type { ConsoleIo } from './console-io.ts'
import type { ContractMethod } from './contract-method.ts'
import { printFailure } from './failure-text.ts'
import { HostSession } from './host-session.ts'
import { ALIASES, DOMAINS } from './other-words.ts'
import { formatResult, formatStatus, type View } from './output.ts'
import { createPaint, jsonForTerminal, safeText } from './text-format.ts'
import { usageError } from './usage-error.ts'

export interface CommandLineOptions {
  readonly io: ConsoleIo
  readonly version: string
  /** The contract's methods, read when they are first needed. */
  readonly methods: () => Promise<readonly ContractMethod[]>
  /** The file that is run again to start a host. */
  readonly program: string
}

/** Commands that are more than a call, by their words. */
const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['', windowCommand],
  ['serve', serveCommand],
  ['connect', connectCommand],
  ['connections rename', renameCommand],
  ['connections refresh', refreshCommand],
  ['connections reconnect', reconnectCommand],
  ['connections verify', verifyCommand],
  ['connections health', healthCommand],
  ['connections revoke', revokeCommand],
  ['connections remove', removeConnectionCommand],
  ['connections get-metadata', getMetadataCommand],
  ['connections set-metadata', setMetadataCommand],
  ['connections replace', replaceCommand],
  ['connections pick', pickCommand],
  ...bulkCommands,
  ['connections import', importCommand],
  ['integrations remove', removeIntegrationCommand],
  ['profiles add', addProfileCommand],
  ['profiles use', useProfileCommand],
  ['profiles test', testProfileCommand],
  ['profiles remove', removeProfileCommand],
  ...grantCommands,
  ...auditCommands,
  ['mcp', mcpCommand],
  ['events', eventsCommand],
  ['doctor', doctorCommand],
  ['completion', completionCommand],
  ['request', requestCommand],
  ['token', tokenCommand],
  ['exec', execCommand],
  ['run', runCommand],
])

/** What cannot be undone among the methods without a command of their own. */
const QUESTIONS: Readonly<Record<string, string>> = {
  'system.shutdown': 'Stop Patchbay?',
  'grants.revokeAll': 'Take back what every program may do?',
  'sandbox.reset': 'Empty the sandbox? Its demo accounts are removed.',
}

const GLOBAL = ['--json', '--yes', '-y', '--no-autostart', '--help', '-h', '--version'] as const

interface Split {
  readonly rest: readonly string[]
  readonly has: (...names: readonly (typeof GLOBAL)[number][]) => boolean
}

/** Takes the flags of every command out, wherever they stand before a `--`. */
const takeGlobal = (args: readonly string[]): Split => {
  const end = args.includes('--') ? args.indexOf('--') : args.length
  const isGlobal = (arg: string, index: number): boolean => index < end && (GLOBAL as readonly string[]).includes(arg)
  const found = new Set(args.filter(isGlobal))
  return { rest: args.filter((arg, index) => !isGlobal(arg, index)), has: (...names) => names.some((name) => found.has(name)) }
}

/** Takes `--account NAME` out, wherever it stands before a `--`. */
const takeAccount = (args: readonly string[]): { readonly rest: readonly string[]; readonly account: string | null } => {
  const end = args.includes('--') ? args.indexOf('--') : args.length
  const at = args.findIndex((arg, index) => index < end && /^--account(?:=|$)/.test(arg))
  if (at < 0) return { rest: args, account: null }
  const inline = args[at]?.includes('=') === true
  const account = (inline ? args[at]?.slice('--account='.length) : args[at + 1]) ?? ''
  if (account.trim() === '' || (!inline && at + 1 >= end)) throw usageError('--account needs a value.')
  return { rest: args.filter((_arg, index) => index !== at && (inline || index !== at + 1)), account }
}

const takesReference = (target: Target): boolean =>
  target.kind === 'command'
    ? /\bREF\b(?!\.\.\.)/.test(target.command.usage)
    : target.kind === 'method' && flagsOf(target.method).some(({ name }) => name === 'connectionId')

/** What the words of a command line mean. */
type Target =
  | { readonly kind: 'command'; readonly command: Command; readonly args: readonly string[] }
  | { readonly kind: 'method'; readonly method: ContractMethod; readonly args: readonly string[] }
  | { readonly kind: 'domain'; readonly domain: string; readonly methods: readonly ContractMethod[] }

const findTarget = (args: readonly string[], methods: ReadonlyMap<string, ContractMethod>): Target => {
  const [first = '', second = ''] = args
  const domain = DOMAINS[first] ?? first
  const special = COMMANDS.get(`${first} ${second}`)
  if (second !== '' && special !== undefined) return { kind: 'command', command: special, args: args.slice(2) }
  // Where the word after a shortcut names a method of the domain, it is the method.
  const method = methods.get(`${domain}.${second}`)
  if (method !== undefined) return { kind: 'method', method, args: args.slice(2) }
  const command = COMMANDS.get(first.startsWith('-') ? '' : first)
  if (command !== undefined) return { kind: 'command', command, args: command === windowCommand ? args : args.slice(1) }
  const alias = methods.get(ALIASES[first] ?? '')
  if (alias !== undefined) return { kind: 'method', method: alias, args: args.slice(1) }
  const ofDomain = [...methods.values()].filter(({ name }) => name.startsWith(`${domain}.`))
  if (ofDomain.length > 0 && (second === '' || second.startsWith('-'))) return { kind: 'domain', domain: first, methods: ofDomain }
  if (ofDomain.length > 0) throw usageError(`${first} has no method ${safeText(second)}.`, `See \`patchbay ${first} --help\`.`)
  throw usageError(`There is no command ${safeText(first)}.`)
}

/** The words that a method takes without flags, where these are not just what it requires. */
const WORDS: Readonly<Record<string, readonly string[]>> = { 'sync.run': ['profileId'], 'sync.status': ['profileId'] }

/** A secret that a person may type: a vault opens with its passphrase, where it has one. */
const WANTS_SECRET: Readonly<Record<string, string>> = { 'vault.setPassphrase': 'passphrase' }

const runMethod = async (context: CommandContext, method: ContractMethod, args: Arguments): Promise<void> => {
  const { session, print, io } = context
  const params = paramsFromArguments(method, args, WORDS[method.name])
  const secrets = flagsOf(method).filter(({ name, isSecret }) => isSecret && params[name] !== undefined)
  const wanted = WANTS_SECRET[method.name]
  const texts = secrets.filter(({ kind }) => kind !== 'map').map(({ name }) => name)
  if (wanted !== undefined && !texts.includes(wanted) && io.isInputTerminal) texts.push(wanted)
  const maps = secrets.filter(({ kind }) => kind === 'map')
  const inner = maps.flatMap(({ name }) => Object.keys(params[name] as object))
  const given = await readSecrets(context, [...texts, ...inner])
  for (const name of texts) params[name] = given[name]
  for (const { name } of maps) params[name] = Object.fromEntries(Object.keys(params[name] as object).map((key) => [key, given[key]]))
  if (typeof params['profileId'] === 'string') params['profileId'] = await profileIdOf(context, params['profileId'])
  const question = QUESTIONS[method.name]
  if (question !== undefined && !(await confirm(context, question))) throw new PatchbayError('request.cancelled')
  // A program reads it: what the host wrote is handed on as it is.
  if (context.isJson && !io.isOutputTerminal && method.name !== 'vault.unlock') {
    return io.out(`${await session.callText(method.name, params)}\n`)
  }
  const unlock = async (): Promise<unknown> => {
    try {
      return await session.call(method.name, params)
    } catch (error) {
      const isLocked = error instanceof PatchbayError && error.code === 'vault.locked' && method.name === 'vault.unlock'
      if (!isLocked || params['passphrase'] !== undefined || !io.isInputTerminal) throw error
      return session.call(method.name, { passphrase: (await readSecrets(context, ['passphrase']))['passphrase'] })
    }
  }
  print(await unlock(), method.name === 'system.status' ? formatStatus : undefined)
}

/** Runs one command line. Resolves to its exit code; never throws. */
export const runCommandLine = async (argv: readonly string[], options: CommandLineOptions): Promise<number> => {
  const { io, version } = options
  const { rest: words, has } = takeGlobal(argv)
  const isJson = has('--json')
  const session = new HostSession({
    io,
    version,
    program: options.program,
    mayStart: !has('--no-autostart') && words.length > 0 && words[0] !== 'completion',
  })
  try {
    const { rest, account } = takeAccount(words)
    if (has('--version')) {
      io.out(`${version}\n`)
      return 0
    }
    const methods = new Map((await options.methods()).map((method) => [method.name, method] as const))
    if (has('--help', '-h') || rest[0] === 'help') {
      const { programHelp, commandHelp, methodHelp, domainHelp } = await import('./help.ts')
      const asked = rest[0] === 'help' ? rest.slice(1) : rest
      if (asked.length === 0) io.out(programHelp(COMMANDS, methods))
      else {
        const target = findTarget(asked, methods)
        io.out(
          target.kind === 'command'
            ? commandHelp(target.command)
            : target.kind === 'method'
              ? methodHelp(target.method)
              : domainHelp(target.domain, target.methods, COMMANDS),
        )
      }
      return 0
    }
    const target = findTarget(rest, methods)
    if (target.kind === 'domain') throw usageError(`${target.domain} needs a method.`, `See \`patchbay ${target.domain} --help\`.`)
    if (account !== null) {
      if (!takesReference(target)) throw usageError('--account is for commands that take a REF.')
      session.useAccount(account)
    }
    const hasColour = io.isOutputTerminal && io.environment['NO_COLOR'] === undefined
    const view: View = {
      columns: io.columns,
      paint: createPaint(hasColour),
      // When it is shown: a person may have been asked in between.
      get now() {
        return Date.now()
      },
    }
    const context: CommandContext = {
      io,
      session,
      methods,
      commands: COMMANDS,
      version,
      isJson,
      saysYes: has('--yes', '-y'),
      view,
      print: (result, show = formatResult) =>
        io.out(isJson ? `${jsonForTerminal(result, io.isOutputTerminal ? 2 : 0)}\n` : `${show(result, view)}\n`),
      say: (text) => io.err(`${text}\n`),
    }
    if (target.kind === 'method' && target.method.access === 'read') session.onlyReads()
    if (target.kind === 'command') await target.command.run(context, parseCommand(target.command, target.args))
    else await runMethod(context, target.method, parseArguments(target.args, isBooleanFlag(flagsOf(target.method))))
    return typeof process.exitCode === 'number' ? process.exitCode : 0
  } catch (error) {
    return printFailure(io, error, isJson)
  } finally {
    session.close()
  }
}

const parseCommand = (command: Command, args: readonly string[]): Arguments => {
  const { booleans = [], values = [] } = command
  const parsed = parseArguments(args, (flag) => !values.includes(flag))
  for (const [name, given] of parsed.flags) {
    const usage = `The command is: patchbay ${command.usage}`
    if (![...booleans, ...values].includes(name)) throw usageError(`There is no flag --${name} here.`, usage)
    if (booleans.includes(name) && given.some((value) => value !== true)) throw usageError(`--${name} takes no value.`, usage)
  }
  return parsed
}
