import type { z } from 'zod'
import type { connectionUse } from '#shared/contract/connection-use'
import { PatchbayError } from '#shared/errors'
import { LIMITS } from '#shared/wire'
import type { Caller } from '../caller.ts'
import type { ConnectionRow } from '../connections/connection-row.ts'
import { retryAfterFrom } from '../nango/rate-budget.ts'
import { givenHeaders, sentHeaders } from './passable-headers.ts'
import { asResultTooLarge, type Json, readServiceBody, resultTooLarge, sentBody, withoutParameters } from './service-body.ts'
import { joinList, listPlace, nextPage, NO_FACTS, type PagingFacts } from './service-pages.ts'
import { normalTarget } from './service-target.ts'
import type { ServiceCall, ServiceReply, UseBackend } from './use-backend.ts'
import { waitFor } from './use-ending.ts'

export interface ServiceRequestDependencies {
  readonly backend: UseBackend
  readonly monotonicNow: () => number
  /** The time at a profile's Nango, from which dates of an answer count. */
  readonly timeAt: (profileId: string) => number
  /** A service refused the credential: somebody may look whether the connection is well. */
  readonly doubt?: (connectionId: string) => void
}

type Asked = Omit<z.output<typeof connectionUse.request.params>, 'connectionId'>
type Answer = z.input<typeof connectionUse.request.result>

/** What may be sent twice (RFC 9110 section 9.2.2). */
const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])

/** Calls of one request: its time, its repeats, its end. */
interface Under {
  readonly facts: Promise<PagingFacts>
  readonly row: ConnectionRow
  readonly asked: Asked
  readonly signal: AbortSignal
  readonly leftMs: () => number
  retries: number
}

/** How long to wait before the same call again, milliseconds; null where it is not to be made again. */
const waitBefore = (reply: ServiceReply, method: string, serverNow: number): number | null =>
  REPEATABLE.has(method) && (reply.status === 429 || reply.status === 503) ? retryAfterFrom(reply.headers['retry-after'], serverNow) : null

/** What Nango asks to wait for: the call was not made, so that any may follow. */
const pauseOfNango = (error: unknown): number | null => {
  if (!(error instanceof PatchbayError) || error.code !== 'nango.rate_limited') return null
  const { retryInMs } = error.data
  return typeof retryInMs === 'number' ? retryInMs : null
}

const exchange = async (deps: ServiceRequestDependencies, call: ServiceCall, under: Under): Promise<ServiceReply> => {
  const { row, asked, signal, leftMs } = under
  for (;;) {
    let waitMs: number | null
    let outcome: { readonly reply: ServiceReply } | { readonly error: unknown }
    try {
      const answer = await deps.backend.request(row, call, { signal, timeoutMs: Math.max(1, leftMs()) })
      const reply = withoutParameters(answer, (await under.facts).credentialParameters)
      waitMs = waitBefore(reply, call.method, deps.timeAt(row.profile_id))
      outcome = { reply }
    } catch (error) {
      waitMs = pauseOfNango(error)
      outcome = { error }
    }
    if (waitMs === null || under.retries >= asked.retries || waitMs >= leftMs()) {
      if ('reply' in outcome) return outcome.reply
      throw asResultTooLarge(outcome.error)
    }
    under.retries += 1
    await waitFor(waitMs, signal)
  }
}

/** Whether a further page may be read: its grant counts it, and one without such a count keeps to the path that was allowed. */
const admitPage = (caller: Caller, before: string, target: string): void => {
  if (caller.kind !== 'automation') return
  const { path } = normalTarget(target)
  if (caller.admit !== undefined) return caller.admit('GET', path)
  if (path !== normalTarget(before).path) throw new PatchbayError('automation.denied')
}

/** A body for which there may be pages: JSON of a call that only reads. */
const hasPages = ({ maxPages, method, bodyAs }: Asked): boolean => maxPages > 1 && method === 'GET' && bodyAs === 'auto'

const isDone = ({ status }: ServiceReply): boolean => status >= 200 && status < 300

/** Makes a call through a connection, its repeats and further pages with it. Throws what is not the service's answer, and `request.invalid`. */
export const makeServiceRequest = async (
  deps: ServiceRequestDependencies,
  row: ConnectionRow,
  asked: Asked,
  caller: Caller,
  signal: AbortSignal,
): Promise<Answer> => {
  const startedAt = deps.monotonicNow()
  const leftMs = (): number => startedAt + asked.timeoutSeconds * 1000 - deps.monotonicNow()
  const headers = sentHeaders(asked.headers ?? {})
  const call: ServiceCall = {
    method: asked.method,
    target: normalTarget(asked.path, asked.query).target,
    headers,
    ...sentBody(asked.method, asked.body, headers),
  }
  // Without its definition a service may still link its pages.
  const facts = deps.backend.paging(row, { signal }).catch(() => NO_FACTS)
  const under: Under = { row, asked, signal, leftMs, facts, retries: 0 }
  const first = await exchange(deps, call, under)
  if (first.status === 401) deps.doubt?.(row.connection_id)
  const given = readServiceBody(first, asked.bodyAs)
  const limit = await deps.backend.limit(row)
  const answer = { status: first.status, headers: givenHeaders(first.headers, limit), ...given }
  const further =
    hasPages(asked) && isDone(first) && given.bodyIs === 'json'
      ? await followPages(deps, call, under, caller, { reply: first, body: given.body })
      : { pages: 1, hasMore: false }
  return { ...answer, streamId: null, ...further, retries: under.retries }
}

/** Reads further pages and adds their lists to that of the first answer, which it changes. */
const followPages = async (
  deps: ServiceRequestDependencies,
  call: ServiceCall,
  under: Under,
  caller: Caller,
  first: { readonly reply: ServiceReply; readonly body: Json },
): Promise<{ pages: number; hasMore: boolean }> => {
  const { asked } = under
  const facts = await under.facts
  const place = listPlace(first.body, facts)
  let bytes = first.reply.body.length
  let { target } = call
  let page: { headers: Readonly<Record<string, string>>; body: Json } = { headers: first.reply.headers, body: first.body }
  const seen = new Set([target])
  for (let pages = 1; ; pages += 1) {
    const next = await nextPage({ target, ...page }, facts)
    if (next.kind === 'none') return { pages, hasMore: false }
    if (next.kind === 'elsewhere' || place === null || pages >= asked.maxPages || seen.has(next.target)) return { pages, hasMore: true }
    admitPage(caller, target, next.target)
    target = next.target
    seen.add(target)
    const reply = await exchange(deps, { ...call, target }, under)
    const given = readServiceBody(reply, asked.bodyAs)
    bytes += reply.body.length
    if (bytes > LIMITS.lineOutBytes) throw resultTooLarge({ pages: pages + 1 })
    if (!isDone(reply) || given.bodyIs !== 'json')
      throw new PatchbayError('provider.failing', { data: { status: reply.status, pages, reason: 'a further page was not answered' } })
    if (!joinList(first.body, given.body, place)) return { pages, hasMore: true }
    page = { headers: reply.headers, body: given.body }
  }
}
