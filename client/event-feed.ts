import { PatchbayClientError } from './client-error.ts'
import type { HostWire, WireEvent } from './host-wire.ts'

/** Beyond this a slow reader's events are read again from the host when it comes to them. */
const MAX_HELD = 10_000
const PAGE = 1000

/** Where a reader of events stands on one connection. */
interface Reader {
  held: WireEvent[]
  isBehind: boolean
  wake: () => void
}

const subscriptions = new WeakMap<HostWire, Promise<number>>()

/** Subscribes a connection once, where it is let; resolves to the last sequence number before it. */
const subscribe = (wire: HostWire): Promise<number> => {
  let subscribed = subscriptions.get(wire)
  if (subscribed === undefined) {
    subscribed = wire.call('events.subscribe', {}).then((answer) => (answer as { readonly lastSequence: number }).lastSequence)
    subscriptions.set(wire, subscribed)
    // A refusal is no subscription: after another grant the next reader asks again.
    subscribed.catch(() => subscriptions.delete(wire))
  }
  return subscribed
}

/** What is stored after a sequence number, in order, a page at a time. */
async function* readStored(wire: HostWire, after: number): AsyncGenerator<WireEvent, void, undefined> {
  let last = after
  for (;;) {
    const { events } = (await wire.call('events.list', { afterSequence: last, limit: PAGE })) as { readonly events: readonly WireEvent[] }
    yield* events
    last = events.at(-1)?.sequence ?? last
    if (events.length < PAGE) return
  }
}

/**
 * Every event of one connection after `after` (undefined: every later one), each once and in order, until the connection or `signal`
 * ends. `begins` is told where a feed without `after` stands, so that the next connection goes on there.
 */
export async function* feedFrom(
  wire: HostWire,
  after: number | undefined,
  begins: (sequence: number) => void,
  signal: AbortSignal,
): AsyncGenerator<WireEvent, void, undefined> {
  const reader: Reader = { held: [], isBehind: after !== undefined, wake: () => {} }
  const isOver = (): boolean => wire.failure !== null || signal.aborted
  const wake = (): void => reader.wake()
  const endings = [
    wire.onEvent((event) => {
      if (reader.held.length < MAX_HELD) reader.held.push(event)
      else reader.isBehind = true
      wake()
    }),
    wire.onClose(wake),
    () => signal.removeEventListener('abort', wake),
  ]
  signal.addEventListener('abort', wake)
  try {
    const live = await subscribe(wire)
    let last = after ?? live
    if (after === undefined) begins(live)
    while (!isOver()) {
      if (reader.isBehind) {
        reader.isBehind = false
        reader.held = []
        for await (const event of readStored(wire, last)) {
          last = event.sequence
          yield event
        }
      }
      const taken = reader.held
      reader.held = []
      for (const event of taken) {
        if (event.sequence <= last) continue
        last = event.sequence
        yield event
      }
      if (reader.held.length === 0 && !reader.isBehind && !isOver()) await new Promise<void>((resolve) => (reader.wake = resolve))
    }
  } catch (error) {
    // A connection that ended in the middle: the next one goes on where this one stood.
    if (wire.failure === null || !(error instanceof PatchbayClientError)) throw error
  } finally {
    for (const end of endings) end()
  }
}
