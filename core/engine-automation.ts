import type { PublicEvent } from '#shared/contract/events'
import type { AuditSink } from './automation/audit-line.ts'
import { GrantBook } from './automation/grant-book.ts'
import type { UnsavedStops } from './automation/grant-savings.ts'
import { createGrantGate } from './automation/grant-gate.ts'
import { GrantRequests } from './automation/grant-requests.ts'
import { createGrantsApi, refusedGrant } from './automation/grants-api.ts'
import { hasChanged } from './automation/peer-fingerprint.ts'
import { LiveCalls } from './automation/live-calls.ts'
import type { AutomationCaller, Caller, CallerProgram } from './caller.ts'
import { getFlow } from './connect/flow-store.ts'
import { isEventInReach } from './connections/connection-reach.ts'
import type { ConnectionRow, ProfileView } from './connections/connection-row.ts'
import type { WritableDb } from './database/sql.ts'
import type { EventBus } from './events/event-bus.ts'
import type { Log } from './log.ts'
import type { Platform } from './platform.ts'
import type { DispatcherEngine } from './dispatcher.ts'
import type { Vault } from './vault/vault.ts'

export interface EngineAutomationParts {
  readonly platform: Platform
  readonly db: WritableDb
  readonly bus: EventBus
  readonly log: Log
  readonly vault: Pick<Vault, 'status' | 'auditKey' | 'onChange'>
  /** The vault was locked. */
  readonly onLock: () => void
  readonly audit: AuditSink
  /** What stopped programs and could not be written yet. */
  readonly unsavedStops: UnsavedStops
  readonly profileIdOf: (profileId: string | undefined) => string
  readonly viewOf: (profileId: string) => ProfileView
  readonly slugOf: (name: string) => string
  /** The server and key of a profile, by which it is known again; null for one that has neither. */
  readonly placeOf: (profileId: string) => string | null
  /** The connection behind a reference, for a program within its reach. */
  readonly resolve: (reference: string, caller: Caller) => ConnectionRow
}

/** Windows hear of calls that come and go this often at most, milliseconds. */
const CALLS_TOLD_MS = 250

/** Joins what programs may do here: the book of grants, the requests that wait, the calls that run, and the door before them. */
export const createEngineAutomation = (parts: EngineAutomationParts) => {
  const { platform, db, bus, log, vault, audit, profileIdOf, slugOf, resolve } = parts
  const now = (): number => platform.now()
  const monotonicNow = (): number => platform.monotonicNow()
  const asked = (): void => bus.publishChange({ type: 'grants.asked', data: {} })
  const onGrant = (grantId: string | null): void => bus.publishChange({ type: 'grants.changed', data: { grantId } })
  let tellCalls: ReturnType<typeof setTimeout> | null = null
  const onCalls = (): void => {
    tellCalls ??= setTimeout(() => {
      tellCalls = null
      bus.publishChange({ type: 'calls.changed', data: {} })
    }, CALLS_TOLD_MS).unref()
  }

  const book = new GrantBook({ db, unsaved: parts.unsavedStops, now, monotonicNow, onChange: onGrant })
  const calls = new LiveCalls({ now, monotonicNow, onChange: onCalls, onAsked: asked })
  const requests = new GrantRequests({
    now,
    monotonicNow,
    onChange: onGrant,
    onAsked: asked,
    onRefused: (request, because) => {
      // Who takes a request back again and again fills no list.
      if (because === 'withdrawn') return
      try {
        book.keepRefused(refusedGrant(request, because, now()))
      } catch (error) {
        // It is refused all the same; only the list will not show it.
        log.warn('grant.refusal_not_kept', { error })
      }
    },
  })
  const requireOpen = (): void => void vault.auditKey()
  const gate = createGrantGate({
    db,
    book,
    calls,
    requireOpen,
    requireAudit: () => audit.requireWritable(),
    flowOf: (flowId) => getFlow(db, flowId),
    profileIdOf,
    slugOf,
    resolve,
  })

  /** A grant was given to a program, not to whatever stands in its place now. */
  const endForChanged = async (clientId: string, program: CallerProgram | null): Promise<boolean> => {
    const bound = book.active(clientId).filter((grant) => grant.programHash !== null)
    if (bound.length === 0) return true
    // Who connected has gone and left its connection to another, of which nothing is known.
    if (program === null) return false
    const { hash } = await program.look()
    for (const { grantId, programHash } of bound) {
      if (!hasChanged(programHash, hash) || !book.active(clientId).some((grant) => grant.grantId === grantId)) continue
      log.warn('grant.program_changed', { grantId, clientId })
      book.end(grantId, 'program_changed')
    }
    return true
  }

  let unfollowVault = (): void => {}
  let unfollowProfiles = (): void => {}
  const bindToPlaces = (): void => {
    try {
      book.bindToPlaces(parts.placeOf)
    } catch (error) {
      log.warn('grants.place_not_kept', { error })
    }
  }

  const dispatching: DispatcherEngine = {
    gate,
    audit,
    resolve,
    clientNameOf: (clientId) => book.client(clientId)?.name ?? null,
  }

  return {
    book,
    handlers: createGrantsApi({
      db,
      book,
      requests,
      calls,
      now,
      requireOpen,
      profileIdOf,
      viewOf: parts.viewOf,
      names: { slugOf, resolve: (reference) => resolve(reference, { kind: 'ui' }).connection_id },
    }),
    /** The program that a proven key belongs to, or null; ends its grants where its file is another one now. */
    clientOfKey: async (publicKey: string, program: CallerProgram | null): Promise<{ clientId: string; name: string } | null> => {
      requireOpen()
      const client = book.clientOfKey(publicKey)
      if (client === undefined) return null
      return (await endForChanged(client.clientId, program)) ? client : null
    },
    /** Whether an event is of a connection that the grants of a program let it look at now. */
    maySee: ({ clientId, via }: AutomationCaller, { data }: PublicEvent): 'seen' | 'hidden' | 'suspended' => {
      const reach = book.reach(clientId, 'read', via)
      if (book.isPaused || reach.length === 0 || vault.status().state !== 'open') return 'suspended'
      return isEventInReach(db, reach, data) ? 'seen' : 'hidden'
    },
    /** What belongs to a profile goes with it. */
    forgetProfile: (profileId: string): void => {
      requests.forgetProfile(profileId)
      book.forgetProfile(profileId)
    },
    dispatching,
    start: (): void => {
      book.start()
      bindToPlaces()
      unfollowProfiles = bus.onChange(({ type }) => (type === 'profiles.changed' || type === 'grants.changed' ? bindToPlaces() : undefined))
      unfollowVault = vault.onChange(({ state }) => {
        if (state === 'open') return
        requests.refuseAll('locked')
        book.lock()
        parts.onLock()
      })
    },
    stop: (): void => {
      unfollowVault()
      unfollowProfiles()
      requests.refuseAll('locked')
      book.stop()
      if (tellCalls !== null) clearTimeout(tellCalls)
    },
  }
}
