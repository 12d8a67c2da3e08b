import { ERRORS, PatchbayError } from '#shared/errors'
import { type Command, type CommandContext, valueOfFlag } from '../command.ts'
import { isReference, parseEnvFile, parseReference } from '../env-file.ts'
import { safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'
import { runWith, splitCommand } from './exec-command.ts'
import { fieldOf, type Handed, meantBy, meantText, MIN_VALID_SECONDS, wholeNumber } from './use-text.ts'

/** A variable whose value stands in a credential. */
interface Wanted {
  readonly name: string
  readonly reference: string
  readonly connection: string
  readonly field: string
}

const readFiles = async (files: readonly (string | true)[]): Promise<Record<string, string>> => {
  const { readFileSync } = await import('node:fs')
  const variables: Record<string, string> = {}
  for (const file of files.map(String)) {
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch (error) {
      throw usageError(`${file} cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}.`)
    }
    Object.assign(variables, parseEnvFile(text, file))
  }
  return variables
}

const wantedIn = (variables: Readonly<Record<string, string | undefined>>): Wanted[] =>
  Object.entries(variables).flatMap(([name, reference]) => {
    if (reference === undefined || !isReference(reference)) return []
    const parsed = parseReference(reference)
    if (parsed === null) throw usageError(`${name} is no reference: ${safeText(reference)}`, 'Write patchbay://github/work/access_token.')
    return [{ name, reference, ...parsed }]
  })

/** All of them, or an error that names each that is missing: nothing is started with half of what it needs. */
const resolved = async (
  { session }: CommandContext,
  wanted: readonly Wanted[],
  minValidSeconds: number,
): Promise<Record<string, string>> => {
  const credentials = new Map<string, Handed | PatchbayError>()
  for (const { connection } of wanted) {
    if (credentials.has(connection)) continue
    const asked = session.call('connections.getCredentials', { connectionId: connection, minValidSeconds })
    credentials.set(
      connection,
      await (asked as Promise<Handed>).catch((error: unknown) => {
        if (error instanceof PatchbayError && !STOPPING.has(error.code)) return error
        throw error
      }),
    )
  }
  const values: Record<string, string> = {}
  const missing: { readonly name: string; readonly reference: string; readonly error: PatchbayError }[] = []
  for (const { name, reference, connection, field } of wanted) {
    const handed = credentials.get(connection)
    if (handed instanceof PatchbayError) missing.push({ name, reference, error: handed })
    else if (handed !== undefined)
      try {
        values[name] = fieldOf(handed, field)
      } catch (error) {
        if (!(error instanceof PatchbayError)) throw error
        missing.push({ name, reference, error })
      }
  }
  const [first] = missing
  if (first === undefined) return values
  throw new PatchbayError(first.error.code, {
    message: `Nothing was started: ${missing.length === 1 ? 'a reference is' : `${missing.length} references are`} missing.`,
    data: {
      next: ERRORS[first.error.code].next,
      problems: missing.map(({ name, reference, error }) => ({ name: `${name}=${reference}`, message: error.message })),
    },
  })
}

/** What no other reference would be spared. */
const STOPPING: ReadonlySet<string> = new Set(['automation.approval_required', 'automation.denied', 'vault.locked', 'host.stopping'])

/** `patchbay run --env-file FILE -- CMD...`. */
export const runCommand: Command = {
  usage: 'run [--env-file FILE]... [--env] [--min-valid SECONDS] [--dry-run] -- CMD...',
  summary: 'Runs a program with the references of a file, such as patchbay://github/work/access_token, resolved in its environment only.',
  booleans: ['env', 'dry-run'],
  values: ['env-file', 'min-valid'],
  run: async (context, args) => {
    const [, command] = splitCommand(args, runCommand.usage, 0)
    const files = args.flags.get('env-file') ?? []
    if (files.length === 0 && !args.flags.has('env')) throw usageError('run needs --env-file FILE, or --env for what the environment has.')
    const minValidSeconds = wholeNumber('min-valid', valueOfFlag(args, 'min-valid'), 0, 86_400) ?? MIN_VALID_SECONDS
    const fromFiles = await readFiles(files)
    const fromHere = args.flags.has('env')
      ? Object.fromEntries(wantedIn(context.io.environment).map(({ name, reference }) => [name, reference]))
      : {}
    const variables: Record<string, string> = { ...fromHere, ...fromFiles }
    const wanted = wantedIn(variables)
    if (args.flags.has('dry-run')) {
      const found: (Awaited<ReturnType<typeof meantBy>> & Wanted)[] = []
      for (const { name, reference, connection, field } of wanted)
        found.push({ name, reference, connection, field, ...(await meantBy(context, connection)) })
      return context.print({ variables: found }, () =>
        [
          `Would run ${safeText(command[0] ?? '')} with ${found.length === 0 ? 'no credential.' : 'these:'}`,
          ...found.map((each) => `  ${each.name}: ${safeText(each.field)} of ${meantText(each)}`),
        ].join('\n'),
      )
    }
    await runWith(context, command, { ...variables, ...(await resolved(context, wanted, minValidSeconds)) })
  },
}
