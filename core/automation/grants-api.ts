import { createPublicKey } from 'node:crypto'
import type { Implements } from '#shared/contract/contract'
import { PatchbayError } from '#shared/errors'
import type { Caller, ProgramLook } from '../caller.ts'
import type { ProfileView } from '../connections/connection-row.ts'
import type { ReadableDb } from '../database/sql.ts'
import { newIdentifier } from '../identifier.ts'
import { namedReach, narrowedReach, type ReachNames, requireReachFor } from './asked-reach.ts'
import type { GrantBook } from './grant-book.ts'
import type { GrantRequests, WaitingGrant } from './grant-requests.ts'
import { listClientDefaults, listGrants, type StoredGrant } from './grant-store.ts'
import { endOf, narrowed } from './grant-terms.ts'
import { grantView, ownGrant } from './grant-view.ts'
import type { LiveCalls } from './live-calls.ts'

export interface GrantsApiDependencies {
  readonly db: ReadableDb
  readonly book: GrantBook
  readonly requests: GrantRequests
  readonly calls: LiveCalls
  readonly now: () => number
  /** Throws `vault.locked` while the vault is. */
  readonly requireOpen: () => void
  /** The profile in use. Throws `profile.none`. */
  readonly profileIdOf: (profileId: undefined) => string
  readonly viewOf: (profileId: string) => ProfileView
  readonly names: Omit<ReachNames, 'db'>
}

const SHOWN_AT_MOST = 500

const invalid = (path: string, message: string): PatchbayError =>
  new PatchbayError('request.invalid', { data: { problems: [{ path, message }] } })

const requireKey = (publicKey: string | undefined): string => {
  if (publicKey === undefined) throw invalid('client.publicKey', 'system.hello has to name the key that the grant is for')
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' })
    if (key.asymmetricKeyType === 'ed25519') return publicKey
  } catch {
    // Said below.
  }
  throw invalid('client.publicKey', 'has to be an Ed25519 key, as SPKI in base64')
}

/** What a request that nobody said yes to is kept as. */
export const refusedGrant = (request: WaitingGrant, because: StoredGrant['endedBecause'], now: number): StoredGrant => ({
  grantId: request.grantId,
  clientId: request.clientId,
  clientName: request.clientName,
  purpose: request.purpose,
  via: request.via,
  program: request.program,
  programHash: request.programHash,
  profileId: request.profileId,
  state: 'denied',
  endedBecause: because,
  terms: request.asked,
  requestedAt: new Date(request.requestedAt).toISOString(),
  approvedAt: null,
  endsAt: null,
  endedAt: new Date(now).toISOString(),
  lastCallAt: null,
  callsDay: null,
  callsOnDay: 0,
})

