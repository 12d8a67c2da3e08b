import type { Grant, LiveCall } from '#shared/contract/grants'
import { PatchbayError } from '#shared/errors'
import type { CommandContext } from '../command.ts'
import { usageError } from '../usage-error.ts'
import { allow, SEEN_MS } from './grant-answer.ts'
import { callQuestion, formatCallFacts } from './grant-call-text.ts'
import { formatRequest, quoted } from './grant-text.ts'

/** Calls of programs change all the time; they are looked for this often at most, milliseconds. */
const PACE_MS = 500

/** Tells when there may be something new; every look is a line of the audit, so nobody looks for nothing. */
class Bell {
  #hasRung = false
  #hear: (() => void) | null = null

  ring(): void {
    this.#hasRung = true
    this.#hear?.()
  }

  async rung(): Promise<void> {
    if (!this.#hasRung) await new Promise<void>((resolve) => (this.#hear = resolve))
    this.#hear = null
  }

  /** What rings from here on is news. */
  rest(): void {
    this.#hasRung = false
  }
}

/** Asks until `until` at the latest. Null: nobody answered in time. */
const answerOf = async ({ io }: CommandContext, question: string, until: string): Promise<boolean | null> => {
  const signal = AbortSignal.timeout(Math.max(0, Date.parse(until) - Date.now()))
  try {
    return /^y(?:es)?$/i.test((await io.ask(question, { settleMs: SEEN_MS, signal })).trim())
  } catch (error) {
    if (signal.aborted) return null
    throw error
  }
}

/** What came too late was answered by somebody else, or by nobody in time. */
const TOO_LATE = new Set(['grant.not_waiting', 'grant.not_found', 'grant.call_ended'])

const unlessTooLate = async (context: CommandContext, answer: () => Promise<unknown>, done: string): Promise<void> => {
  try {
    await answer()
    context.say(done)
  } catch (error) {
    if (!(error instanceof PatchbayError) || !TOO_LATE.has(error.code)) throw error
    context.say('That was over before you answered.')
  }
}

const askForGrant = async (context: CommandContext, request: Grant): Promise<void> => {
  const { session, say, view } = context
  say(`\n${formatRequest(request, view)}`)
  const isAllowed = await answerOf(context, 'Allow? [y/N] ', request.answerBy)
  const who = quoted(request.clientName)
  if (isAllowed === null) return say(`Nobody answered: ${who} was denied.`)
  if (isAllowed) return unlessTooLate(context, () => allow(context, request, {}), `Allowed: ${who}.`)
  return unlessTooLate(context, () => session.call('grants.deny', { grantId: request.grantId }), `Denied: ${who}.`)
}

const askForCall = async (context: CommandContext, call: LiveCall): Promise<void> => {
  context.say(`\n${formatCallFacts(call, context.view)}`)
  const isAllowed = await answerOf(context, callQuestion(call), call.answerBy ?? call.startedAt)
  if (isAllowed === null) return context.say('Nobody answered: it was refused.')
  const answer = (): Promise<unknown> => context.session.call('grants.answerCall', { callId: call.callId, isAllowed })
  return unlessTooLate(context, answer, isAllowed ? 'Allowed, this once.' : 'Refused.')
}

/** Stays and asks for each request, and for each call of a grant that asks each time. Ends when the host does, or at Ctrl-C. */
export const watchRequests = async (context: CommandContext): Promise<void> => {
  const { io, session, say } = context
  if (!io.isInputTerminal || !io.isErrorTerminal)
    throw usageError('Requests are answered on a terminal. Nobody is here.', 'A script answers with `patchbay grants approve GRANT --yes`.')
  const asked = new Set<string>()
  const isNew = (id: string): boolean => !asked.has(id)
  const bell = new Bell()
  let asksEachTime = false
  const client = await session.connect()
  client.onChange(({ type }) => {
    if (type === 'grants.changed' || asksEachTime) bell.ring()
  })
  await session.call('events.subscribe', {})
  // The next look then says that the host has gone.
  void client.closed.then(() => bell.ring())
  say('Waiting for requests of programs. Ctrl-C ends it.')
  for (;;) {
    bell.rest()
    const { grants } = (await session.call('grants.list', {})) as { readonly grants: readonly Grant[] }
    const request = grants.find(({ state, grantId }) => state === 'waiting' && isNew(grantId))
    if (request !== undefined) {
      asked.add(request.grantId)
      await askForGrant(context, request)
      continue
    }
    asksEachTime = grants.some((grant) => grant.state === 'active' && grant.asksEachTime)
    const { calls } = (asksEachTime ? await session.call('grants.calls', {}) : { calls: [] }) as { readonly calls: readonly LiveCall[] }
    const call = calls.find(({ state, callId }) => state === 'waiting' && isNew(callId))
    if (call !== undefined) {
      asked.add(call.callId)
      await askForCall(context, call)
      continue
    }
    await bell.rung()
    if (asksEachTime) await new Promise((resolve) => setTimeout(resolve, PACE_MS))
  }
}
