import { PatchbayError } from '#shared/errors'
import { tellingName } from '#shared/telling-name'
import { type Account, type Call, listAccounts } from '../account-list.ts'
import { type Command, type CommandContext, valueOfFlag } from '../command.ts'
import { formatTable, safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'

type Picked = Pick<Account, 'connectionId' | 'handle' | 'connectorId'>

/** How long a request may go unanswered before it is said where it waits, milliseconds: one that is refused is refused sooner. */
const SAID_AFTER_MS = 300
const MOST_LISTED = 50

/** A connection that is still being made is nobody's choice yet. */
const OFFERED = ['attention', 'expired', 'error', 'unknown', 'connected', 'paused', 'revoked']

const hasTerminal = ({ io }: CommandContext): boolean => io.isInputTerminal && io.isErrorTerminal

const accountsOf = async ({ session }: CommandContext, connectorIds: readonly string[]): Promise<readonly Account[]> => {
  const call: Call = (method, params) => session.call(method, params)
  if (connectorIds.length === 0) return listAccounts(call, { status: OFFERED })
  const lists: (readonly Account[])[] = []
  for (const connectorId of connectorIds) lists.push(await listAccounts(call, { status: OFFERED, connectorId }))
  return lists.flat()
}

/** The account that is meant where nothing is typed: the default of the first connector that has one, or the only one there is. */
const preselectedOf = async (
  { session }: CommandContext,
  connectorIds: readonly string[],
  accounts: readonly Account[],
): Promise<Account | undefined> => {
  if (accounts.length === 1) return accounts[0]
  const { defaults } = (await session.call('connections.defaults')) as { readonly defaults: readonly Picked[] }
  const named = connectorIds.flatMap((id) => defaults.find(({ connectorId }) => connectorId === id) ?? []).at(0)
  return accounts.find(({ connectionId }) => connectionId === named?.connectionId)
}

const meantBy = (answer: string, accounts: readonly Account[]): Account | undefined =>
  /^\d+$/.test(answer)
    ? accounts[Number(answer) - 1]
    : accounts.find(({ handle }) => handle === answer.toLowerCase() || handle.endsWith(`/${answer.toLowerCase()}`))

/** Lists the accounts on stderr and asks for one of them there. Throws `request.cancelled` where none is chosen. */
const askHere = async (context: CommandContext, connectorIds: readonly string[], reason: string | undefined): Promise<Picked> => {
  const { io, say, view } = context
  const accounts = await accountsOf(context, connectorIds)
  const preselected = await preselectedOf(context, connectorIds, accounts)
  const rows = accounts.slice(0, MOST_LISTED).map((account, index) => {
    const { handle, label, identity, status } = account
    const who = tellingName(identity) ?? '-'
    return [`${account === preselected ? '*' : ' '} ${index + 1}`, handle, who, label ?? '-', status].map((text) => ({
      text: safeText(text),
    }))
  })
  if (reason !== undefined) say(safeText(reason))
  say(formatTable(['  NO', 'CONNECTION', 'ACCOUNT', 'LABEL', 'STATUS'], rows, view.columns, view.paint))
  if (accounts.length > rows.length) say(`There are ${accounts.length - rows.length} more: type the handle of one.`)
  const empty = preselected === undefined ? 'nothing to choose none' : `Enter for ${preselected.handle}, none to choose none`
  for (;;) {
    const answer = (await io.ask(`Which connection? A number or a handle, ${safeText(empty)}: `)).trim()
    const chosen = answer === '' ? preselected : meantBy(answer, accounts)
    if (chosen !== undefined) return chosen
    if (answer === '' || answer === 'none') throw new PatchbayError('request.cancelled', { message: 'No connection was chosen.' })
    say(`There is no ${safeText(answer)} in the list.`)
  }
}

const connectorsIn = (error: PatchbayError): readonly string[] => {
  const { connectorIds } = error.data
  return Array.isArray(connectorIds) ? connectorIds.filter((id) => typeof id === 'string') : []
}

/** The answer of the window, or, where none is open and a person sits at the terminal, the one that is typed there. */
const pick = async (context: CommandContext, params: Readonly<Record<string, unknown>>, reason: string | undefined): Promise<Picked> => {
  const { session, say } = context
  const saying = setTimeout(() => {
    if (hasTerminal(context)) say('Choose a connection in the window of Patchbay. Ctrl-C ends the request.')
  }, SAID_AFTER_MS)
  try {
    return (await session.call('connections.pick', params)) as Picked
  } catch (error) {
    if (!(error instanceof PatchbayError) || error.code !== 'connection.pick_no_window' || !hasTerminal(context)) throw error
    clearTimeout(saying)
    return await askHere(context, connectorsIn(error), reason)
  } finally {
    clearTimeout(saying)
  }
}

/** `patchbay connections pick [CONNECTOR...]`: the person chooses; stdout holds the handle alone. */
export const pickCommand: Command = {
  usage: 'connections pick [CONNECTOR...] [--reason TEXT] [--timeout SECONDS]',
  summary: 'Lets the person choose a connection, in the window or else on the terminal, and prints its handle.',
  values: ['reason', 'timeout'],
  run: async (context, args) => {
    const reason = valueOfFlag(args, 'reason')
    const timeout = valueOfFlag(args, 'timeout')
    const timeoutSeconds = Number(timeout)
    if (timeout !== undefined && !(Number.isInteger(timeoutSeconds) && timeoutSeconds >= 1 && timeoutSeconds <= 600))
      throw usageError('--timeout wants whole seconds, from 1 to 600.')
    const connectorIds = args.words.flatMap((word) => word.split(',')).filter((word) => word !== '')
    const params = {
      ...(connectorIds.length > 0 && { connectorIds }),
      ...(reason !== undefined && { reason }),
      ...(timeout !== undefined && { timeoutSeconds }),
    }
    const { connectionId, handle, connectorId } = await pick(context, params, reason)
    context.print({ connectionId, handle, connectorId }, () => safeText(handle))
  },
}
