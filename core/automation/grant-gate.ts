import type { Method } from '#shared/contract/define'
import type { GrantVerb } from '#shared/contract/grants'
import { PatchbayError } from '#shared/errors'
import type { AutomationCaller } from '../caller.ts'
import { isInReach } from '../connections/connection-reach.ts'
import type { ConnectionRow } from '../connections/connection-row.ts'
import { getConnection } from '../connections/connection-store.ts'
import type { ReadableDb } from '../database/sql.ts'
import { orAborted } from '../use/use-ending.ts'
import type { GrantBook } from './grant-book.ts'
import type { WantedCall } from './held-grant.ts'
import type { LiveCalls } from './live-calls.ts'

/** What a call was about, for the audit. */
export interface CallSubject {
  readonly grantId: string | null
  readonly row: ConnectionRow | null
}

/** The door for programs: what their grants let through. */
export interface GrantGate {
  /** The caller with what it may reach for this method. Throws `automation.denied`, `automation.paused`, `vault.locked` and `audit.unavailable`. */
  admit(caller: AutomationCaller, method: Method): AutomationCaller
  /**
   * Runs a call that a grant allows: counted, shown while it runs, after the person's yes where the grant or the method wants it, and
   * ended with its grant. Throws `automation.denied`, `automation.rate_limited`, `automation.call_refused`.
   */
  run<T>(call: GatedCall, work: (caller: AutomationCaller) => Promise<T> | T): Promise<T>
}

export interface GatedCall {
  readonly caller: AutomationCaller
  readonly name: string
  readonly method: Method
  /** Parsed, references resolved. */
  readonly params: Readonly<Record<string, unknown>>
  /** The connection that `connectionId` names, within the caller's reach. */
  readonly row: ConnectionRow | null
  /** `GET /user` of a call through a connection. */
  readonly target: { readonly method: string; readonly path: string } | null
  /** Told what it is about as soon as that is known. */
  readonly note: (subject: CallSubject) => void
  /** Told when it is carried out: what ends it from now on may have had an effect. */
  readonly begun: () => void
}

export interface GrantGateOptions {
  readonly db: ReadableDb
  readonly book: GrantBook
  readonly calls: LiveCalls
  /** Throws `vault.locked` while the vault is. */
  readonly requireOpen: () => void
  readonly requireAudit: () => void
  /** The connection and connector of a flow, or undefined. */
  readonly flowOf: (
    flowId: string,
  ) => { readonly connectionId: string; readonly profileId: string; readonly connectorId: string } | undefined
  readonly profileIdOf: (profileId: string | undefined) => string
  readonly slugOf: (name: string) => string
  /** A connection within reach. Throws `automation.denied`. */
  readonly resolve: (reference: string, caller: AutomationCaller) => ConnectionRow
}

const denied = (): PatchbayError => new PatchbayError('automation.denied')

const verbOf = (method: Method): GrantVerb => {
  const { access } = method
  if (access === 'open' || access === 'admin') throw denied()
  return access
}

const textIn = (params: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = params[name]
  return typeof value === 'string' ? value : undefined
}

const MOST_SHOWN = 1500
/** What of a call's parameters may be shown to the person; credentials are never among them. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  'connections.request': ['query', 'headers', 'body'],
  'connections.update': ['label', 'notes'],
  'connections.setMetadata': ['mode', 'metadata'],
  'connections.remove': ['revoke', 'forgetOnly'],
  'connections.reconnect': ['scopes'],
  'connect.start': ['connectorId', 'anyOf', 'reconnectConnectionId', 'label', 'scopes', 'userScopes', 'authorizationParams'],
}

const detailsOf = (name: string, params: Readonly<Record<string, unknown>>): string | null => {
  const shown = (SHOWN[name] ?? []).flatMap((key) => (params[key] === undefined ? [] : [`${key}: ${JSON.stringify(params[key])}`]))
  const text = shown.join('\n')
  return text === '' ? null : text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)} …` : text
}

/** Joins what ends a call: its grant is taken back, or its program hangs up. */
const endingWith = (caller: AutomationCaller, ofGrant: AbortSignal): { readonly signal: AbortSignal; readonly done: () => void } => {
  const gone = new AbortController()
  const forget = caller.onGone?.(() => gone.abort(new PatchbayError('request.cancelled')))
  return { signal: AbortSignal.any([ofGrant, gone.signal]), done: () => forget?.() }
}

