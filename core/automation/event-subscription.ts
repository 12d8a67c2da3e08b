import type { ChangeEvent } from '#shared/contract/contract'
import type { PublicEvent } from '#shared/contract/events'
import type { Reply } from '#shared/wire'
import type { Caller } from '#core/caller'
import type { Core } from '#core/core'
import { invalidReply } from './socket-refusals.ts'

/** A subscription that has been answered; events flow once `begin` is called. */
export interface EventSubscription {
  readonly reply: Reply
  readonly begin: () => void
  readonly stop: () => void
}

const PAGE = 1000

/** Who is further behind reads with `events.list` first: a subscription is for what is new. */
const MAX_MISSED = 10_000

/** What tells that something of programs waits for the person, or waits no more. */
const OF_PROGRAMS: ReadonlySet<ChangeEvent['type']> = new Set(['grants.changed', 'calls.changed'])

/** Calls back, for the person's own command line alone, when a request or a call of a program came or was answered; returns the end of it. */
export const subscribeToRequests = (core: Pick<Core, 'onChange'>, caller: Caller, send: (change: ChangeEvent) => void): (() => void) =>
  caller.kind === 'cli'
    ? core.onChange((change) => {
        if (OF_PROGRAMS.has(change.type)) send(change)
      })
    : () => {}

interface EventPage {
  readonly events: readonly PublicEvent[]
  readonly lastSequence: number
}

/**
 * Answers `events.subscribe`: every event after `afterSequence` (else every later one), each once and in order.
 * What is stored is read through the dispatcher as the same caller, so the same rules decide what it may see.
 */
export const subscribeToEvents = async (
  core: Pick<Core, 'dispatch' | 'onPublicEvent'>,
  caller: Caller,
  params: unknown,
  send: (event: PublicEvent) => void,
): Promise<EventSubscription> => {
  const arrived: PublicEvent[] = []
  let deliver = (event: PublicEvent): void => {
    arrived.push(event)
  }
  const stop = core.onPublicEvent((event) => deliver(event))
  const refuse = (reply: Reply): EventSubscription => {
    stop()
    return { reply, begin: () => {}, stop: () => {} }
  }
  const names = Object.keys(params ?? {})
  const after = (params as { readonly afterSequence?: unknown } | undefined)?.afterSequence
  if (names.some((name) => name !== 'afterSequence')) return refuse(invalidReply('afterSequence', 'is the only parameter'))

  const missed: PublicEvent[] = []
  let last = 0
  if (after === undefined) {
    const reply = await core.dispatch(caller, 'events.list', { newestFirst: true, limit: 1 })
    if (!reply.ok) return refuse(reply)
    last = (reply.value as EventPage).lastSequence
  } else {
    let from = after
    for (;;) {
      const reply = await core.dispatch(caller, 'events.list', { afterSequence: from, limit: PAGE })
      if (!reply.ok) return refuse(reply)
      const page = reply.value as EventPage
      missed.push(...page.events)
      last = page.events.at(-1)?.sequence ?? last
      if (page.events.length < PAGE) {
        last = Math.max(last, page.lastSequence)
        break
      }
      from = last
      if (missed.length >= MAX_MISSED)
        return refuse(invalidReply('afterSequence', `more than ${MAX_MISSED} events behind: read them with events.list first`))
    }
  }
  return {
    reply: { ok: true, value: { lastSequence: last } },
    begin: () => {
      for (const event of missed) send(event)
      for (const event of arrived) if (event.sequence > last) send(event)
      deliver = send
    },
    stop,
  }
}
