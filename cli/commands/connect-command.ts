import { fromWire, PatchbayError } from '#shared/errors'
import { type Command, type CommandContext, profileIdOf, readSecrets, valueOfFlag, wordsOf } from '../command.ts'
import { parsePairs } from '../command-from-method.ts'
import { safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'
import { runDryRun, runQueue } from './connect-queue-command.ts'
import { announce, type Flow, type Interrupt, listenForInterrupt } from './flow-terminal.ts'
import { readKeyFileText } from './key-file-text.ts'

interface Field {
  readonly name: string
  readonly group: 'config' | 'credential' | 'assertion'
  readonly kind: 'text' | 'file'
  readonly title: string
  readonly isOptional: boolean
  readonly isSecret: boolean
  readonly isAutomated: boolean
  readonly defaultValue: string | null
  readonly options: readonly string[] | null
}

/** How often an open flow is looked at; the socket is local, and an event wakes it earlier. */
const LOOK_MS = 500

const ENDED = new Set(['connected', 'failed', 'cancelled', 'expired'])

/** Asks at a terminal for what the form still needs; of a connection that is there the configuration is known. */
export const askForMissing = async (
  { io, session }: CommandContext,
  connectorId: string,
  profileId: string | undefined,
  fields: Record<string, string>,
  credentials: Record<string, string>,
  isReconnect = false,
): Promise<void> => {
  if (!io.isInputTerminal || !io.isErrorTerminal) return
  const connector = (await session.call('catalogue.get', { connectorId, ...(profileId !== undefined && { profileId }) })) as {
    readonly fields: readonly Field[]
  }
  for (const field of connector.fields) {
    const values = field.group === 'credential' ? credentials : fields
    const isGiven = Object.hasOwn(values, field.name) || (field.isSecret && Object.hasOwn(credentials, field.name))
    if (isReconnect && field.group === 'config') continue
    if (field.isAutomated || field.isOptional || field.defaultValue !== null || isGiven) continue
    const choices = field.options === null ? '' : ` (${field.options.slice(0, 12).join(', ')})`
    if (field.kind === 'file') {
      credentials[field.name] = readKeyFileText(await io.ask(`${safeText(field.title)} (path of the file): `))
      continue
    }
    values[field.name] = await io.ask(`${safeText(field.title)}${safeText(choices)}: `, { isSecret: field.isSecret })
  }
}

/** How often and how long a flow is looked for that was begun by a command interrupted meanwhile. */
const SEARCH_MS = 200
const SEARCHES = 15

/** Starts a flow. Interrupted before the answer, it looks for the flow that it began, and for no other, and cancels that. */
export const start = async (
  { session }: CommandContext,
  begin: { readonly method: string; readonly params: unknown; readonly isOwn: (flow: Flow) => boolean },
  interrupt: Interrupt,
): Promise<Flow> => {
  const begunAt = Date.now()
  let isSettled = false
  const starting = (session.call(begin.method, begin.params) as Promise<Flow>).finally(() => {
    isSettled = true
  })
  const started = await Promise.race([starting, interrupt.happened])
  if (started !== undefined) return started
  starting.catch(() => {})
  const isOwn = (flow: Flow): boolean => begin.isOwn(flow) && Date.parse(flow.createdAt) >= begunAt
  for (let search = 0; search < SEARCHES; search += 1) {
    const isLast = isSettled
    const { flows } = (await session.call('connect.list', { isOpen: true })) as { readonly flows: readonly Flow[] }
    const own = flows.find(isOwn)
    if (own !== undefined) await session.call('connect.cancel', { flowId: own.flowId }).catch(() => {})
    if (own !== undefined || isLast) break
    await new Promise((resolve) => setTimeout(resolve, SEARCH_MS))
  }
  throw new PatchbayError('request.cancelled')
}

const isSettled = (flow: Flow): boolean => ENDED.has(flow.state) || flow.reconnect?.decision != null

/** Waits for the end of a flow, or until it asks something; Ctrl-C cancels it. */
export const untilSettled = async ({ session }: CommandContext, started: Flow, interrupt: Interrupt): Promise<Flow> => {
  const client = await session.connect()
  let wake = (): void => {}
  void interrupt.happened.then(() => wake())
  const stopListening = client.onEvent(() => wake())
  try {
    await session.call('events.subscribe', {})
    let flow = started
    while (!isSettled(flow)) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_MS)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
        if (interrupt.isCancelled()) wake()
      })
      if (interrupt.isCancelled()) {
        await session.call('connect.cancel', { flowId: flow.flowId }).catch(() => {})
        throw new PatchbayError('request.cancelled')
      }
      flow = (await session.call('connect.get', { flowId: flow.flowId })) as Flow
    }
    return flow
  } finally {
    stopListening()
  }
}

