import { randomUUID } from 'node:crypto'
import { Misbehaviour } from './misbehaviour.ts'
import {
  StandInSnapshot,
  type StoredConnection,
  type StoredFlow,
  type StoredGrant,
  type StoredIntegration,
  type StoredSession,
} from './stand-in-records.ts'

/** Keeps the stand-in's state between two runs. The value is JSON, holds credentials (the caller seals it) and changes after `save`. */
export interface StandInStorage {
  load(): unknown
  save(state: unknown): void
}

/** Flows and sessions that nobody ended are forgotten after two days (nango-api.md section 9). */
const STALE_AFTER_MS = 2 * 24 * 3_600_000

const naturalKey = (integrationKey: string, connectionId: string): string => JSON.stringify([integrationKey, connectionId])

const isBefore = (a: StoredConnection, b: StoredConnection): boolean =>
  a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id)

/** Everything the stand-in remembers, with the indexes that make its lists fast. Changes are saved by `flush`. */
export class StandInState {
  readonly secretKey: string
  readonly environmentUuid: string
  readonly integrations = new Map<string, StoredIntegration>()
  readonly sessions = new Map<string, StoredSession>()
  readonly flows = new Map<string, StoredFlow>()
  readonly demoGrants = new Map<string, StoredGrant>()
  readonly misbehaviour: Misbehaviour
  /** Signs webhooks; never the secret key, as after a rotation at Nango. */
  readonly webhookSigningKey: string
  /** Where webhooks go, null for nowhere. */
  webhookUrl: string | null = null
  readonly #byKey = new Map<string, StoredConnection>()
  readonly #byRow = new Map<number, StoredConnection>()
  /** Oldest first, so that a new one is a push. */
  readonly #ordered: StoredConnection[] = []
  readonly #listed = new WeakMap<StoredConnection, string>()
  readonly #storage: StandInStorage | undefined
  #nextId = 1
  #isChanged = false

  constructor(storage: StandInStorage | undefined, secretKey: string | undefined, onMisbehaviour: () => void = () => {}) {
    this.#storage = storage
    const loaded = storage?.load()
    const snapshot = loaded === undefined || loaded === null ? null : StandInSnapshot.parse(loaded)
    this.secretKey = secretKey ?? snapshot?.secretKey ?? randomUUID()
    this.environmentUuid = snapshot?.environmentUuid ?? randomUUID()
    this.webhookSigningKey = snapshot?.webhookSigningKey ?? randomUUID()
    this.webhookUrl = snapshot?.webhookUrl ?? null
    this.misbehaviour = new Misbehaviour(snapshot?.misbehaviour ?? null, () => {
      this.changed()
      onMisbehaviour()
    })
    if (!snapshot) return
    this.#nextId = snapshot.nextId
    for (const row of snapshot.integrations) this.integrations.set(row.uniqueKey, row)
    for (const row of snapshot.connections) this.insertConnection(row)
    for (const row of snapshot.sessions) this.sessions.set(row.token, row)
    for (const row of snapshot.flows) this.flows.set(row.state, row)
    for (const [hash, row] of Object.entries(snapshot.demoGrants)) this.demoGrants.set(hash, row)
    this.#isChanged = false
  }

  /** Row numbers are unique over everything, as in one database. */
  nextId(): number {
    return this.#nextId++
  }

  /** Says that something is to be saved; with a connection also that its list entry is no longer true. */
  changed(connection?: StoredConnection): void {
    if (connection) this.#listed.delete(connection)
    this.#isChanged = true
  }

  findConnection(integrationKey: string, connectionId: string): StoredConnection | undefined {
    return this.#byKey.get(naturalKey(integrationKey, connectionId))
  }

  connectionByRow(id: number): StoredConnection | undefined {
    return this.#byRow.get(id)
  }

  sessionById(id: number): StoredSession | undefined {
    for (const session of this.sessions.values()) if (session.id === id) return session
    return undefined
  }

  insertConnection(row: StoredConnection): void {
    this.#byKey.set(naturalKey(row.integrationKey, row.connectionId), row)
    this.#byRow.set(row.id, row)
    this.#ordered.splice(this.#place(row), 0, row)
    this.changed()
  }

  removeConnection(row: StoredConnection): void {
    this.#byKey.delete(naturalKey(row.integrationKey, row.connectionId))
    this.#byRow.delete(row.id)
    const place = this.#place(row)
    if (this.#ordered[place] === row) this.#ordered.splice(place, 1)
    this.misbehaviour.forget(row)
    this.changed()
  }

  /** Forgets every connection, session, flow and grant; gives how many connections there were. */
  empty(): number {
    const count = this.#ordered.length
    for (const rows of [this.#byKey, this.#byRow, this.sessions, this.flows, this.demoGrants, this.integrations]) rows.clear()
    this.#ordered.length = 0
    this.changed()
    return count
  }

  /** Rows newest first (created_at, then id), without those the filter refuses. */
  page(filter: ((row: StoredConnection) => boolean) | null, offset: number, limit: number): StoredConnection[] {
    if (!filter) {
      const end = this.#ordered.length - offset
      return end <= 0 ? [] : this.#ordered.slice(Math.max(0, end - limit), end).reverse()
    }
    const found: StoredConnection[] = []
    let skipped = 0
    for (let index = this.#ordered.length - 1; index >= 0 && found.length < limit; index--) {
      const row = this.#ordered[index]
      if (!row || !filter(row)) continue
      if (skipped < offset) skipped++
      else found.push(row)
    }
    return found
  }

  /** The list entry of a connection as JSON text, made once per change. */
  listed(row: StoredConnection, make: (row: StoredConnection) => unknown): string {
    const known = this.#listed.get(row)
    if (known !== undefined) return known
    const text = JSON.stringify(make(row))
    this.#listed.set(row, text)
    return text
  }

  /** Saves when something has changed since the last time. */
  flush(now: number): void {
    if (!this.#isChanged) return
    this.#forgetStale(now)
    this.#storage?.save({
      version: 1,
      secretKey: this.secretKey,
      environmentUuid: this.environmentUuid,
      nextId: this.#nextId,
      integrations: [...this.integrations.values()],
      connections: this.#ordered,
      sessions: [...this.sessions.values()],
      flows: [...this.flows.values()],
      demoGrants: Object.fromEntries(this.demoGrants),
      webhookUrl: this.webhookUrl,
      webhookSigningKey: this.webhookSigningKey,
      misbehaviour: this.#keptMisbehaviour(),
    } satisfies StandInSnapshot)
    this.#isChanged = false
  }

  #keptMisbehaviour(): StandInSnapshot['misbehaviour'] {
    const { kept } = this.misbehaviour
    return kept === null ? null : { faults: kept.faults, failing: [...kept.failing] }
  }

  #forgetStale(now: number): void {
    for (const [key, flow] of this.flows) if (flow.createdAt < now - STALE_AFTER_MS) this.flows.delete(key)
    for (const [key, session] of this.sessions) if (session.expiresAt < now - STALE_AFTER_MS) this.sessions.delete(key)
    for (const [key, grant] of this.demoGrants) if (grant.expiresAt < now) this.demoGrants.delete(key)
  }

  /** The first place whose row is not older than this one. */
  #place(row: StoredConnection): number {
    const last = this.#ordered.at(-1)
    if (!last || isBefore(last, row)) return this.#ordered.length
    let low = 0
    let high = this.#ordered.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#ordered[middle]
      if (other && isBefore(other, row)) low = middle + 1
      else high = middle
    }
    return low
  }
}
