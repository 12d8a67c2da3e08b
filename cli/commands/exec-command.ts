import { type Command, type CommandContext, valueOfFlag } from '../command.ts'
import type { Arguments } from '../command-from-method.ts'
import { parsePairs } from '../command-from-method.ts'
import { safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'
import { environmentName, fieldOf, type Handed, meantBy, meantText, MIN_VALID_SECONDS, upperName, wholeNumber } from './use-text.ts'

const TOKEN_NAME = 'PATCHBAY_TOKEN'

/** Variables that programs and the system take orders from. A server names its connectors and fields as it likes; the person may name these. */
const TAKES_ORDERS = /^(?:LD|DYLD|NODE|BASH|GIT)_/

/** What the program finds in its environment: the token, the fields by their names, and what was asked for by others. */
export const environmentOf = (handed: Handed, tokenName: string, asked: Readonly<Record<string, string>>): Record<string, string> => {
  const [connector = ''] = handed.handle.split('/')
  const fields = Object.entries(handed.fields)
    .map(([name, value]) => [upperName(connector, name), value] as const)
    .filter(([name]) => !TAKES_ORDERS.test(name))
  const named = Object.entries(asked).map(([name, field]) => [environmentName(name), fieldOf(handed, field)] as const)
  return { ...Object.fromEntries(fields), ...(handed.token === null ? {} : { [tokenName]: handed.token }), ...Object.fromEntries(named) }
}

/** Runs the command with the secrets in its environment, once nothing else is left to be done here. */
export const runWith = async (context: CommandContext, command: readonly string[], secrets: Record<string, string>): Promise<void> => {
  const { io, session, say } = context
  session.close()
  const { runChild } = await import('../child-run.ts')
  const { code, failure } = await runChild(command, io.environment, secrets, io.isInputTerminal)
  if (failure !== null) say(safeText(failure))
  process.exitCode = code
}

/** The words before a `--` and the command after it. */
export const splitCommand = (args: Arguments, usage: string, before: number): readonly [readonly string[], readonly string[]] => {
  const [words, command] = [args.words.slice(0, before), args.words.slice(before)]
  if (words.length < before || command.length === 0) throw usageError(`The command is: patchbay ${usage}`)
  return [words, command]
}

/** `patchbay exec REF -- CMD...`. */
export const execCommand: Command = {
  usage: 'exec REF [--as NAME] [--env NAME=FIELD]... [--min-valid SECONDS] [--dry-run] -- CMD...',
  summary: `Runs a program with the credential of a connection in its environment only: ${TOKEN_NAME}, and each field, such as GITHUB_ACCESS_TOKEN.`,
  booleans: ['dry-run'],
  values: ['as', 'env', 'min-valid'],
  run: async (context, args) => {
    const [[connectionId = ''], command] = splitCommand(args, execCommand.usage, 1)
    const tokenName = environmentName(valueOfFlag(args, 'as') ?? TOKEN_NAME)
    const asked = parsePairs('env', args.flags.get('env') ?? [])
    for (const name of Object.keys(asked)) environmentName(name)
    const minValidSeconds = wholeNumber('min-valid', valueOfFlag(args, 'min-valid'), 0, 86_400) ?? MIN_VALID_SECONDS
    if (args.flags.has('dry-run')) {
      const meant = await meantBy(context, connectionId)
      return context.print(meant, () => `Would run ${safeText(command[0] ?? '')} with the credential of ${meantText(meant)}.`)
    }
    const handed = (await context.session.call('connections.getCredentials', { connectionId, minValidSeconds })) as Handed
    await runWith(context, command, environmentOf(handed, tokenName, asked))
  },
}
