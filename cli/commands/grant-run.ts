import type { Grant, LiveCall } from '#shared/contract/grants'
import { PatchbayError } from '#shared/errors'
import { type CommandContext, confirm, valueOfFlag, wordsOf } from '../command.ts'
import type { Arguments } from '../command-from-method.ts'
import { safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'
import { callQuestion, formatCall, formatCalls } from './grant-call-text.ts'
import { formatGrant, formatGrants, formatLess, formatRequest, formatRevokedAll, quoted } from './grant-text.ts'
import { termsOf } from './grant-flags.ts'
import { watchRequests } from './grant-watch.ts'
import { allow, SEEN_MS } from './grant-answer.ts'

type Run = (context: CommandContext, args: Arguments) => Promise<void>

interface GrantList {
  readonly grants: readonly Grant[]
  readonly isPaused: boolean
}

const listGrants = async ({ session }: CommandContext, params: object = {}): Promise<readonly Grant[]> =>
  ((await session.call('grants.list', params)) as GrantList).grants

/** The grant that is named, by a word or by --grant-id. */
const namedGrant = (args: Arguments, verb: string): string => {
  const byFlag = valueOfFlag(args, 'grant-id')
  const [grantId = byFlag ?? ''] = wordsOf(args, `grants ${verb} GRANT`, byFlag === undefined ? 1 : 0)
  return grantId
}

/** `patchbay grants list`. */
export const list: Run = async ({ session, print }, args) => {
  wordsOf(args, 'grants list', 0)
  const state = valueOfFlag(args, 'state')
  const clientId = valueOfFlag(args, 'client-id')
  print(
    await session.call('grants.list', { ...(state !== undefined && { state }), ...(clientId !== undefined && { clientId }) }),
    formatGrants,
  )
}

/** The request that is meant; without a name the only one there is. Throws `grant.not_found` and `grant.not_waiting`. */
const requestOf = async (context: CommandContext, grantId: string | undefined): Promise<Grant> => {
  if (grantId === undefined) {
    const [first, second] = await listGrants(context, { state: 'waiting' })
    if (first === undefined) throw new PatchbayError('grant.not_found', { message: 'No program asks for a grant now.' })
    if (second !== undefined) throw usageError('More than one program asks.', 'Name one: patchbay grants list --state waiting.')
    return first
  }
  const found = (await listGrants(context)).find((grant) => grant.grantId === grantId)
  if (found === undefined) throw new PatchbayError('grant.not_found')
  if (found.state !== 'waiting') throw new PatchbayError('grant.not_waiting')
  return found
}

/** `patchbay grants approve [GRANT]`: everything that is asked is shown first; the yes is for that and nothing else. */
export const approve: Run = async (context, args) => {
  const { io, saysYes, say, view, print } = context
  const byFlag = valueOfFlag(args, 'grant-id')
  const [grantId = byFlag] = wordsOf(args, 'grants approve [GRANT]', 0, byFlag === undefined ? 1 : 0)
  const isAsked = !saysYes && io.isInputTerminal && io.isErrorTerminal
  if (!isAsked && !saysYes) throw usageError('A grant wants your yes. Nobody is here to answer.', 'Add --yes to say so beforehand.')
  if (saysYes && grantId === undefined)
    throw usageError('With --yes the request has to be named.', 'The command is: patchbay grants approve GRANT --yes')
  const request = await requestOf(context, grantId)
  const terms = termsOf(args, request)
  if (isAsked) {
    say(formatRequest(request, view))
    if (Object.keys(terms).length > 0) say(formatLess({ ...request, ...terms, ...shownReach(request, terms) } as Grant, view))
    const answer = await io.ask('Allow? [y/N] ', { settleMs: SEEN_MS })
    if (!/^y(?:es)?$/i.test(answer.trim())) {
      const next = `It still waits. To say no: patchbay grants deny ${request.grantId}`
      throw new PatchbayError('request.cancelled', { message: 'Nothing was allowed.', data: { next } })
    }
  }
  print(await allow(context, request, terms), formatGrant)
}

/** Which of the connections that are shown are left where the reach is named anew; what is not shown is told by its name. */
const shownReach = (request: Grant, { connections }: ReturnType<typeof termsOf>): Partial<Grant> => {
  if (connections === undefined) return {}
  const names =
    connections.kind === 'some' ? connections.connectionIds : connections.kind === 'connectors' ? connections.connectorIds : null
  const isNamed = (name: string, { connectionId, handle, connectorId }: Grant['covered'][number]): boolean =>
    [connectionId, handle, connectorId].includes(name)
  // Which of them have a tag only the host knows.
  const covered =
    names === null
      ? request.covered.filter(() => connections.kind === 'all')
      : request.covered.filter((one) => names.some((name) => isNamed(name, one)))
  const unknownReferences = (names ?? []).filter((name) => !request.covered.some((one) => isNamed(name, one)))
  return { covered, coveredCount: covered.length, unknownReferences }
}

/** A method of one grant. */
const act =
  (verb: 'deny' | 'revoke' | 'restore'): Run =>
  async ({ session, print }, args) =>
    print(await session.call(`grants.${verb}`, { grantId: namedGrant(args, verb) }), formatGrant)

export const deny = act('deny')
export const revoke = act('revoke')
export const restore = act('restore')

/** `patchbay grants update GRANT`: asks before credentials themselves may be handed out. */
export const update: Run = async (context, args) => {
  const grantId = namedGrant(args, 'update')
  const grant = (await listGrants(context)).find((each) => each.grantId === grantId)
  if (grant === undefined) throw new PatchbayError('grant.not_found')
  const terms = termsOf(args, grant)
  if (Object.keys(terms).length === 0) throw usageError('Nothing is named that would change.', 'See `patchbay grants update --help`.')
  const isLouder = terms.verbs?.includes('secret') === true && !grant.verbs.includes('secret')
  const question = `Let ${quoted(grant.clientName)} hold the credentials themselves? What it has copied stays with it.`
  if (isLouder && !(await confirm(context, question))) throw new PatchbayError('request.cancelled')
  context.print(await context.session.call('grants.update', { grantId, ...terms }), formatGrant)
}

/** `patchbay grants revoke-all`. */
export const revokeAll: Run = async (context, args) => {
  wordsOf(args, 'grants revoke-all', 0)
  const question = 'Take back what every program may do? Each has to ask again.'
  if (!(await confirm(context, question))) throw new PatchbayError('request.cancelled')
  context.print(await context.session.call('grants.revokeAll', {}), formatRevokedAll)
}

/** `patchbay grants forget GRANT`. */
export const forget: Run = async ({ session, print }, args) => {
  const grantId = namedGrant(args, 'forget')
  print(await session.call('grants.forget', { grantId }), () => `Off the list: ${safeText(grantId)}. The audit keeps what it did.`)
}

/** `patchbay grants pause`. */
export const pause: Run = async ({ session, print }, args) => {
  wordsOf(args, 'grants pause', 0)
  print(await session.call('grants.pause', {}), () => 'All programs are paused: their calls are refused. To end it: patchbay grants resume')
}

/** `patchbay grants resume`. */
export const resume: Run = async ({ session, print }, args) => {
  wordsOf(args, 'grants resume', 0)
  print(await session.call('grants.resume', {}), () => 'Programs may use their grants again.')
}

/** `patchbay grants calls`. */
export const calls: Run = async ({ session, print }, args) => {
  wordsOf(args, 'grants calls', 0)
  print(await session.call('grants.calls', {}), formatCalls)
}

/** `patchbay grants allow-call CALL`: on a terminal what it would do is shown and asked first. */
export const allowCall: Run = async ({ session, io, saysYes, say, view, print }, args) => {
  const [callId = ''] = wordsOf(args, 'grants allow-call CALL', 1)
  const { calls: now } = (await session.call('grants.calls', {})) as { readonly calls: readonly LiveCall[] }
  const call = now.find((each) => each.callId === callId && each.state === 'waiting')
  if (call !== undefined) {
    say(formatCall(call, view))
    const isAsked = !saysYes && io.isInputTerminal && io.isErrorTerminal
    if (isAsked && !/^y(?:es)?$/i.test((await io.ask(callQuestion(call), { settleMs: SEEN_MS })).trim())) {
      const next = `It still waits. To say no: patchbay grants deny-call ${callId}`
      throw new PatchbayError('request.cancelled', { message: 'Nothing was allowed.', data: { next } })
    }
  }
  print(await session.call('grants.answerCall', { callId, isAllowed: true }), () => 'Allowed, this once.')
}

/** `patchbay grants deny-call CALL`. */
export const denyCall: Run = async ({ session, print }, args) => {
  const [callId = ''] = wordsOf(args, 'grants deny-call CALL', 1)
  print(await session.call('grants.answerCall', { callId, isAllowed: false }), () => 'Refused.')
}

/** `patchbay grants watch`. */
export const watch: Run = async (context, args) => {
  wordsOf(args, 'grants watch', 0)
  await watchRequests(context)
}