/** Why a flow that ended did not succeed. */
export const failureOf = (flow: Flow): PatchbayError => {
  if (flow.error !== undefined) return fromWire(flow.error)
  if (flow.state === 'cancelled') return new PatchbayError('request.cancelled')
  return new PatchbayError(flow.state === 'expired' ? 'connect.expired' : 'connect.provider_error')
}

/** The code as half blocks, black on white whatever the terminal's colours are. */
export const drawQrCode = (rows: readonly string[]): string => {
  const lines: string[] = []
  for (let y = 0; y < rows.length; y += 2) {
    const cells = [...(rows[y] ?? '')].map((upper, x) =>
      upper === '1' ? (rows[y + 1]?.[x] === '1' ? ' ' : '▄') : rows[y + 1]?.[x] === '1' ? '▀' : '█',
    )
    lines.push(`\u001b[97;40m${cells.join('')}\u001b[0m`)
  }
  return lines.join('\n')
}

/** The code of the address of a flow, where there is one. */
export const showQrCode = async ({ io, session, say }: CommandContext, flow: Flow): Promise<void> => {
  if (flow.authorizationUrl === undefined) return
  if (!io.isErrorTerminal) return say('A QR code needs a terminal.')
  const { rows, isLocal } = (await session.call('connect.qrCode', { flowId: flow.flowId })) as {
    readonly rows: readonly string[]
    readonly isLocal: boolean
  }
  if (isLocal) return say('This sign-in page lives on this computer, so no other device can open it.')
  if (rows.length === 0) return say('The address is too long for a QR code.')
  io.err(`${drawQrCode(rows)}\n`)
}

/** The parts of a flag that lists: `a,b`, given once or several times. */
export const listOf = (args: Parameters<Command['run']>[1], name: string): string[] | undefined =>
  args.flags
    .get(name)
    ?.flatMap((value) => String(value).split(','))
    .filter((part) => part !== '')

/** Secrets from files: a path is no secret, so it may be an argument. */
const credentialFiles = (args: Parameters<Command['run']>[1]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parsePairs('credential-file', args.flags.get('credential-file') ?? [])).map(([name, file]) => [
      name,
      readKeyFileText(file),
    ]),
  )

/** What a sign-in asks for besides its scopes. */
const wishesOf = (args: Parameters<Command['run']>[1]) => {
  const scopes = listOf(args, 'scopes')
  const userScopes = listOf(args, 'user-scopes')
  const authorizationParams = parsePairs('param', args.flags.get('param') ?? [])
  return {
    ...(scopes !== undefined && { scopes }),
    ...(userScopes !== undefined && { userScopes }),
    ...(Object.keys(authorizationParams).length > 0 && { authorizationParams }),
  }
}

/** Several connectors of which nothing is known but their names. */
const queueOf = async (context: CommandContext, args: Parameters<Command['run']>[1], connectorIds: readonly string[]): Promise<void> => {
  wordsOf(args, connectCommand.usage, 0)
  const alone = ['field', 'credential', 'credential-file', 'label', 'scopes', 'any-of', 'via', 'qr', 'connect-ui'].find((name) =>
    args.flags.has(name),
  )
  if (alone !== undefined) throw usageError(`--${alone} is for one connector; with --queue each is asked for what it needs.`)
  const profile = valueOfFlag(args, 'profile')
  const profileId = profile === undefined ? undefined : await profileIdOf(context, profile)
  if (args.flags.has('dry-run')) return runDryRun(context, { profileId, requests: connectorIds.map((connectorId) => ({ connectorId })) })
  const requests: Readonly<Record<string, unknown>>[] = []
  for (const connectorId of connectorIds) {
    const fields: Record<string, string> = {}
    const credentials: Record<string, string> = {}
    await askForMissing(context, connectorId, profileId, fields, credentials)
    requests.push({ connectorId, fields, credentials })
  }
  await runQueue(context, { profileId, requests }, !args.flags.has('no-open'))
}

