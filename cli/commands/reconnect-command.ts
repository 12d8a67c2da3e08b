import { PatchbayError } from '#shared/errors'
import { type Command, type CommandContext, confirm, readSecrets, valueOfFlag, wordsOf } from '../command.ts'
import { parsePairs } from '../command-from-method.ts'
import { safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'
import { askForMissing, failureOf, listOf, showQrCode, start, untilSettled } from './connect-command.ts'
import { type Account, announce, type Flow, type Interrupt, listenForInterrupt } from './flow-terminal.ts'

interface Named {
  readonly connectionId: string
  readonly handle: string
  readonly connectorId: string
  readonly profileId: string
}

const METHOD = 'connections.reconnect'

const hasTerminal = ({ io }: CommandContext): boolean => io.isInputTerminal && io.isErrorTerminal

/** Starts the flow; where the sign-in of now cannot be kept aside, that is said and asked first. */
const begin = async (context: CommandContext, params: Named & Record<string, unknown>, interrupt: Interrupt): Promise<Flow> => {
  const { handle: _handle, connectorId: _connectorId, profileId: _profileId, ...sent } = params
  const isOwn = (flow: Flow): boolean => flow.reconnect !== undefined && flow.connectionId === params.connectionId
  const call = (acceptRisk: boolean): Promise<Flow> => start(context, { method: METHOD, params: { ...sent, acceptRisk }, isOwn }, interrupt)
  try {
    return await call(params['acceptRisk'] === true)
  } catch (error) {
    if (!(error instanceof PatchbayError) || error.code !== 'connection.reconnect_risky') throw error
    const canAsk = context.saysYes || hasTerminal(context)
    if (!canAsk || !(await confirm(context, `${error.message} Reconnect anyway?`))) throw error
    return call(true)
  }
}

const nameOf = (account: Account): string => {
  const [first, second] = [account.displayName, account.username, account.email, account.accountId].filter((text) => text !== null)
  return safeText(first === undefined ? 'an unknown account' : second === undefined ? first : `${first} (${second})`)
}

const ANSWERS: Readonly<Record<string, { readonly letter: string; readonly words: string }>> = {
  keep: { letter: 'k', words: '[k]eep the account of before' },
  replace: { letter: 'r', words: '[r]eplace it' },
  add: { letter: 'a', words: '[a]dd the other as a connection of its own' },
}

/** What becomes of another account: asked on a terminal, else nothing of it is taken. */
const settle = async (context: CommandContext, flow: Flow): Promise<Flow> => {
  const decision = flow.reconnect?.decision ?? null
  if (decision === null) return flow
  const { session, io, say } = context
  const { options, known, found } = decision
  say(`Another account came back. Before: ${nameOf(known)}. Now: ${nameOf(found)}.`)
  const decide = async (choice: string): Promise<Flow> =>
    (await session.call('connect.decide', { flowId: flow.flowId, decision: choice })) as Flow
  const decline = async (): Promise<Flow> => (await session.call('connect.cancel', { flowId: flow.flowId })) as Flow
  if (!hasTerminal(context)) return options.includes('keep') ? decide('keep') : decline()
  const offered = options.flatMap((option) => ANSWERS[option]?.words ?? [])
  const answer = (await io.ask(`${offered.join(', ')}, or nothing to leave it at that: `)).trim().toLowerCase()
  const choice = options.find((option) => answer !== '' && (option === answer || ANSWERS[option]?.letter === answer))
  return choice === undefined ? decline() : decide(choice)
}

const run: Command['run'] = async (context, args) => {
  const { session, print, say, isJson } = context
  const [reference = ''] = wordsOf(args, reconnectCommand.usage, 1)
  const found = (await session.call('connections.get', { connectionId: reference })) as Named
  const fields = parsePairs('field', args.flags.get('field') ?? [])
  const given = parsePairs('credential', args.flags.get('credential') ?? [])
  if (Object.values(given).some((value) => value !== '-')) {
    throw usageError('A credential is read from stdin, never from an argument.', 'Write --credential name=- and send the value to stdin.')
  }
  const credentials = await readSecrets(context, Object.keys(given))
  const isConnectUi = args.flags.has('connect-ui')
  if (!isConnectUi) await askForMissing(context, found.connectorId, found.profileId, fields, credentials, true)
  const scopes = listOf(args, 'scopes')
  const via = valueOfFlag(args, 'via')
  const isOpening = !args.flags.has('no-open')
  const interrupt = listenForInterrupt()
  let settled: Flow
  try {
    const { connectionId, handle, connectorId, profileId } = found
    const params = {
      connectionId,
      handle,
      connectorId,
      profileId,
      open: isOpening,
      acceptRisk: args.flags.has('accept-risk'),
      ...(scopes !== undefined && { scopes }),
      ...(via !== undefined && { via }),
      ...(isConnectUi && { page: 'connect_ui' }),
      ...(Object.keys(fields).length > 0 && { fields }),
      ...(Object.keys(credentials).length > 0 && { credentials }),
    }
    const started = await begin(context, params, interrupt)
    announce(context, started, isOpening)
    if (args.flags.has('qr')) await showQrCode(context, started)
    settled = await untilSettled(context, started, interrupt)
  } finally {
    interrupt.stop()
  }
  const ended = await settle(context, settled)
  if (ended.state !== 'connected') throw failureOf(ended)
  const added = ended.reconnect?.addedConnectionId ?? null
  if (added !== null) {
    const other = (await session.call('connections.get', { connectionId: added })) as Named
    say(`The other account is a connection of its own now: ${safeText(other.handle)}.`)
  }
  const connection = await session.call('connections.get', { connectionId: ended.connectionId })
  if (!isJson) say(added === null ? 'Reconnected.' : 'The account of before is back in its place.')
  print(connection)
}

/** `patchbay connections reconnect REF`: signs in anew, in place; without a terminal another account is not taken. */
export const reconnectCommand: Command = {
  usage:
    'connections reconnect REF [--scopes a,b] [--field name=value]... [--credential name=-]... [--connect-ui] [--no-open] [--qr] [--accept-risk] [--yes]',
  summary: 'Signs a connection in anew, in place: its handle, tags and metadata stay.',
  booleans: ['no-open', 'qr', 'connect-ui', 'accept-risk'],
  values: ['scopes', 'field', 'credential', 'via'],
  run,
}
