import { writeFileSync } from 'node:fs'
import { PatchbayError } from '#shared/errors'
import { type Command, type CommandContext, confirm, profileIdOf, valueOfFlag } from '../command.ts'
import { type Arguments, paramsFromArguments } from '../command-from-method.ts'
import { formatTable, safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'
import { type Bulk, type Plan, planText, progressText, resultText } from './bulk-text.ts'

interface Row {
  readonly handle: string
  readonly outcome: string
  readonly error: { readonly code: string; readonly message: string } | null
}

/** How often a run is looked at; the socket is local. */
const LOOK_MS = 300
const SHOWN_ROWS = 20

/** Ctrl-C: the first one cancels the run, a second one leaves it to the host. */
const interruptOf = () => {
  const happened = Promise.withResolvers<void>()
  let isCancelled = false
  const onInterrupt = (): void => {
    if (isCancelled) process.exit(130)
    isCancelled = true
    happened.resolve()
  }
  process.on('SIGINT', onInterrupt)
  return { happened: happened.promise, isCancelled: () => isCancelled, stop: () => process.off('SIGINT', onInterrupt) }
}

/** Waits for the end of a run, with a line that tells how far it is on a terminal; Ctrl-C cancels it. */
const untilEnded = async ({ session, io }: CommandContext, started: Bulk, interrupt: ReturnType<typeof interruptOf>): Promise<Bulk> => {
  let bulk = started
  let isCancelling = false
  const show = (text: string): void => (io.isErrorTerminal ? io.err(`\r\u001b[2K${text}`) : undefined)
  while (bulk.endedAt === null) {
    show(progressText(bulk))
    await Promise.race([new Promise((resolve) => setTimeout(resolve, LOOK_MS)), ...(isCancelling ? [] : [interrupt.happened])])
    if (interrupt.isCancelled() && !isCancelling) {
      isCancelling = true
      await session.call('bulk.cancel', { bulkId: bulk.bulkId })
    }
    bulk = (await session.call('bulk.get', { bulkId: bulk.bulkId })) as Bulk
  }
  show('')
  return bulk
}

const troubleTable = async ({ session, view }: CommandContext, bulk: Bulk): Promise<string> => {
  const rows: Row[] = []
  for (const outcome of ['failed', 'refused'] as const) {
    if (bulk.counts[outcome] === 0 || rows.length >= SHOWN_ROWS) continue
    const page = (await session.call('bulk.results', { bulkId: bulk.bulkId, outcome, limit: SHOWN_ROWS - rows.length })) as { rows: Row[] }
    rows.push(...page.rows)
  }
  const more = bulk.counts.failed + bulk.counts.refused - rows.length
  const table = formatTable(
    ['CONNECTION', 'RESULT', 'WHY'],
    rows.map(({ handle, outcome, error }) => [
      { text: safeText(handle) },
      { text: outcome, ...(outcome === 'failed' && { paint: view.paint.bad }) },
      { text: safeText(error?.message ?? '') },
    ]),
    view.columns,
    view.paint,
  )
  return more > 0 ? `${table}\nAnd ${more} more: patchbay bulk results ${bulk.bulkId}` : table
}

/** Follows a run to its end and prints what came of it; exit 1 where some failed or all were stopped. */
const follow = async (context: CommandContext, started: Bulk): Promise<Bulk> => {
  const interrupt = interruptOf()
  try {
    const bulk = await untilEnded(context, started, interrupt)
    if (bulk.error !== null)
      throw new PatchbayError('bulk.stopped', { message: bulk.error.message, data: { code: bulk.error.code, bulkId: bulk.bulkId } })
    if (interrupt.isCancelled()) throw new PatchbayError('request.cancelled', { data: { bulkId: bulk.bulkId } })
    if (bulk.counts.failed + bulk.counts.refused > 0) process.exitCode = 1
    return bulk
  } finally {
    interrupt.stop()
  }
}

const printBulk = async (context: CommandContext, bulk: Bulk): Promise<void> => {
  const hasTrouble = !context.isJson && bulk.counts.failed + bulk.counts.refused > 0
  const table = hasTrouble ? `${await troubleTable(context, bulk)}\n` : ''
  const undo = bulk.canUndo ? `\nTo undo it: patchbay bulk undo ${bulk.bulkId}` : ''
  context.print(bulk, () => `${table}${resultText(bulk)}${undo}`)
}

/** Hands on the pieces of an export as they come. */
const printExport = async ({ session, io, say }: CommandContext, bulk: Bulk, format: string, file: string | undefined): Promise<void> => {
  let flag = 'wx'
  for (let cursor: string | null = ''; cursor !== null;) {
    const piece = (await session.call('bulk.export', { bulkId: bulk.bulkId, format, ...(cursor !== '' && { cursor }) })) as {
      readonly text: string
      readonly nextCursor: string | null
    }
    if (file === undefined) io.out(piece.text)
    else {
      try {
        writeFileSync(file, piece.text, { mode: 0o600, flag })
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
          throw usageError(`${safeText(file)} is there already.`, 'Name another file, or move that one away.')
        throw new PatchbayError('storage.failed', { message: `${safeText(file)} could not be written.`, cause: error })
      }
      flag = 'a'
    }
    cursor = piece.nextCursor
  }
  if (file !== undefined) say(`${resultText(bulk)} Written to ${safeText(file)}.`)
}

const QUESTIONS: Readonly<Record<string, (count: number, params: Readonly<Record<string, unknown>>) => string>> = {
  remove: (count, { forgetOnly, revoke }) =>
    forgetOnly === true
      ? `Forget ${count} connections on this computer? They stay at Nango.`
      : `${revoke === true ? `End access of ${count} connections at the provider, delete` : `Delete ${count} connections`} ${revoke === true ? 'them ' : ''}at Nango and forget them here? Programs that use them lose them.`,
  revoke: (count) => `End access of ${count} connections at the provider? Programs that use them lose them.`,
}

/** `--profile`, and what belongs to the command rather than to the call. */
const OWN_FLAGS = new Set(['profile', 'wait', 'no-wait', 'out', 'format'])

const paramsOf = async (context: CommandContext, args: Arguments, action: string | null): Promise<Record<string, unknown>> => {
  const method = context.methods.get('bulk.start')
  if (method === undefined) throw new Error('no bulk.start')
  const flags = new Map([...args.flags].filter(([name]) => !OWN_FLAGS.has(name)))
  const params = paramsFromArguments(method, { words: [], flags })
  if (action !== null) params['action'] = action
  if (args.words.length > 0) params['connectionIds'] = [...args.words]
  const profile = valueOfFlag(args, 'profile') ?? params['profileId']
  if (typeof profile === 'string') params['profileId'] = await profileIdOf(context, profile)
  return params
}

const run = async (context: CommandContext, args: Arguments, action: string | null): Promise<void> => {
  const { session, print } = context
  const params = await paramsOf(context, args, action)
  const isDryRun = params['dryRun'] === true
  const { plan } = (await session.call('bulk.start', { ...params, dryRun: true })) as { readonly plan: Plan }
  if (isDryRun) return print({ bulk: null, plan }, () => planText(plan))
  const question = QUESTIONS[plan.action]
  if (question !== undefined && plan.willDo > 0) {
    if (!context.isJson) context.say(planText(plan))
    if (!(await confirm(context, question(plan.willDo, params)))) throw new PatchbayError('request.cancelled')
    // The yes was about these; where others have come or gone meanwhile nothing is done.
    params['expectedTotal'] ??= plan.total
  }
  const { bulk } = (await session.call('bulk.start', params)) as { readonly bulk: Bulk }
  if (args.flags.has('no-wait')) return print(bulk, () => `Started: patchbay bulk get ${bulk.bulkId}`)
  const ended = await follow(context, bulk)
  if (plan.action === 'export' && !context.isJson)
    return printExport(context, ended, valueOfFlag(args, 'format') ?? 'csv', valueOfFlag(args, 'out'))
  await printBulk(context, ended)
}

const FILTER_VALUES = [
  'connector-id',
  'status',
  'group',
  'oauth-method',
  'search',
  'unused-for-days',
  'profile',
  'profile-id',
  'expected-total',
]
const FILTER_BOOLEANS = ['all', 'is-ours', 'no-is-ours', 'dry-run', 'no-wait']
const CHOICE = '[REF... | --all | --connector-id C] [--status S] [--search TEXT] [--unused-for-days N] [--dry-run]'

const actionCommand = (
  action: string,
  summary: string,
  own: { readonly usage: string; readonly booleans?: readonly string[]; readonly values?: readonly string[] },
): Command => ({
  usage: `${own.usage} ${CHOICE}`,
  summary,
  booleans: [...FILTER_BOOLEANS, ...(own.booleans ?? [])],
  values: [...FILTER_VALUES, ...(own.values ?? [])],
  run: (context, args) => run(context, args, action),
})

const RUN_ID = /^blk_[0-9a-z]+$/

const exportAction = actionCommand('export', 'Writes connections as CSV or JSON, without their credentials.', {
  usage: 'bulk export [--format csv|json] [--out FILE]',
  values: ['format', 'out'],
})

/** One action over many: with each it is said first what would happen, then how far it is. */
export const bulkCommands: readonly (readonly [words: string, command: Command])[] = [
  [
    'bulk refresh',
    actionCommand('refresh', 'Asks Nango for fresh tokens.', { usage: 'bulk refresh [--accept-risk]', booleans: ['accept-risk'] }),
  ],
  ['bulk verify', actionCommand('verify', 'Tries connections at their services, with one read-only call each.', { usage: 'bulk verify' })],
  [
    'bulk label',
    actionCommand('label', 'Gives connections a label, or takes it away.', {
      usage: 'bulk label --label L | --no-label',
      booleans: ['no-label'],
      values: ['label'],
    }),
  ],
  [
    'bulk tag',
    actionCommand('tag', 'Adds, removes or replaces tags at Nango.', {
      usage: 'bulk tag [--tags name=value]... [--tag-mode add|remove|replace] [--tag-keys a,b]',
      values: ['tags', 'tag-mode', 'tag-keys'],
    }),
  ],
  ['bulk revoke', actionCommand('revoke', 'Ends access at the provider; the connections stay, as revoked.', { usage: 'bulk revoke' })],
  [
    'bulk remove',
    actionCommand('remove', 'Deletes connections at Nango and forgets them here.', {
      usage: 'bulk remove [--revoke] [--forget-only]',
      booleans: ['forget-only', 'revoke'],
    }),
  ],
  [
    'bulk export',
    {
      ...exportAction,
      run: async (context, args) => {
        const [bulkId = ''] = args.words
        if (args.words.length !== 1 || !RUN_ID.test(bulkId)) return exportAction.run(context, args)
        const bulk = (await context.session.call('bulk.get', { bulkId })) as Bulk
        return printExport(context, bulk, valueOfFlag(args, 'format') ?? 'csv', valueOfFlag(args, 'out'))
      },
    },
  ],
  [
    'bulk retry',
    {
      usage: 'bulk retry BULK [--accept-risk] [--dry-run]',
      summary: 'Does again what failed or was not reached in a run.',
      booleans: ['accept-risk', 'dry-run', 'no-wait'],
      run: async (context, args) => {
        const [bulkId] = args.words
        if (bulkId === undefined || args.words.length > 1) throw usageError('The command is: patchbay bulk retry BULK')
        return run(context, { words: [], flags: new Map([...args.flags, ['retry-of', [bulkId]]]) }, null)
      },
    },
  ],
  [
    'bulk undo',
    {
      usage: 'bulk undo BULK',
      summary: 'Brings labels or tags back as they were before a run.',
      booleans: ['no-wait'],
      run: async (context, args) => {
        const [bulkId] = args.words
        if (bulkId === undefined || args.words.length > 1) throw usageError('The command is: patchbay bulk undo BULK')
        const bulk = (await context.session.call('bulk.undo', { bulkId })) as Bulk
        if (args.flags.has('no-wait')) return context.print(bulk, () => `Started: patchbay bulk get ${bulk.bulkId}`)
        await printBulk(context, await follow(context, bulk))
      },
    },
  ],
  [
    'bulk start',
    {
      usage: 'bulk start --action A [--flag value]...',
      summary: 'One action over many, by the flags of the method; asks before what cannot be undone.',
      booleans: [...FILTER_BOOLEANS, 'accept-risk', 'forget-only', 'revoke', 'no-label'],
      values: [...FILTER_VALUES, 'action', 'connection-ids', 'label', 'tags', 'tag-mode', 'tag-keys', 'retry-of'],
      run: (context, args) => run(context, args, null),
    },
  ],
]
