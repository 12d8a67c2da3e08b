import type { GrantEnd, GrantVerb } from '#shared/contract/grants'
import { PatchbayError } from '#shared/errors'
import type { Reach } from '../caller.ts'
import type { WritableDb } from '../database/sql.ts'
import {
  type Client,
  deleteGrant,
  deleteGrantsOf,
  getGrant,
  listClients,
  listGrants,
  pruneGrants,
  putClient,
  putClientDefault,
  putGrant,
  type StoredGrant,
} from './grant-store.ts'
import { bindToPlaces } from './grant-places.ts'
import { GrantSavings, type UnsavedStops } from './grant-savings.ts'
import { IDLE_MS } from './grant-terms.ts'
import { callsOn, count, dayOf, type Held, holds, isCovered, newHeld, waitFor, type WantedCall } from './held-grant.ts'

/** Of those that have ended, so many are kept. */
const KEPT_ENDED = 200
/** How long a grant that was taken back can be given back, milliseconds. */
export const RESTORABLE_MS = 30_000
const TICK_MS = 1000

export interface GrantBookOptions {
  readonly db: WritableDb
  readonly unsaved: UnsavedStops
  readonly now: () => number
  /** A clock that nobody sets, milliseconds. */
  readonly monotonicNow: () => number
  readonly onChange: (grantId: string | null) => void
}

/** The programs that were paired and the grants in force, in memory as they are in the database. */
export class GrantBook {
  readonly #options: GrantBookOptions
  readonly #savings: GrantSavings
  readonly #clients = new Map<string, Client>()
  readonly #byKey = new Map<string, Client>()
  readonly #held = new Map<string, Held>()
  readonly #ofClient = new Map<string, Held[]>()
  readonly #reaches = new Map<string, Reach>()
  #isPaused = false
  #clock: ReturnType<typeof setInterval> | undefined

  constructor(options: GrantBookOptions) {
    this.#options = options
    this.#savings = new GrantSavings(options.db, options.unsaved, options.now)
  }

