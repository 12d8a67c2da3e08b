import type { PickAccount, PickAsker, PickRequest } from '#shared/contract/connection-picks'
import { PatchbayError } from '#shared/errors'
import type { Caller } from '../caller.ts'
import type { ReadableDb } from '../database/sql.ts'
import type { EventBus } from '../events/event-bus.ts'
import { newIdentifier } from '../identifier.ts'
import type { Platform } from '../platform.ts'
import { reachOf } from './connection-reach.ts'
import type { ProfileView } from './connection-row.ts'
import { getConnection } from './connection-store.ts'
import { isOffered, listOffer, type PickScope } from './pick-accounts.ts'

/** Requests that one caller may have open, and all of them together: a person answers one after the other. */
const MOST_OF_A_CALLER = 3
const MOST = 12

export interface PicksOptions {
  readonly db: ReadableDb
  readonly bus: EventBus
  readonly platform: Pick<Platform, 'now' | 'isWindowOpen'>
  readonly activeProfileId: () => string | null
  /** The profile in use. Throws `profile.none`. */
  readonly profileIdOf: (profileId: undefined) => string
  readonly viewOf: (profileId: string) => ProfileView
  readonly timeAt: (profileId: string) => number
  /** The connector's slug behind another name of it. */
  readonly slugOf: (name: string) => string
  /** Whether there is such a connector, as far as is known without asking. */
  readonly isConnector: (connectorId: string, profileId: string) => boolean
}

/** The connection that the person chose. */
export interface Picked {
  readonly connectionId: string
  readonly handle: string
  readonly connectorId: string
}

interface OpenPick {
  readonly request: PickRequest
  readonly scope: PickScope
  readonly callerKey: string
  readonly end: (outcome: Picked | PatchbayError) => void
}

/** What a program asks for. */
export interface PickWish {
  readonly connectorIds: readonly string[]
  readonly reason: string | null
  readonly timeoutSeconds: number
}

/** Whose requests count together: those of a terminal, of a program, or of the command line without a terminal. */
const keyOf = (caller: Caller): string =>
  caller.kind === 'automation' ? `client ${caller.clientId}` : caller.kind === 'cli' ? `cli ${caller.terminal ?? ''}` : caller.kind

const askerOf = (caller: Caller): PickAsker => ({
  kind: caller.kind === 'automation' ? 'automation' : 'cli',
  client: caller.kind === 'cli' || caller.kind === 'automation' ? (caller.client ?? null) : null,
})

const nothingOf = (connectorIds: readonly string[]): PatchbayError =>
  new PatchbayError('connection.nothing_to_pick', {
    ...(connectorIds.length > 0 && { message: `There is no connection of ${connectorIds.join(', ')} to choose from.` }),
    data: {
      connectorIds,
      ...(connectorIds.length === 1 && { next: `Connect an account first: \`patchbay connect ${connectorIds[0]}\`.` }),
    },
  })

/** The requests that wait for the person. They live here only: with its caller, or when the host ends, a request is gone. */
export class Picks {
  readonly #options: PicksOptions
  readonly #open = new Map<string, OpenPick>()

  constructor(options: PicksOptions) {
    this.#options = options
  }

