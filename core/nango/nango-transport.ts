import { setTimeout as sleep } from 'node:timers/promises'
import type { Nango } from '@nangohq/node'
import { backoffMs, type Clock } from '#core/clock'
import {
  HTTP_LIMITS,
  type Http,
  type HttpLimits,
  type HttpReply,
  type HttpRequest,
  type HttpStreamReply,
  type HttpStreamRequest,
} from '#core/http'
import { HttpFailure, httpFailureFrom, type HttpFailureKind } from '#core/http-failure'
import { parseForeignJson } from '#core/http-json'
import { createCircuitBreaker, type Admission } from '#core/http-breaker'
import type { Secret } from '#core/vault/secret'
import { PatchbayError } from '#shared/errors'
import type { CallOptions } from './nango-client.ts'
import { errorFromFailure, errorFromReply, isJsonReply } from './nango-errors.ts'
import { retryAfterFrom, type RateBudget } from './rate-budget.ts'
import type { ServerClock } from './server-clock.ts'

/** How one call is treated. */
export interface CallPolicy extends CallOptions {
  /** Counts against the secret key's budget; calls with a session token have their own at the server. */
  readonly isBudgeted: boolean
  /** May be repeated after a failure of the way there. */
  readonly isRepeatable: boolean
  /** Nango asks a provider before it answers: the reply may begin as late as the call may last. */
  readonly asksProvider?: boolean
}

/** Sends calls to one Nango server and turns every failure into a PatchbayError that holds nothing secret. */
export interface NangoTransport {
  /** The JSON of a 2xx reply, undefined for one without a body. */
  send(request: HttpRequest, policy: CallPolicy): Promise<unknown>
  /**
   * A reply of whatever status that Nango passes on from somebody else. One that `isNangos` claims is thrown as Nango's error. What the
   * others say says nothing about this server: no outage, of the budget only what Nango adds to them, and they are never asked for again.
   */
  pass(request: HttpRequest, policy: CallPolicy, isNangos: (reply: HttpReply) => boolean): Promise<HttpReply>
  /**
   * The same in pieces, in which a reply that is happy comes as it is read; one that is not is read whole before. What its body throws
   * is a PatchbayError too.
   */
  passInPieces(request: HttpStreamRequest, policy: CallPolicy, isNangos: (reply: HttpReply) => boolean): Promise<HttpStreamReply>
  /** The official SDK for one call: its requests go through `send`, so that our limits, proxy and errors hold for it as well. */
  sdk(policy: CallPolicy): Promise<Nango>
  /** The way may be free again: a server that was given up is tried at the next call. */
  hurry(): void
}

const MAX_REPEATS = 2
const REPEATABLE_KINDS = new Set<HttpFailureKind>(['unreachable', 'interrupted'])
const REPEATABLE_STATUSES = new Set([502, 503, 504])
/** What speaks of the server as a whole, not of one call. */
const OUTAGES = new Set<HttpFailureKind>(['unreachable', 'interrupted', 'timeout', 'certificate'])
/** The request had arrived somewhere, and no reply began in time or went on. */
const SLOW_REASONS: ReadonlySet<string> = new Set(['headers_deadline', 'call_deadline', 'idle_body'])

