import type { AuditEntry, AuditUse } from '#shared/contract/audit'
import { type CommandContext, valueOfFlag, wordsOf } from '../command.ts'
import type { Arguments } from '../command-from-method.ts'
import { openPrivateFile, type PrivateFile } from '../private-file.ts'
import { safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'
import { instantOf } from '../when.ts'
import { quoted } from './grant-text.ts'
import { formatAudit, formatUsage, formatVerified, type Verified } from './audit-text.ts'

type Run = (context: CommandContext, args: Arguments) => Promise<void>

/** A flag by its short name or the name of the method's parameter. */
const eitherOf = (args: Arguments, short: string, long: string): string | undefined => {
  const [one, other] = [valueOfFlag(args, short), valueOfFlag(args, long)]
  if (one !== undefined && other !== undefined) throw usageError(`--${short} and --${long} mean the same: give one of them.`)
  return one ?? other
}

interface Named {
  readonly clientId: string | null
  readonly clientName: string | null
}

/** Who used a connection, and whoever called at all of late: what the audit knows of programs. */
const programsOf = async ({ session }: CommandContext): Promise<readonly Named[]> => {
  const { uses } = (await session.call('audit.usage', {})) as { readonly uses: readonly AuditUse[] }
  const { entries } = (await session.call('audit.list', { caller: 'automation', limit: 500 })) as {
    readonly entries: readonly AuditEntry[]
  }
  return [...uses, ...entries]
}

/** The id of a program that is named by its id or by what it calls itself; a name that several have is refused. */
const clientOf = async (context: CommandContext, name: string): Promise<string> => {
  const programs = await programsOf(context)
  if (programs.some(({ clientId }) => clientId === name)) return name
  const named = programs.filter(({ clientName }) => clientName?.toLowerCase() === name.toLowerCase())
  const [id = null, ...others] = new Set(named.map(({ clientId }) => clientId).filter((each) => each !== null))
  if (others.length > 0)
    throw usageError(`Several programs call themselves ${quoted(name)}.`, `Name one by its id: ${[id, ...others].join(', ')}.`)
  if (id === null && !/^[\w-]{1,64}$/.test(name)) throw usageError(`The audit knows of no program ${quoted(name)}.`)
  return id ?? name
}

const sinceOf = (args: Arguments): string | undefined => {
  const since = valueOfFlag(args, 'since')
  return since === undefined ? undefined : instantOf('since', since, { span: 'ago', day: 'begin' })
}

const defined = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

const filterOf = async (context: CommandContext, args: Arguments): Promise<Record<string, unknown>> => {
  const client = valueOfFlag(args, 'client')
  const until = valueOfFlag(args, 'until')
  return defined({
    clientId: client === undefined ? valueOfFlag(args, 'client-id') : await clientOf(context, client),
    connectionId: eitherOf(args, 'connection', 'connection-id'),
    grantId: eitherOf(args, 'grant', 'grant-id'),
    outcome: valueOfFlag(args, 'outcome'),
    caller: valueOfFlag(args, 'caller'),
    method: valueOfFlag(args, 'method'),
    since: sinceOf(args),
    until: until === undefined ? undefined : instantOf('until', until, { span: 'ago', day: 'end' }),
  })
}

/** `patchbay audit list`. */
export const list: Run = async (context, args) => {
  wordsOf(args, 'audit list [--flag value]...', 0)
  context.session.onlyReads()
  const limit = valueOfFlag(args, 'limit')
  if (limit !== undefined && !/^\d{1,3}$/.test(limit)) throw usageError('--limit wants a number from 1 to 500.')
  const more = defined({ limit: limit === undefined ? undefined : Number(limit), cursor: valueOfFlag(args, 'cursor') })
  context.print(await context.session.call('audit.list', { ...(await filterOf(context, args)), ...more }), formatAudit)
}

/** `patchbay audit usage [REF]`. */
export const usage: Run = async (context, args) => {
  const [word] = wordsOf(args, 'audit usage [REF]', 0, 1)
  context.session.onlyReads()
  const named = eitherOf(args, 'connection', 'connection-id')
  if (word !== undefined && named !== undefined) throw usageError('The connection is named twice.')
  const client = valueOfFlag(args, 'client')
  const params = defined({
    connectionId: word ?? named,
    clientId: client === undefined ? valueOfFlag(args, 'client-id') : await clientOf(context, client),
    since: sinceOf(args),
  })
  context.print(await context.session.call('audit.usage', params), formatUsage)
}

/** `patchbay audit verify`: exit 1 when the audit is not as it was written. */
export const verify: Run = async ({ session, print }, args) => {
  wordsOf(args, 'audit verify', 0)
  session.onlyReads()
  const found = (await session.call('audit.verify', {})) as Verified
  print(found, formatVerified)
  if (!found.isIntact) process.exitCode = 1
}

interface Part {
  readonly text: string
  readonly nextCursor: string | null
}

/** Hands on every part, in order. */
const eachPart = async ({ session }: CommandContext, params: object, take: (text: string) => void): Promise<void> => {
  for (let cursor: string | null = ''; cursor !== null;) {
    const part: Part = (await session.call('audit.export', { ...params, ...(cursor !== '' && { cursor }) })) as Part
    take(part.text)
    cursor = part.nextCursor
  }
}

/** Writes the file whole or not at all; Ctrl-C takes away what was begun. */
const writeWhole = async (file: PrivateFile, fill: () => Promise<void>): Promise<void> => {
  const onInterrupt = (): void => {
    file.drop()
    process.exit(130)
  }
  process.once('SIGINT', onInterrupt)
  try {
    await fill()
    file.finish()
  } finally {
    process.off('SIGINT', onInterrupt)
    file.drop()
  }
}

/** `patchbay audit export`: to a file, or without one to stdout. */
export const exportAudit: Run = async (context, args) => {
  wordsOf(args, 'audit export [--format ndjson|csv] [--file FILE]', 0)
  const { session, io, say, print, isJson } = context
  session.onlyReads()
  const name = valueOfFlag(args, 'file')
  const format = valueOfFlag(args, 'format') ?? (name?.toLowerCase().endsWith('.csv') === true ? 'csv' : 'ndjson')
  if (format !== 'csv' && format !== 'ndjson') throw usageError('--format is csv or ndjson.')
  if (name === undefined && args.flags.has('force')) throw usageError('--force goes with --file.')
  const params = { ...(await filterOf(context, args)), format }
  if (name === undefined) {
    if (!isJson) return eachPart(context, params, (text) => io.out(io.isOutputTerminal ? text.split('\n').map(safeText).join('\n') : text))
    const parts: string[] = []
    await eachPart(context, params, (text) => parts.push(text))
    return print({ text: parts.join(''), nextCursor: null })
  }
  const file = openPrivateFile(name, args.flags.has('force'))
  let sizeBytes = 0
  await writeWhole(file, () =>
    eachPart(context, params, (text) => {
      sizeBytes += Buffer.byteLength(text)
      file.write(text)
    }),
  )
  if (isJson) return print({ path: file.path, format, sizeBytes })
  say(`Written to ${safeText(file.path)}, for your eyes only.`)
}
