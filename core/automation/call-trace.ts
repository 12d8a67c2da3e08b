import type { Method } from '#shared/contract/define'
import type { Reply } from '#shared/wire'
import type { Caller } from '../caller.ts'
import type { ConnectionRow } from '../connections/connection-row.ts'
import type { AuditLine } from './audit-line.ts'

/** What becomes known of a call while it is carried out. */
export interface CallTrace {
  readonly name: string
  /** Epoch milliseconds. */
  readonly at: number
  /** By the clock that nobody sets. */
  readonly startedAt: number
  grantId: string | null
  row: ConnectionRow | null
  /** Of a call through a connection. */
  target: { readonly method: string; readonly path: string } | null
  /** It is carried out for a program: what ends it may have had an effect. */
  hasBegun: boolean
}

const VIA = { ui: 'window', cli: 'terminal' } as const

const DENIED = /^(?:automation\.|grant\.)/

const outcomeOf = (reply: Reply, hasBegun: boolean): Pick<AuditLine, 'outcome' | 'code'> => {
  if (reply.ok) {
    const status = (reply.value as { readonly status?: unknown } | null)?.status
    return { outcome: 'done', code: typeof status === 'number' ? String(status) : null }
  }
  const { code } = reply.error
  // Its grant ended in the middle of it: whether the service did it, nobody here knows.
  const isEnded = code === 'request.cancelled' || (hasBegun && (DENIED.test(code) || code === 'vault.locked'))
  if (isEnded) return { outcome: 'cancelled', code }
  return { outcome: DENIED.test(code) ? 'denied' : 'failed', code }
}

/** A call that followed the pages of its answer made more than one; each was within the grant. */
const furtherPages = (reply: Reply): string => {
  const pages = reply.ok ? (reply.value as { readonly pages?: unknown } | null)?.pages : undefined
  return typeof pages === 'number' && pages > 1 ? ` and ${pages - 1} more pages` : ''
}

/** Looking is written down with the next batch, and what was not understood, which did nothing; everything else before its answer. */
export const isAuditedAtOnce = (method: Method, reply: Reply, trace: CallTrace): boolean =>
  method.access !== 'read' && (reply.ok || trace.hasBegun || reply.error.code !== 'request.invalid')

/** The line of the audit for a call that has ended. */
export const auditLine = (caller: Caller, clientName: string | null, trace: CallTrace, reply: Reply, now: number): AuditLine => {
  const program = caller.kind === 'ui' ? null : (caller.program ?? null)
  return {
    at: new Date(trace.at).toISOString(),
    caller: caller.kind,
    via: caller.kind === 'ui' || caller.kind === 'cli' ? VIA[caller.kind] : (caller.via ?? 'socket'),
    clientId: caller.kind === 'automation' ? caller.clientId : null,
    clientName: clientName ?? (caller.kind === 'ui' ? null : (caller.client ?? null)),
    grantId: trace.grantId,
    program: program?.path ?? null,
    pid: program?.pid ?? null,
    method: trace.name,
    profileId: trace.row?.profile_id ?? null,
    connectionId: trace.row?.connection_id ?? null,
    handle: trace.row?.handle ?? null,
    target: trace.target === null ? null : `${trace.target.method} ${trace.target.path}${furtherPages(reply)}`,
    ...outcomeOf(reply, trace.hasBegun),
    durationMs: Math.round(now - trace.startedAt),
  }
}