const METHODS = { get: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const

const methodOf = (name: string | undefined): HttpRequest['method'] => {
  const method = Object.entries(METHODS).find(([key]) => key === (name ?? 'get').toLowerCase())
  if (method === undefined) throw new Error(`unexpected method ${name ?? ''}`)
  return method[1]
}

/** A whole reply as one that is read in pieces. */
export const inOnePiece = ({ status, headers, body }: HttpReply): HttpStreamReply => ({
  status,
  headers,
  body: (async function* read() {
    if (body.length > 0) yield body
  })(),
  close: () => {},
})

/** All of a body, up to so many bytes. */
export const wholeBody = async (body: AsyncIterable<Buffer>, most: number): Promise<Buffer> => {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.length
    if (bytes > most) throw new HttpFailure('too_large', 'body')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

async function* inOurErrors(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  try {
    yield* body
  } catch (error) {
    throw errorFromFailure(httpFailureFrom(error))
  }
}

const valueOf = (reply: HttpReply, now: number, serverNow: number): unknown => {
  if (reply.status < 200 || reply.status > 299) throw errorFromReply(reply, now, serverNow)
  if (reply.status === 204) return undefined
  // A wrong address may well answer 200 with somebody's web page (nango-api.md section 1).
  if (!isJsonReply(reply)) throw new PatchbayError('nango.not_nango', { data: { status: reply.status } })
  const value = parseForeignJson(reply.body.toString('utf8'))
  if (value === undefined) throw new PatchbayError('nango.protocol', { data: { status: reply.status, reason: 'invalid_json' } })
  return value
}

/** Makes the transport of one server and key. The SDK is loaded at its first use: it would cost the start of the host. */
export const createNangoTransport = (options: {
  readonly host: string
  readonly secretKey: Secret
  readonly http: Http
  readonly budget: RateBudget
  readonly clock: Clock
  readonly serverClock: ServerClock
  readonly limits?: Partial<HttpLimits>
}): NangoTransport => {
  const { host, secretKey, http, budget, clock, serverClock } = options
  const callMs = options.limits?.callMs ?? HTTP_LIMITS.callMs
  const breaker = createCircuitBreaker(() => clock.monotonicNow())
  /** Why the breaker is open, as it was told to whoever ran into it. */
  let outage: PatchbayError | null = null

  const now = (): number => clock.monotonicNow()
  const errorOf = (reply: HttpReply): PatchbayError => errorFromReply(reply, clock.now(), serverClock.now())

  const held = (retryInMs: number): PatchbayError => {
    const { code, message, data } = outage ?? new PatchbayError('nango.unreachable')
    const pause = { isHeldBack: true, retryInMs: Math.ceil(retryInMs), retryAt: new Date(clock.now() + retryInMs).toISOString() }
    return new PatchbayError(code, { message, data: { ...data, ...pause } })
  }

  /** Waits before another try; false when the deadline would pass, the caller gave up, or nothing may be tried now. */
  const pause = async (waitMs: number, deadline: number, policy: CallPolicy, admission: Admission): Promise<boolean> => {
    if (admission.kind === 'probe' || now() + waitMs >= deadline) return false
    return sleep(waitMs, true, policy.signal === undefined ? {} : { signal: policy.signal }).catch(() => false)
  }

  const exchange = async (
    request: HttpRequest,
    policy: CallPolicy,
    deadline: number,
    admission: Admission,
    isNangos: (reply: HttpReply) => boolean,
  ): Promise<HttpReply> => {
    const startedAt = now()
    try {
      const reply = await http.request({
        ...request,
        timeoutMs: Math.max(1, deadline - startedAt),
        ...(policy.signal === undefined ? {} : { signal: policy.signal }),
      })
      const isOwn = isNangos(reply)
      const isOutage = isOwn && REPEATABLE_STATUSES.has(reply.status)
      if (isOwn) serverClock.observe(reply.headers['date'], now() - startedAt)
      heed(reply, policy, isOwn)
      if (isOutage) outage = errorOf(reply)
      breaker.note(isOutage ? 'failed' : 'answered', admission)
      return reply
    } catch (error) {
      const failure = policy.signal?.aborted === true ? new HttpFailure('cancelled', 'aborted') : httpFailureFrom(error)
      // Whether it was Nango or the service behind it that was slow or broke off nobody can tell.
      const isSlow = policy.asksProvider === true && (SLOW_REASONS.has(failure.reason) || failure.kind === 'interrupted')
      const isOutage = !isSlow && OUTAGES.has(failure.kind)
      if (isOutage) outage = errorFromFailure(failure)
      breaker.note(isOutage ? 'failed' : isSlow || failure.kind === 'cancelled' ? 'nothing' : 'answered', admission)
      throw failure
    }
  }

  const heed = (reply: HttpReply, policy: CallPolicy, isOwn: boolean): void => {
    if (!policy.isBudgeted) return
    if (isOwn) budget.observe(reply.status, reply.headers)
    else budget.observePassed(reply.headers)
  }

  const passInPieces: NangoTransport['passInPieces'] = async (request, policy, isNangos) => {
    const admission = breaker.admit(true)
    if (admission.kind === 'held') throw held(admission.retryInMs)
    try {
      budget.admit(policy.priority ?? 'person')
    } catch (error) {
      breaker.note('nothing', admission)
      throw error
    }
    try {
      const opened = await http.open({ ...request, ...(policy.signal === undefined ? {} : { signal: policy.signal }) })
      const { status, headers } = opened
      breaker.note('answered', admission)
      const isHappy = status < 400
      const body = isHappy ? Buffer.alloc(0) : await wholeBody(opened.body, HTTP_LIMITS.bodyBytes)
      const isOwn = isNangos({ status, headers, body })
      heed({ status, headers, body }, policy, isOwn)
      if (isOwn || !isHappy) opened.close()
      if (isOwn) throw errorOf({ status, headers, body })
      return isHappy ? { ...opened, body: inOurErrors(opened.body) } : inOnePiece({ status, headers, body })
    } catch (error) {
      if (error instanceof PatchbayError) throw error
      breaker.note('nothing', admission)
      throw errorFromFailure(policy.signal?.aborted === true ? new HttpFailure('cancelled', 'aborted') : httpFailureFrom(error))
    }
  }

  const waitOf = (reply: HttpReply, repeats: number): number =>
    (reply.status === 503 ? retryAfterFrom(reply.headers['retry-after'], serverClock.now()) : null) ?? backoffMs(repeats)

  const exchangeInTime = async <T>(
    request: HttpRequest,
    policy: CallPolicy,
    isNangos: (reply: HttpReply) => boolean,
    take: (reply: HttpReply) => T,
  ): Promise<T> => {
    const deadline = now() + (request.timeoutMs ?? callMs)
    for (let repeats = 0; ; repeats++) {
      const mayRepeat = policy.isRepeatable && repeats < MAX_REPEATS
      const admission = breaker.admit((policy.priority ?? 'person') === 'person')
      if (admission.kind === 'held') throw held(admission.retryInMs)
      try {
        if (policy.isBudgeted) budget.admit(policy.priority ?? 'person')
      } catch (error) {
        breaker.note('nothing', admission)
        throw error
      }
      try {
        const reply = await exchange(request, policy, deadline, admission, isNangos)
        const isOutage = REPEATABLE_STATUSES.has(reply.status) && isNangos(reply)
        if (mayRepeat && isOutage && (await pause(waitOf(reply, repeats), deadline, policy, admission))) continue
        if (policy.signal?.aborted === true) throw new HttpFailure('cancelled', 'aborted')
        return take(reply)
      } catch (error) {
        if (error instanceof PatchbayError) throw error
        const failure = policy.signal?.aborted === true ? new HttpFailure('cancelled', 'aborted') : httpFailureFrom(error)
        const mayHelp = mayRepeat && REPEATABLE_KINDS.has(failure.kind)
        if (mayHelp && (await pause(backoffMs(repeats), deadline, policy, admission))) continue
        throw errorFromFailure(failure)
      }
    }
  }

  const send: NangoTransport['send'] = (request, policy) =>
    exchangeInTime(
      request,
      policy,
      () => true,
      (reply) => valueOf(reply, clock.now(), serverClock.now()),
    )

  return {
    send,
    pass: (request, policy, isNangos) =>
      exchangeInTime({ headersTimeoutMs: callMs, ...request }, { ...policy, asksProvider: true }, isNangos, (reply) => {
        if (isNangos(reply)) throw errorOf(reply)
        return reply
      }),
    passInPieces,
    hurry: () => breaker.hurry(),
    sdk: async (policy) => {
      const { Nango: Sdk } = await import('@nangohq/node')
      const sdk = new Sdk({ host, secretKey: secretKey.reveal() }, { userAgent: 'patchbay' })
      // Axios throws what its adapter throws, so an AxiosError, which would carry the key in its config, never comes into being.
      sdk.http.defaults.adapter = async (config) => {
        const headers = Object.fromEntries(Object.entries(config.headers.toJSON()).map(([name, value]) => [name, String(value)]))
        const body: unknown = config.data
        const data = await send(
          {
            method: methodOf(config.method),
            url: sdk.http.getUri(config),
            headers,
            ...(policy.asksProvider === true ? { headersTimeoutMs: callMs } : {}),
            ...(typeof body === 'string' ? { body } : {}),
          },
          policy,
        )
        // It takes what it gets for an object and would fail on anything else in words of its own.
        if (data !== undefined && (typeof data !== 'object' || data === null))
          throw new PatchbayError('nango.protocol', { data: { reason: 'unexpected_shape', paths: [''] } })
        return { data, status: 200, statusText: '', headers: {}, config }
      }
      return sdk
    },
  }
}
