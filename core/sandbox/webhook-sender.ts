import { randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '#core/log'
import type { WebhookDelivery, WebhookEvent } from '#shared/contract/sandbox'
import { isLoopbackAddress, signaturesOf, webhookBody } from './webhook-signature.ts'

/** Which signatures a webhook carries. */
export type SignatureKind = 'valid' | 'wrong' | 'missing'

/** One webhook to send. */
export interface Webhook {
  readonly event: WebhookEvent
  readonly nangoConnectionId: string
  readonly url: string
  readonly payload: object
  readonly signature?: SignatureKind
}

interface SenderOptions {
  readonly signingKey: () => string
  readonly now: () => number
  readonly log: Log
  readonly onChange: () => void
  /** The pauses before the second and the third attempt, milliseconds; Nango's when absent. */
  readonly retryMs?: readonly number[] | undefined
  readonly timeoutMs?: number | undefined
}

type Attempt = WebhookDelivery['attempts'][number]
type Answer = Pick<Attempt, 'status' | 'reason'>

const RETRY_MS = [3_000, 6_000]
const TIMEOUT_MS = 20_000
const MAX_KEPT = 100

const reasonOf = (error: NodeJS.ErrnoException): string => {
  if (error.code === 'ECONNREFUSED') return 'connection_refused'
  return error.name === 'TimeoutError' || error.code === 'ABORT_ERR' ? 'timeout' : 'cut'
}

const post = (url: string, body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> =>
  new Promise((resolve) => {
    const target = new URL(url)
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest
    const sent = send(
      target,
      { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) }, signal },
      (response) => {
        response.on('error', () => {})
        response.resume()
        resolve({ status: response.statusCode ?? 0, reason: null })
      },
    )
    sent.on('error', (error) => resolve({ status: null, reason: reasonOf(error) }))
    sent.end(body)
  })

const mayComeLater = ({ status }: Answer): boolean => status === null || status >= 500

/**
 * Sends webhooks as Nango does (nango-api.md section 10): both signatures, 20 s, after 5xx or no answer again in 3 s and 6 s, after
 * 4xx never. Keeps how the last 100 went while the host runs. Unlike Nango it follows no redirect: the body would be lost on the way.
 */
export class WebhookSender {
  readonly #options: SenderOptions
  readonly #deliveries: WebhookDelivery[] = []
  readonly #ending = new AbortController()

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** Newest first. */
  get deliveries(): readonly WebhookDelivery[] {
    return this.#deliveries.toReversed()
  }

  /** Sends one; done when the first attempt has ended. Later attempts go on by themselves. */
  async send(webhook: Webhook): Promise<WebhookDelivery> {
    const deliveryId = randomUUID()
    const { event, nangoConnectionId, url } = webhook
    const begun: WebhookDelivery = { deliveryId, event, nangoConnectionId, url, state: 'sending', attempts: [], nextAttemptAt: null }
    this.#deliveries.push(begun)
    if (this.#deliveries.length > MAX_KEPT) this.#deliveries.shift()
    this.#options.onChange()
    const body = webhookBody(webhook.payload)
    const headers = {
      accept: 'application/json, text/plain, */*',
      'content-type': 'application/json',
      'user-agent': 'nango/0.71.4 (patchbay sandbox)',
      ...this.#signatures(body, webhook.signature ?? 'valid'),
    }
    const isAgain = await this.#attempt(deliveryId, webhook, body, headers, 0)
    if (isAgain) void this.#goOn(deliveryId, webhook, body, headers)
    return this.#find(deliveryId) ?? begun
  }

  /** Forgets every delivery. */
  clear(): void {
    this.#deliveries.length = 0
  }

  /** Pending attempts are lost, as they are when Nango restarts. */
  stop(): void {
    this.#ending.abort()
  }

  #signatures(body: string, kind: SignatureKind): Record<string, string> {
    if (kind === 'missing') return {}
    return signaturesOf(kind === 'valid' ? this.#options.signingKey() : randomUUID(), body)
  }

  /** Undefined once it is forgotten. */
  #find(deliveryId: string): WebhookDelivery | undefined {
    return this.#deliveries.find((each) => each.deliveryId === deliveryId)
  }

  #change(deliveryId: string, change: Partial<WebhookDelivery>): void {
    const index = this.#deliveries.findIndex((each) => each.deliveryId === deliveryId)
    const known = this.#deliveries[index]
    if (known === undefined) return
    this.#deliveries[index] = { ...known, ...change }
    this.#options.onChange()
  }

  async #goOn(deliveryId: string, webhook: Webhook, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
    const pauses = this.#options.retryMs ?? RETRY_MS
    for (const [index, pause] of pauses.entries()) {
      const isAwake = await wait(pause, true, { signal: this.#ending.signal, ref: false }).catch(() => false)
      if (!isAwake || !(await this.#attempt(deliveryId, webhook, body, headers, index + 1))) return
    }
  }

  /** True when there is to be another one. */
  async #attempt(
    deliveryId: string,
    { url, event }: Webhook,
    body: string,
    headers: Readonly<Record<string, string>>,
    count: number,
  ): Promise<boolean> {
    const { now, log, retryMs = RETRY_MS, timeoutMs = TIMEOUT_MS } = this.#options
    this.#change(deliveryId, { state: 'sending', nextAttemptAt: null })
    const startedAt = now()
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(timeoutMs)])
    const isOurs = isLoopbackAddress(url)
    const answer = isOurs ? await post(url, body, headers, signal) : { status: null, reason: 'outside' }
    const attempts = [
      ...(this.#find(deliveryId)?.attempts ?? []),
      { at: new Date(startedAt).toISOString(), ...answer, durationMs: Math.max(0, Math.round(now() - startedAt)) },
    ]
    log.info('sandbox.webhook_sent', { event, status: answer.status, reason: answer.reason, attempt: count + 1 })
    const pause = isOurs && mayComeLater(answer) && !this.#ending.signal.aborted ? retryMs[count] : undefined
    if (pause !== undefined) {
      this.#change(deliveryId, { attempts, state: 'waiting', nextAttemptAt: new Date(now() + pause).toISOString() })
      return true
    }
    const isDelivered = answer.status !== null && answer.status >= 200 && answer.status < 300
    this.#change(deliveryId, {
      attempts,
      state: isDelivered ? 'delivered' : mayComeLater(answer) ? 'lost' : 'refused',
      nextAttemptAt: null,
    })
    return false
  }
}
