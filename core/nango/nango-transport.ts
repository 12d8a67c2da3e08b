import { setTimeout as sleep } from 'node:timers/promises'
import type { Nango } from '@nangohq/node'
import { HTTP_LIMITS, type Http, type HttpReply, type HttpRequest } from '#core/http'
import { HttpFailure, httpFailureFrom, type HttpFailureKind } from '#core/http-failure'
import { parseForeignJson } from '#core/http-json'
import type { Secret } from '#core/vault/secret'
import { PatchbayError } from '#shared/errors'
import type { CallOptions } from './nango-client.ts'
import { errorFromFailure, errorFromReply, isJsonReply } from './nango-errors.ts'
import type { RateBudget } from './rate-budget.ts'

/** How one call is treated. */
export interface CallPolicy extends CallOptions {
  /** Counts against the secret key's budget; calls with a session token have their own at the server. */
  readonly isBudgeted: boolean
  /** May be repeated after a failure of the way there. */
  readonly isRepeatable: boolean
}

/** Sends calls to one Nango server and turns every failure into a PatchbayError that holds nothing secret. */
export interface NangoTransport {
  /** The JSON of a 2xx reply, undefined for one without a body. */
  send(request: HttpRequest, policy: CallPolicy): Promise<unknown>
  /** The official SDK for one call: its requests go through `send`, so that our limits, proxy and errors hold for it as well. */
  sdk(policy: CallPolicy): Promise<Nango>
}

const MAX_REPEATS = 2
const BACKOFF_MS = 500
const REPEATABLE_KINDS = new Set<HttpFailureKind>(['unreachable', 'interrupted'])
const REPEATABLE_STATUSES = new Set([502, 503, 504])

const METHODS = { get: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const

const methodOf = (name: string | undefined): HttpRequest['method'] => {
  const method = Object.entries(METHODS).find(([key]) => key === (name ?? 'get').toLowerCase())
  if (method === undefined) throw new Error(`unexpected method ${name ?? ''}`)
  return method[1]
}

/** Waits a random part of 0.5 s, 1 s (full jitter); false when the deadline would pass or the caller gave up. */
const pause = async (attempt: number, deadline: number, now: () => number, signal: AbortSignal | undefined): Promise<boolean> => {
  const waitMs = Math.random() * BACKOFF_MS * 2 ** attempt
  if (now() + waitMs >= deadline) return false
  return sleep(waitMs, true, signal === undefined ? {} : { signal }).catch(() => false)
}

const valueOf = (reply: HttpReply, now: number): unknown => {
  if (reply.status < 200 || reply.status > 299) throw errorFromReply(reply, now)
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
  readonly now: () => number
}): NangoTransport => {
  const { host, secretKey, http, budget, now } = options

  const attempt = async (request: HttpRequest, policy: CallPolicy, deadline: number): Promise<HttpReply> => {
    if (policy.isBudgeted) budget.admit(policy.priority ?? 'person')
    const reply = await http.request({
      ...request,
      timeoutMs: Math.max(1, deadline - now()),
      ...(policy.signal === undefined ? {} : { signal: policy.signal }),
    })
    if (policy.isBudgeted) budget.observe(reply.status, reply.headers)
    return reply
  }

  const send: NangoTransport['send'] = async (request, policy) => {
    const deadline = now() + (request.timeoutMs ?? HTTP_LIMITS.callMs)
    for (let repeats = 0; ; repeats++) {
      const mayRepeat = policy.isRepeatable && repeats < MAX_REPEATS
      try {
        const reply = await attempt(request, policy, deadline)
        if (mayRepeat && REPEATABLE_STATUSES.has(reply.status) && (await pause(repeats, deadline, now, policy.signal))) continue
        if (policy.signal?.aborted === true) throw new HttpFailure('cancelled', 'aborted')
        return valueOf(reply, now())
      } catch (error) {
        if (error instanceof PatchbayError) throw error
        const failure = policy.signal?.aborted === true ? new HttpFailure('cancelled', 'aborted') : httpFailureFrom(error)
        if (mayRepeat && REPEATABLE_KINDS.has(failure.kind) && (await pause(repeats, deadline, now, policy.signal))) continue
        throw errorFromFailure(failure)
      }
    }
  }

  return {
    send,
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
            ...(typeof body === 'string' ? { body } : {}),
          },
          policy,
        )
        return { data, status: 200, statusText: '', headers: {}, config }
      }
      return sdk
    },
  }
}