/** The door over a book of grants. */
export const createGrantGate = (options: GrantGateOptions): GrantGate => {
  const { db, book, calls } = options

  /** What the call is about, within the caller's reach. Throws `automation.denied`, whatever it is that is not there. */
  const subjectOf = ({
    caller,
    method,
    params,
    row: named,
  }: GatedCall): { row: ConnectionRow | null; connectors?: WantedCall['connectors'] } => {
    const reach = caller.reach ?? []
    switch (method.reach) {
      case 'connection':
        if (named === null || !isInReach(reach, named)) throw denied()
        return { row: named }
      case 'flow': {
        const flow = options.flowOf(textIn(params, 'flowId') ?? '')
        if (flow === undefined) throw denied()
        const row = getConnection(db, flow.connectionId)
        if (row !== undefined && isInReach(reach, row)) return { row }
        return { row: null, connectors: { profileId: flow.profileId, connectorIds: [flow.connectorId] } }
      }
      case 'connector': {
        const again = textIn(params, 'reconnectConnectionId')
        if (again !== undefined) return { row: options.resolve(again, caller) }
        // A page of the server may offer several: each of them has to be within reach.
        const offered = Array.isArray(params['anyOf']) ? params['anyOf'].map(String) : []
        const slug = (name: string): string => options.slugOf(name.toLowerCase())
        const profileId = options.profileIdOf(undefined)
        if ((textIn(params, 'profileId') ?? profileId) !== profileId) throw denied()
        return { row: null, connectors: { profileId, connectorIds: [textIn(params, 'connectorId') ?? '', ...offered].map(slug) } }
      }
      case 'listed': {
        const profileId = textIn(params, 'profileId')
        if (profileId !== undefined && !reach.some((part) => part.profileId === profileId)) throw denied()
        return { row: null }
      }
      case 'none':
        return { row: null }
      default:
        throw denied()
    }
  }

  return {
    admit: (caller, method) => {
      if (method.reach === undefined) throw denied()
      options.requireOpen()
      if (book.isPaused) throw new PatchbayError('automation.paused')
      const verb = verbOf(method)
      const reach = book.reach(caller.clientId, verb, caller.via)
      if (reach.length === 0) throw denied()
      options.requireAudit()
      return { ...caller, reach }
    },
    run: async (call, work) => {
      const { caller, name, method, target, note } = call
      const verb = verbOf(method)
      const { row, connectors } = subjectOf(call)
      note({ grantId: null, row })
      const wanted: WantedCall = {
        clientId: caller.clientId,
        verb,
        via: caller.via,
        row,
        ...(connectors !== undefined && { connectors }),
        ...(target !== null && { target }),
        ...(method.isPart === true && { isPart: true }),
      }
      const { grant, signal: ofGrant } = book.use(wanted)
      note({ grantId: grant.grantId, row })
      if (verb === 'read' || method.isPart === true) return work({ ...caller, signal: ofGrant })
      const { signal, done } = endingWith(caller, ofGrant)
      const facts = {
        clientId: caller.clientId,
        clientName: grant.clientName,
        method: name,
        connectionId: row?.connection_id ?? null,
        handle: row?.handle ?? null,
        target: target === null ? null : `${target.method} ${target.path}`,
        program: caller.program?.path ?? null,
        pid: caller.program?.pid ?? null,
        details: detailsOf(name, call.params),
      }
      try {
        if (grant.terms.asksEachTime || method.isFinal === true) await calls.approved(facts, signal)
        const shown = calls.run(facts)
        try {
          call.begun()
          const admit = (httpMethod: string, path: string): void => void book.use({ ...wanted, target: { method: httpMethod, path } })
          const working = Promise.resolve(work({ ...caller, signal, admit, stillUsed: () => book.stillUsed(grant.grantId) }))
          // A change that has begun is seen to its end; what only fetches is left at once.
          return await (verb === 'write' ? working : orAborted(working, signal, () => signal.reason as Error))
        } finally {
          shown()
        }
      } finally {
        done()
      }
    },
  }
}