/** The domain `grants`. */
export const createGrantsApi = (deps: GrantsApiDependencies): Implements<'grants', Caller> => {
  const { db, book, requests, calls, now } = deps
  const names: ReachNames = { db, ...deps.names }
  const view = (grant: WaitingGrant | StoredGrant) => grantView({ db, book, viewOf: deps.viewOf }, grant)

  const stored = (grantId: string): StoredGrant => {
    const grant = book.find(grantId)
    if (grant === undefined) throw new PatchbayError('grant.not_found', { data: { grantId } })
    return grant
  }

  /** Throws `grant.not_waiting` for one that was answered, `grant.not_found` for one that never was. */
  const requireWaiting = (grantId: string): WaitingGrant => {
    if (!requests.list().some((each) => each.grantId === grantId)) stored(grantId)
    return requests.get(grantId)
  }

  const askerOf = (caller: Caller): { publicKey: string; clientId: string; isKnown: boolean; via: 'socket' | 'mcp' } => {
    if (caller.kind === 'automation') {
      const client = book.client(caller.clientId)
      if (client === undefined) throw new PatchbayError('automation.denied')
      return { publicKey: client.publicKey, clientId: client.clientId, isKnown: true, via: caller.via }
    }
    if (caller.kind !== 'unproven') throw new PatchbayError('automation.denied')
    const publicKey = requireKey(caller.publicKey)
    const known = book.clientOfKey(publicKey)
    // A public key is no secret: nobody may ask for more in the name of a program that is trusted already.
    if (known !== undefined) throw new PatchbayError('automation.unproven')
    return { publicKey, clientId: newIdentifier('clt', now()), isKnown: false, via: caller.via ?? 'socket' }
  }

  const programOf = async (caller: Caller): Promise<ProgramLook | null> =>
    caller.kind === 'automation' || caller.kind === 'unproven' ? ((await caller.program?.look()) ?? null) : null

  return {
    request: async (params, caller) => {
      deps.requireOpen()
      if (book.isPaused) throw new PatchbayError('automation.paused')
      const via = askerOf(caller).via
      requireReachFor(params.connections, params.verbs)
      if (via === 'mcp' && params.verbs.includes('secret'))
        throw new PatchbayError('grant.too_wide', { message: 'Over the socket for MCP no credential is handed out.' })
      const program = await programOf(caller)
      // Asked after the wait: meanwhile the same key may have been given a grant.
      const asker = askerOf(caller)
      requests.requireRoom(asker.publicKey, program?.facts.path ?? null)
      const profileId = deps.profileIdOf(undefined)
      const { reach, unknown } = namedReach(names, params.connections, profileId)
      const { limits, asksEachTime, term } = params
      const verbs = [...new Set(params.verbs)]
      const grantId = newIdentifier('grt', now())
      requests.add({
        ...asker,
        grantId,
        clientName: params.name,
        purpose: params.purpose,
        program: program?.facts ?? null,
        programHash: program?.hash ?? null,
        profileId,
        asked: { verbs, connections: reach, limits, asksEachTime, term },
        unknownReferences: unknown,
        requestedAt: now(),
      })
      const onGone = caller.kind === 'automation' || caller.kind === 'unproven' ? caller.onGone : undefined
      let isWithdrawn = false
      const stay = onGone?.(() => {
        isWithdrawn = requests.list().some((each) => each.grantId === grantId)
        requests.refuse(grantId, 'withdrawn')
        // One that was for this connection ends with it, whether the key was proved on it or not.
        book.hangUpOne(grantId)
      })
      await requests.answered(grantId, params.waitSeconds * 1000)
      if (isWithdrawn) throw new PatchbayError('request.cancelled')
      const waiting = requests.list().find((each) => each.grantId === grantId)
      const answer = ownGrant(waiting ?? stored(grantId))
      if (waiting === undefined && !(answer.state === 'active' && answer.term === 'once')) stay?.()
      // Who asked is told no more than what it asked for, unless it was given.
      return answer.state === 'active' ? answer : { ...answer, connections: params.connections }
    },
    current: (_params, caller) => {
      if (caller.kind !== 'automation') throw new PatchbayError('automation.unproven')
      const { clientId } = caller
      const waiting = requests.list().filter((each) => each.clientId === clientId)
      return { clientId, isPaused: book.isPaused, grants: [...waiting, ...book.active(clientId)].slice(0, 100).map(ownGrant) }
    },
    list: ({ clientId, state }) => {
      const all = [
        ...(state === undefined || state === 'waiting' ? requests.list() : []),
        ...(state === undefined || state === 'active'
          ? book.active().toSorted((one, other) => other.requestedAt.localeCompare(one.requestedAt))
          : []),
        ...(['denied', 'ended'] as const)
          .filter((each) => state === undefined || state === each)
          .flatMap((each) => listGrants(db, each, SHOWN_AT_MOST))
          .toSorted((one, other) => (other.endedAt ?? '').localeCompare(one.endedAt ?? '')),
      ]
      const wanted = clientId === undefined ? all : all.filter((each) => each.clientId === clientId)
      return { grants: wanted.slice(0, SHOWN_AT_MOST).map(view), isPaused: book.isPaused }
    },
    approve: ({ grantId, connections, ...given }) => {
      requireWaiting(grantId)
      requests.take(grantId, (request) => {
        const { clientId, publicKey, clientName, via, profileId, asked } = request
        const terms = narrowed(asked, given)
        const reach = narrowedReach(names, { profileId, ...asked.connections }, connections)
        const approvedAt = new Date(now()).toISOString()
        const base = refusedGrant(request, null, now())
        const grant: StoredGrant = {
          ...base,
          state: 'active',
          endedAt: null,
          approvedAt,
          terms: { ...terms, connections: reach },
          endsAt: endOf(terms.term, now()),
        }
        book.add(grant, { clientId, publicKey, name: clientName, via })
      })
      return view(stored(grantId))
    },
    deny: ({ grantId }) => {
      requireWaiting(grantId)
      requests.refuse(grantId, 'refused')
      return view(stored(grantId))
    },
    update: ({ grantId, connections, endsAt, ...given }) => {
      const grant = stored(grantId)
      if (grant.state !== 'active') throw new PatchbayError('grant.not_active', { data: { grantId } })
      const { terms } = grant
      const verbs = given.verbs ?? terms.verbs
      const reach =
        connections === undefined ? terms.connections : narrowedReach(names, { profileId: grant.profileId, kind: 'all' }, connections)
      requireReachFor(reach, verbs)
      if (grant.via === 'mcp' && verbs.includes('secret')) throw new PatchbayError('grant.too_wide')
      const term = given.term ?? terms.term
      if (endsAt !== undefined && term !== 'standing') throw invalid('endsAt', 'goes with a standing grant')
      if (endsAt !== undefined && endsAt !== null && Date.parse(endsAt) <= now()) throw invalid('endsAt', 'has passed')
      const end =
        term === 'standing' ? (endsAt === undefined ? (terms.term === 'standing' ? grant.endsAt : null) : endsAt) : endOf(term, now())
      const isSameTerm = term === terms.term && term !== 'standing'
      book.change({
        ...grant,
        endsAt: isSameTerm ? grant.endsAt : end,
        terms: {
          verbs: [...new Set(verbs)],
          connections: reach,
          limits: given.limits ?? terms.limits,
          asksEachTime: given.asksEachTime ?? terms.asksEachTime,
          term,
        },
      })
      return view(stored(grantId))
    },
    revoke: ({ grantId }) => {
      stored(grantId)
      return view(book.end(grantId, 'taken_back'))
    },
    restore: ({ grantId }) => view(book.restore(grantId)),
    revokeAll: () => {
      const active = book.active()
      for (const { grantId } of active) book.end(grantId, 'taken_back')
      return { takenBack: active.length, denied: requests.refuseAll('refused') }
    },
    forget: ({ grantId }) => {
      book.forget(grantId)
      return {}
    },
    setDefault: ({ clientId, connectionId, isDefault }) => {
      if (book.client(clientId) === undefined) throw new PatchbayError('grant.not_found', { data: { clientId } })
      book.setDefault(clientId, connectionId, isDefault)
      return { defaults: listClientDefaults(db, clientId) }
    },
    pause: () => {
      book.pause(true)
      return { isPaused: true }
    },
    resume: () => {
      book.pause(false)
      return { isPaused: false }
    },
    calls: () => ({
      calls: calls.list().map(({ startedAt, answerBy, ...call }) => ({
        ...call,
        startedAt: new Date(startedAt).toISOString(),
        answerBy: answerBy === null ? null : new Date(answerBy).toISOString(),
      })),
    }),
    answerCall: ({ callId, isAllowed }) => {
      calls.answer(callId, isAllowed)
      return {}
    },
  }
}