  /** Takes up what is stored. Sessions of an earlier run have ended with it. */
  start(): void {
    const { db } = this.#options
    for (const client of listClients(db)) this.#remember(client)
    this.#isPaused = this.#savings.isPaused
    for (const grant of listGrants(db, 'active', 10_000)) {
      if (this.#savings.ended(grant.grantId) !== undefined) continue
      if (grant.terms.term === 'once') this.#store({ ...grant, ...this.#ended('hung_up') })
      else if (grant.terms.term === 'session') this.#store({ ...grant, ...this.#ended('locked') })
      else this.#hold(grant)
    }
    pruneGrants(db, KEPT_ENDED)
    this.#tick()
    this.#clock = setInterval(() => this.#tick(), TICK_MS)
    this.#clock.unref()
  }

  /** Ends all calls that grants allow; interactive grants end, the others stay for the next run. */
  stop(): void {
    clearInterval(this.#clock)
    this.#savings.save()
    this.#savings.saveUses(this.#held.values())
    for (const { controller, grant } of this.#held.values()) {
      controller.abort(new PatchbayError('vault.locked'))
      if (grant.terms.term === 'once' || grant.terms.term === 'session') this.#storeQuietly({ ...grant, ...this.#ended('locked') })
    }
    this.#held.clear()
    this.#ofClient.clear()
    this.#reaches.clear()
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Refuses all calls of programs from now on, or no more; calls that run are ended. */
  pause(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return
    this.#isPaused = isPaused
    if (isPaused) this.#endCalls(new PatchbayError('automation.paused'))
    this.#savings.pause(isPaused)
    this.#options.onChange(null)
  }

  /** The vault is locked: all calls end, and with them the interactive grants; the others are there again once it is open. */
  lock(): void {
    for (const { grant } of this.#held.values()) {
      if (grant.terms.term === 'once' || grant.terms.term === 'session') this.end(grant.grantId, 'locked')
    }
    this.#endCalls(new PatchbayError('vault.locked'))
  }

  /** The program that a key belongs to, or undefined. */
  clientOfKey(publicKey: string): Client | undefined {
    return this.#byKey.get(publicKey)
  }

  client(clientId: string): Client | undefined {
    return this.#clients.get(clientId)
  }

  /** A grant that was answered, as it is now, or undefined. */
  find(grantId: string): StoredGrant | undefined {
    return this.#held.get(grantId)?.grant ?? this.#savings.ended(grantId) ?? getGrant(this.#options.db, grantId)
  }

  /** The grants in force of a program, or all of them. */
  active(clientId?: string): readonly StoredGrant[] {
    const held = clientId === undefined ? [...this.#held.values()] : (this.#ofClient.get(clientId) ?? [])
    return held.map(({ grant }) => grant)
  }

  /** How often a grant was used today. */
  callsToday(grant: StoredGrant): number {
    return callsOn(grant, dayOf(this.#options.now()))
  }

  /** Puts a grant in force, with its program. Durable when it returns. */
  add(grant: StoredGrant, client: Client): void {
    const { db, onChange } = this.#options
    db.transaction(() => {
      putClient(db, client, grant.requestedAt)
      putGrant(db, grant)
    })
    this.#remember(client)
    this.#hold(grant)
    onChange(grant.grantId)
  }

  /** Keeps a request that was refused, for the list. */
  keepRefused(grant: StoredGrant): void {
    this.#store(grant)
    pruneGrants(this.#options.db, KEPT_ENDED)
    this.#options.onChange(grant.grantId)
  }

  /** Other terms for a grant in force. Throws `grant.not_active`. */
  change(grant: StoredGrant): void {
    const held = this.#held.get(grant.grantId)
    if (held === undefined) throw new PatchbayError('grant.not_active')
    this.#store(grant)
    // What the narrower terms do not allow must not run on.
    held.controller.abort(new PatchbayError('automation.denied'))
    this.#replace({ ...held, grant, controller: new AbortController() })
    this.#options.onChange(grant.grantId)
  }

  /** Ends a grant in force and the calls that it allowed. Throws `grant.not_active`. */
  end(grantId: string, because: GrantEnd): StoredGrant {
    const held = this.#held.get(grantId)
    if (held === undefined) throw new PatchbayError('grant.not_active', { data: { grantId } })
    const ended = { ...held.grant, ...this.#ended(because) }
    this.#drop(held)
    this.#savings.end(ended)
    this.#options.onChange(grantId)
    return ended
  }

  /** Ends the grants of a program that run until it hangs up. */
  hangUp(clientId: string): void {
    for (const { grantId } of this.active(clientId)) this.hangUpOne(grantId)
  }

  /** Ends a grant that runs until its program hangs up; nothing for any other. */
  hangUpOne(grantId: string): void {
    if (this.#held.get(grantId)?.grant.terms.term === 'once') this.end(grantId, 'hung_up')
  }

  /** The computer slept: that nobody called meanwhile counts. */
  slept(ms: number): void {
    for (const held of this.#held.values()) held.usedAt -= Math.max(0, ms)
    this.#tick()
  }

  /** Gives back what was taken back a moment ago. Throws `grant.not_restorable`. */
  restore(grantId: string): StoredGrant {
    const { now, onChange } = this.#options
    const grant = this.find(grantId)
    if (grant === undefined) throw new PatchbayError('grant.not_found', { data: { grantId } })
    if (this.restorableUntil(grant) === null) throw new PatchbayError('grant.not_restorable', { data: { grantId } })
    const back: StoredGrant = { ...grant, state: 'active', endedBecause: null, endedAt: null }
    if (back.endsAt !== null && Date.parse(back.endsAt) <= now()) throw new PatchbayError('grant.not_restorable', { data: { grantId } })
    this.#savings.restored(grantId)
    this.#store(back)
    this.#hold(back)
    onChange(grantId)
    return back
  }

  /** Until when a grant can be given back; null: no more. */
  restorableUntil(grant: StoredGrant): string | null {
    if (grant.endedBecause !== 'taken_back' || grant.endedAt === null) return null
    const until = Date.parse(grant.endedAt) + RESTORABLE_MS
    return until > this.#options.now() ? new Date(until).toISOString() : null
  }

  /** Forgets a grant that has ended. Throws `grant.not_found`, and `request.invalid` for one in force. */
  forget(grantId: string): void {
    const { db, onChange } = this.#options
    const grant = this.find(grantId)
    if (grant === undefined) throw new PatchbayError('grant.not_found', { data: { grantId } })
    if (grant.state === 'active') throw new PatchbayError('request.invalid', { message: 'The grant is in force. Take it back first.' })
    db.transaction(() => deleteGrant(db, grantId))
    onChange(grantId)
  }

  /** Which connection its connector's name means to a program from now on. */
  setDefault(clientId: string, connectionId: string, isDefault: boolean): void {
    const { db, onChange } = this.#options
    db.transaction(() => putClientDefault(db, clientId, connectionId, isDefault))
    onChange(null)
  }

  /** Ends what was given for another server or key of a profile than it has now; `placeOf` names them, null where there is none. */
  bindToPlaces(placeOf: (profileId: string) => string | null): void {
    bindToPlaces(this.#options.db, this.active(), placeOf, (grantId) => void this.end(grantId, 'server_changed'))
  }

  /** What belongs to a profile goes with it. */
  forgetProfile(profileId: string): void {
    for (const held of this.#held.values()) if (held.grant.profileId === profileId) this.#drop(held)
    deleteGrantsOf(this.#options.db, profileId)
    this.#options.onChange(null)
  }

  /** What a program may reach for a verb. */
  reach(clientId: string, verb: GrantVerb, via: 'socket' | 'mcp'): Reach {
    const key = `${clientId} ${verb} ${via}`
    const known = this.#reaches.get(key)
    if (known !== undefined) return known
    const reach = (this.#ofClient.get(clientId) ?? [])
      .filter((held) => holds(held, verb, via))
      .map(({ grant }) => ({ profileId: grant.profileId, ...grant.terms.connections }))
    this.#reaches.set(key, reach)
    return reach
  }

  /**
   * The grant that allows a call, which counts from now on. Throws `automation.denied` where none does, and `automation.rate_limited`
   * where one would and has no more calls left.
   */
  use(call: WantedCall): { readonly grant: StoredGrant; readonly signal: AbortSignal } {
    const { now, monotonicNow } = this.#options
    const at = monotonicNow()
    let waitMs: number | null = null
    for (const held of this.#ofClient.get(call.clientId) ?? []) {
      if (!holds(held, call.verb, call.via) || !isCovered(held.grant, call)) continue
      const isCounted = call.verb !== 'read' && call.isPart !== true
      const left = isCounted ? waitFor(held, at, now()) : 0
      if (left > 0) {
        waitMs = waitMs === null ? left : Math.min(waitMs, left)
        continue
      }
      held.usedAt = at
      held.isDirty = true
      if (isCounted) count(held, at, now())
      held.grant = { ...held.grant, lastCallAt: new Date(now()).toISOString() }
      return { grant: held.grant, signal: held.controller.signal }
    }
    if (waitMs === null) throw new PatchbayError('automation.denied')
    const retryInMs = Math.ceil(waitMs)
    throw new PatchbayError('automation.rate_limited', { data: { retryInMs, retryAt: new Date(now() + retryInMs).toISOString() } })
  }

  /** What a call opened is used: its grant is not idle. */
  stillUsed(grantId: string): void {
    const held = this.#held.get(grantId)
    if (held !== undefined) held.usedAt = this.#options.monotonicNow()
  }

  #endCalls(reason: PatchbayError): void {
    for (const held of this.#held.values()) {
      held.controller.abort(reason)
      this.#replace({ ...held, controller: new AbortController() })
    }
  }

  #ended(because: GrantEnd): Pick<StoredGrant, 'state' | 'endedBecause' | 'endedAt'> {
    return { state: 'ended', endedBecause: because, endedAt: new Date(this.#options.now()).toISOString() }
  }

  #store(grant: StoredGrant): void {
    const { db } = this.#options
    db.transaction(() => putGrant(db, grant))
  }

  /** The database may be closing, or full: what ends interactive grants at the next start is their term. */
  #storeQuietly(grant: StoredGrant): void {
    try {
      this.#store(grant)
    } catch {
      // Said where the storage's trouble is said.
    }
  }

  #remember(client: Client): void {
    this.#clients.set(client.clientId, client)
    this.#byKey.set(client.publicKey, client)
  }

  #hold(grant: StoredGrant): void {
    const held = newHeld(grant, this.#options.monotonicNow())
    this.#held.set(grant.grantId, held)
    this.#ofClient.set(grant.clientId, [...(this.#ofClient.get(grant.clientId) ?? []), held])
    this.#reaches.clear()
  }

  #replace(held: Held): void {
    const { grantId, clientId } = held.grant
    this.#held.set(grantId, held)
    this.#ofClient.set(
      clientId,
      (this.#ofClient.get(clientId) ?? []).map((each) => (each.grant.grantId === grantId ? held : each)),
    )
    this.#reaches.clear()
  }

  #drop(held: Held): void {
    const { grantId, clientId } = held.grant
    this.#held.delete(grantId)
    this.#ofClient.set(
      clientId,
      (this.#ofClient.get(clientId) ?? []).filter((each) => each.grant.grantId !== grantId),
    )
    this.#reaches.clear()
    held.controller.abort(new PatchbayError('automation.denied'))
  }

  #tick(): void {
    const { now, monotonicNow } = this.#options
    for (const { grant, usedAt } of this.#held.values()) {
      if (grant.endsAt !== null && Date.parse(grant.endsAt) <= now()) this.end(grant.grantId, 'expired')
      else if (grant.terms.term === 'session' && monotonicNow() - usedAt > IDLE_MS) this.end(grant.grantId, 'idle')
    }
    this.#savings.save()
    this.#savings.saveUses(this.#held.values())
  }
}