  /** Ends every request with `host.stopping`. */
  stop(): void {
    for (const { end } of this.#open.values()) end(new PatchbayError('host.stopping'))
  }

  /**
   * Resolves to the connection that the person chooses. Throws `connector.not_found`, `connection.nothing_to_pick`,
   * `connection.pick_no_window` and `connection.pick_busy` at once; later `request.cancelled` where the person declines, the caller goes
   * or another profile is put in use, what ends its grant where that does, and `connection.pick_unanswered` when the time is over.
   */
  ask(wish: PickWish, caller: Caller): Promise<Picked> {
    const { db, platform, profileIdOf, viewOf, timeAt, slugOf, isConnector } = this.#options
    const profileId = profileIdOf(undefined)
    const connectorIds = [...new Set(wish.connectorIds.map((name) => slugOf(name.toLowerCase())))]
    const scope = { profileId, connectorIds, reach: reachOf(caller) }
    if (listOffer(db, scope, undefined, viewOf(profileId), timeAt(profileId)).accounts.length === 0) {
      const unknown = connectorIds.find((connectorId) => !isConnector(connectorId, profileId))
      // Mistyped: that it is to be connected first would lead nowhere.
      throw unknown === undefined ? nothingOf(connectorIds) : new PatchbayError('connector.not_found', { data: { connectorId: unknown } })
    }
    if (platform.isWindowOpen?.() !== true) throw new PatchbayError('connection.pick_no_window', { data: { connectorIds } })
    const callerKey = keyOf(caller)
    const ofCaller = [...this.#open.values()].filter((pick) => pick.callerKey === callerKey).length
    if (ofCaller >= MOST_OF_A_CALLER || this.#open.size >= MOST) throw new PatchbayError('connection.pick_busy')
    const askedAt = platform.now()
    const request: PickRequest = {
      pickId: newIdentifier('pck', askedAt),
      asker: askerOf(caller),
      connectorIds,
      reason: wish.reason,
      askedAt: new Date(askedAt).toISOString(),
      expiresAt: new Date(askedAt + wish.timeoutSeconds * 1000).toISOString(),
    }
    return this.#wait({ request, scope, callerKey }, wish.timeoutSeconds, caller)
  }

  /** Those that are open, oldest first. */
  list(): PickRequest[] {
    return [...this.#open.values()].map(({ request }) => request)
  }

  /** What a request may be answered with. Throws `connection.pick_ended`. */
  accounts(pickId: string, search: string | undefined): { accounts: PickAccount[]; total: number | null; preselected: string | null } {
    const { db, viewOf, timeAt } = this.#options
    const { scope } = this.#of(pickId)
    const typed = search?.trim() ?? ''
    const offer = listOffer(db, scope, typed === '' ? undefined : typed, viewOf(scope.profileId), timeAt(scope.profileId))
    return { ...offer, accounts: [...offer.accounts] }
  }

  /** Hands the chosen connection to who asked; null declines. Throws `connection.pick_ended`, `connection.not_found` and `connection.not_offered`. */
  answer(pickId: string, connectionId: string | null): void {
    const pick = this.#of(pickId)
    if (connectionId === null) return pick.end(new PatchbayError('request.cancelled', { message: 'The person chose no connection.' }))
    const row = getConnection(this.#options.db, connectionId)
    if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
    if (!isOffered(row, pick.scope)) throw new PatchbayError('connection.not_offered', { data: { connectionId } })
    pick.end({ connectionId, handle: row.handle, connectorId: row.connector_id })
  }

  #of(pickId: string): OpenPick {
    const pick = this.#open.get(pickId)
    if (pick === undefined) throw new PatchbayError('connection.pick_ended', { data: { pickId } })
    return pick
  }

  #wait(pick: Omit<OpenPick, 'end'>, timeoutSeconds: number, caller: Caller): Promise<Picked> {
    const { pickId } = pick.request
    const { bus, activeProfileId } = this.#options
    return new Promise((resolve, reject) => {
      const endings: (() => void)[] = []
      const end = (outcome: Picked | PatchbayError): void => {
        if (!this.#open.delete(pickId)) return
        for (const ending of endings) ending()
        if (outcome instanceof PatchbayError) reject(outcome)
        else resolve(outcome)
        bus.publishChange({ type: 'picks.changed', data: { pickId, isOpen: false } })
      }
      const timer = setTimeout(() => end(new PatchbayError('connection.pick_unanswered')), timeoutSeconds * 1000)
      timer.unref()
      endings.push(() => clearTimeout(timer))
      this.#open.set(pickId, { ...pick, end })
      const unfollow = bus.onChange(({ type }) => {
        if (type === 'profiles.changed' && activeProfileId() !== pick.scope.profileId)
          end(new PatchbayError('request.cancelled', { message: 'Another profile is in use now.' }))
      })
      endings.push(unfollow)
      bus.publishChange({ type: 'picks.changed', data: { pickId, isOpen: true } })
      const ofGrant = caller.kind === 'automation' ? caller.signal : undefined
      const onTaken = (): void => end(ofGrant?.reason instanceof PatchbayError ? ofGrant.reason : new PatchbayError('request.cancelled'))
      ofGrant?.addEventListener('abort', onTaken, { once: true })
      endings.push(() => ofGrant?.removeEventListener('abort', onTaken))
      if (ofGrant?.aborted === true) return onTaken()
      const onGone = caller.kind === 'cli' || caller.kind === 'automation' ? caller.onGone : undefined
      const forgetCaller = onGone?.(() => end(new PatchbayError('request.cancelled')))
      if (forgetCaller !== undefined) endings.push(forgetCaller)
    })
  }
}