const run: Command['run'] = async (context, args) => {
  const { session, print, say, isJson } = context
  const queued = listOf(args, 'queue')
  if (queued !== undefined) return queueOf(context, args, queued)
  const [connectorId = ''] = wordsOf(args, connectCommand.usage, 1)
  const fields = parsePairs('field', args.flags.get('field') ?? [])
  const given = parsePairs('credential', args.flags.get('credential') ?? [])
  if (Object.values(given).some((value) => value !== '-')) {
    throw usageError('A credential is read from stdin, never from an argument.', 'Write --credential name=- and send the value to stdin.')
  }
  const credentials = { ...credentialFiles(args), ...(await readSecrets(context, Object.keys(given))) }
  const profile = valueOfFlag(args, 'profile')
  const profileId = profile === undefined ? undefined : await profileIdOf(context, profile)
  const label = valueOfFlag(args, 'label')
  const wishes = wishesOf(args)
  if (args.flags.has('dry-run')) {
    const request = { connectorId, ...wishes, ...(label !== undefined && { label }), fields, credentials }
    return runDryRun(context, { profileId, requests: [request] })
  }
  if (!args.flags.has('connect-ui') && !args.flags.has('any-of')) await askForMissing(context, connectorId, profileId, fields, credentials)
  const via = valueOfFlag(args, 'via')
  const isOpening = !args.flags.has('no-open')
  const anyOf = listOf(args, 'any-of')
  const isConnectUi = anyOf !== undefined || args.flags.has('connect-ui')
  const interrupt = listenForInterrupt()
  let ended: Flow
  try {
    const params = {
      connectorId,
      open: isOpening,
      ...(profileId !== undefined && { profileId }),
      ...(label !== undefined && { label }),
      ...wishes,
      ...(via !== undefined && { via }),
      ...(isConnectUi && { page: 'connect_ui' }),
      ...(anyOf !== undefined && { anyOf }),
      ...(Object.keys(fields).length > 0 && { fields }),
      ...(Object.keys(credentials).length > 0 && { credentials }),
    }
    const isOwn = (flow: Flow): boolean =>
      flow.reconnect === undefined && flow.connectorId === connectorId && flow.label === (label ?? null)
    const started = await start(context, { method: 'connect.start', params, isOwn }, interrupt)
    announce(context, started, isOpening)
    if (args.flags.has('qr')) await showQrCode(context, started)
    ended = await untilSettled(context, started, interrupt)
  } finally {
    interrupt.stop()
  }
  if (ended.state !== 'connected') throw failureOf(ended)
  const connection = await session.call('connections.get', { connectionId: ended.connectionId })
  if (!isJson) say('Connected.')
  print(connection)
}

/** `patchbay connect CONNECTOR`: one flow from the start to the connection. */
export const connectCommand: Command = {
  usage:
    'connect CONNECTOR | --queue a,b,c [--label L] [--profile P] [--scopes a,b] [--user-scopes a,b] [--param name=value]... [--field name=value]... [--credential name=-]... [--credential-file name=FILE]... [--connect-ui] [--any-of c,d] [--dry-run] [--no-open] [--qr]',
  summary: 'Connects an account, or several one after the other: shows the page to sign in on, waits, and prints the connection.',
  booleans: ['no-open', 'qr', 'connect-ui', 'dry-run'],
  values: ['label', 'profile', 'scopes', 'user-scopes', 'param', 'field', 'credential', 'credential-file', 'via', 'any-of', 'queue'],
  run,
}
