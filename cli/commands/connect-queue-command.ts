import { isErrorCode, PatchbayError } from '#shared/errors'
import type { CommandContext } from '../command.ts'
import type { View } from '../output.ts'
import { formatTable, safeText } from '../text-format.ts'
import { announce, type Flow, listenForInterrupt } from './flow-terminal.ts'

interface Item {
  readonly position: number
  readonly connectorId: string
  readonly label: string | null
  readonly state: string
  readonly flowId: string | null
  readonly error: { readonly code: string; readonly message: string } | null
}

interface Queue {
  readonly queueId: string
  readonly state: 'running' | 'paused' | 'done' | 'cancelled'
  readonly pausedBecause: { readonly code: string; readonly message: string } | null
  readonly items: readonly Item[]
}

interface Preview {
  readonly connectorId: string
  readonly by: 'page' | 'form' | null
  readonly integrationId: string | null
  readonly missing: readonly { readonly name: string; readonly kind: string }[]
  readonly scopes: readonly string[] | null
  readonly problem: { readonly code: string; readonly message: string } | null
}

/** What several connectors are to be connected with alike. */
export interface QueueWishes {
  readonly profileId: string | undefined
  readonly requests: readonly Readonly<Record<string, unknown>>[]
}

const LOOK_MS = 500
const NOT_CONNECTED_EXIT = 5

const WAYS = { page: 'on a page', form: 'by a form' } as const

const table = (head: readonly string[], rows: readonly (readonly string[])[], { columns, paint }: View): string =>
  formatTable(
    head,
    rows.map((cells) => cells.map((text) => ({ text }))),
    columns,
    paint,
  )

const previewLine = ({ connectorId, by, integrationId, missing, scopes, problem }: Preview): readonly string[] => [
  safeText(connectorId),
  by === null ? '' : WAYS[by],
  safeText(integrationId ?? ''),
  missing.map(({ name, kind }) => (kind === 'file' ? `${safeText(name)} (file)` : safeText(name))).join(', '),
  safeText(scopes?.join(' ') ?? ''),
  safeText(problem === null ? 'ready' : problem.message),
]

/** `--dry-run`: says what would be asked for and sent, and does neither. */
export const runDryRun = async ({ session, print, say, isJson }: CommandContext, { profileId, requests }: QueueWishes): Promise<void> => {
  const result = await session.call('queue.preview', { items: requests, ...(profileId !== undefined && { profileId }) })
  if (!isJson) say('Nothing is opened and nothing is sent.')
  print(result, (shown, view) =>
    table(
      ['CONNECTOR', 'HOW', 'INTEGRATION', 'STILL NEEDED', 'SCOPES', 'STATE'],
      (shown as { items: readonly Preview[] }).items.map(previewLine),
      view,
    ),
  )
}

const nameOf = ({ connectorId, label }: Item): string => safeText(label === null ? connectorId : `${connectorId} (${label})`)

const WORDS: Readonly<Record<string, string>> = {
  connected: 'connected',
  failed: 'not connected',
  skipped: 'skipped',
  cancelled: 'cancelled',
}

/** Says once what became of each item, and where to sign in for the one whose turn it is. */
const createTeller = (context: CommandContext, isOpening: boolean) => {
  const told = new Set<string>()
  const tellOnce = (key: string): boolean => !told.has(key) && told.add(key).has(key)
  return async ({ items }: Queue): Promise<void> => {
    for (const item of items) {
      const words = WORDS[item.state]
      if (words !== undefined && tellOnce(`end ${item.position}`))
        context.say(
          `${item.position + 1} of ${items.length}: ${nameOf(item)} ${words}.${item.error === null ? '' : ` ${safeText(item.error.message)}`}`,
        )
      if (item.state !== 'running' || item.flowId === null || told.has(`flow ${item.flowId}`)) continue
      const flow = (await context.session.call('connect.get', { flowId: item.flowId })) as Flow
      if (flow.authorizationUrl === undefined) continue
      told.add(`flow ${item.flowId}`)
      context.say(`${item.position + 1} of ${items.length}: ${nameOf(item)}`)
      announce(context, flow, isOpening)
    }
  }
}

/** `connect --queue a,b,c`: one after the other. Ctrl-C ends it; without this command it goes on by itself in the host. */
export const runQueue = async (context: CommandContext, { profileId, requests }: QueueWishes, isOpening: boolean): Promise<void> => {
  const { session, print, say } = context
  const interrupt = listenForInterrupt()
  const client = await session.connect()
  let wake = (): void => {}
  void interrupt.happened.then(() => wake())
  const stopListening = client.onEvent(() => wake())
  try {
    await session.call('events.subscribe', {})
    const params = { items: requests, open: isOpening, ...(profileId !== undefined && { profileId }) }
    let queue = (await session.call('queue.start', params)) as Queue
    const tell = createTeller(context, isOpening)
    for (;;) {
      await tell(queue)
      if (queue.state !== 'running') break
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_MS)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
        if (interrupt.isCancelled()) wake()
      })
      if (interrupt.isCancelled()) {
        await session.call('queue.cancel', { queueId: queue.queueId }).catch(() => {})
        throw new PatchbayError('request.cancelled')
      }
      queue = (await session.call('queue.get', { queueId: queue.queueId })) as Queue
    }
    if (queue.state === 'paused' && queue.pausedBecause !== null) {
      const { code, message } = queue.pausedBecause
      say(`The queue waits and goes on by itself, or with: patchbay queue resume --queue-id ${queue.queueId}`)
      throw new PatchbayError(isErrorCode(code) ? code : 'internal', { message, data: { queueId: queue.queueId } })
    }
    print(queue, (shown, view) =>
      table(
        ['CONNECTOR', 'STATE', 'WHY NOT'],
        (shown as Queue).items.map((item) => [nameOf(item), WORDS[item.state] ?? item.state, safeText(item.error?.code ?? '')]),
        view,
      ),
    )
    if (queue.items.some(({ state }) => state !== 'connected')) process.exitCode = NOT_CONNECTED_EXIT
  } finally {
    stopListening()
    interrupt.stop()
  }
}
