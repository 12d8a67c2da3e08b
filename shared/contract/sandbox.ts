import { z } from 'zod'
import { method, person } from './define.ts'
import { ConnectionReference, Identifier, Instant } from './common.ts'

/** What a sandbox does wrong on purpose. Unless pinned, all of it ends with the host. */
export const SandboxFaults = z.object({
  /** The provider refuses consent without asking: at the next sign-in, or at every one. */
  deniedConsent: z.enum(['off', 'next', 'always']),
  /** Sign-in pages of new connect sessions are good for so many seconds; null for the usual 30 minutes. */
  sessionSeconds: z.number().int().min(0).max(1800).nullable(),
  /** The provider refuses to renew the tokens of every connection. */
  refreshFailure: z.enum(['off', 'all']),
  /** Requests allowed in a window, null for Nango's usual 200 a minute. */
  rateLimitRequests: z.number().int().min(1).max(10_000).nullable(),
  /** How long such a window lasts. */
  rateLimitSeconds: z.number().int().min(1).max(300),
  /** How long Nango takes before it begins an answer. */
  slowMs: z.number().int().min(0).max(60_000),
  /** What Nango answers instead of the truth; `no_answer` cuts every call. */
  brokenAnswers: z.enum(['off', 'server_error', 'cut_short', 'web_page', 'wrong_shape', 'no_answer']),
  /** The demo services answer 503: no sign-in page, no token, no key is accepted. */
  isProviderDown: z.boolean(),
  /** What the demo services answer through the proxy instead of the truth; `unreachable`: Nango does not get to them. */
  serviceAnswers: z.enum(['off', 'server_error', 'web_page', 'error_in_200', 'unauthorized', 'forbidden', 'rate_limited', 'unreachable']),
  /** Faults outlive the host that switched them on. */
  isPinned: z.boolean(),
})
export type SandboxFaults = z.output<typeof SandboxFaults>

/** A sandbox that behaves. */
export const NO_FAULTS: SandboxFaults = {
  deniedConsent: 'off',
  sessionSeconds: null,
  refreshFailure: 'off',
  rateLimitRequests: null,
  rateLimitSeconds: 20,
  slowMs: 0,
  brokenAnswers: 'off',
  isProviderDown: false,
  serviceAnswers: 'off',
  isPinned: false,
}

/** The switches that are on, connections told to fail one by one not counted. */
export const faultsOn = (faults: SandboxFaults): readonly (keyof SandboxFaults)[] =>
  (Object.keys(NO_FAULTS) as (keyof SandboxFaults)[]).filter(
    (name) => name !== 'isPinned' && name !== 'rateLimitSeconds' && faults[name] !== NO_FAULTS[name],
  )

/** What Nango tells a receiver about a sign-in. */
export const WebhookEvent = z.enum(['creation', 'override', 'denied', 'refresh_failed'])
export type WebhookEvent = z.output<typeof WebhookEvent>

/** One webhook on its way to the receiver, with every attempt. */
export const WebhookDelivery = z.object({
  deliveryId: z.string(),
  event: WebhookEvent,
  /** Nango's id of the connection it speaks of. */
  nangoConnectionId: z.string(),
  url: z.string(),
  /** `waiting` for the next attempt; `refused`: answered 3xx or 4xx, never repeated; `lost`: three attempts, or none possible. */
  state: z.enum(['sending', 'waiting', 'delivered', 'refused', 'lost']),
  attempts: z.array(
    z.object({
      at: Instant,
      /** The receiver's HTTP status, null where none came. */
      status: z.number().int().nullable(),
      /** Why none came: `connection_refused`, `timeout`, `cut`, `outside`. */
      reason: z.string().nullable(),
      durationMs: z.number().int(),
    }),
  ),
  nextAttemptAt: Instant.nullable(),
})
export type WebhookDelivery = z.output<typeof WebhookDelivery>

export const SandboxStatus = z.object({
  profileId: z.string(),
  /** Where this sandbox's Nango listens while the host runs. */
  address: z.string(),
  faults: SandboxFaults,
  /** Connections whose renewal fails although others' does not. */
  failing: z.array(z.object({ connectionId: z.string(), handle: z.string() })),
  /** How many faults are on, each failing connection counted. */
  faultsOn: z.number().int(),
  webhookUrl: z.string().nullable(),
})
export type SandboxStatus = z.output<typeof SandboxStatus>

const OneSandbox = z.object({ profileId: Identifier.optional() })
const OneConnection = z.object({ connectionId: ConnectionReference })

export const sandbox = {
  status: method({
    summary: 'What the sandbox does wrong on purpose, and where its webhooks go.',
    access: 'read',
    callers: person,
    params: OneSandbox,
    result: SandboxStatus,
  }),
  update: method({
    summary: 'Switches faults of the sandbox on or off and sets where its webhooks go; what is not named stays.',
    access: 'write',
    callers: person,
    params: OneSandbox.extend({
      ...SandboxFaults.partial().shape,
      /** http or https on this computer alone; null for none. */
      webhookUrl: z.string().trim().min(1).max(2048).nullable().optional(),
    }),
    result: SandboxStatus,
  }),
  calm: method({
    summary: 'Switches every fault of the sandbox off, those of single connections and pinned ones too.',
    access: 'write',
    callers: person,
    params: OneSandbox,
    result: SandboxStatus,
  }),
  failRefresh: method({
    summary: 'Makes the renewal of one connection fail, or work again; one that is to fail is tried at once.',
    access: 'write',
    callers: person,
    params: OneConnection.extend({ isFailing: z.boolean().default(true) }),
    result: SandboxStatus,
  }),
  expire: method({
    summary: "Ends a connection's access token now; its next use renews it.",
    access: 'write',
    callers: person,
    params: OneConnection,
    result: z.object({ connectionId: z.string(), handle: z.string(), expiredAt: Instant }),
  }),
  reset: method({
    summary: 'Empties the sandbox: its connections, sessions and faults are gone, its services are new.',
    access: 'write',
    callers: person,
    params: OneSandbox,
    result: SandboxStatus.extend({ removed: z.number().int() }),
  }),
  sendWebhook: method({
    summary: 'Sends one webhook to the receiver as Nango would, and says how the first attempt ended.',
    access: 'write',
    callers: person,
    params: OneConnection.extend({
      event: WebhookEvent.default('creation'),
      /** `wrong` and `missing` are for a receiver that must refuse them. */
      signature: z.enum(['valid', 'wrong', 'missing']).default('valid'),
    }),
    result: WebhookDelivery,
  }),
  deliveries: method({
    summary: 'The last webhooks of the sandbox, newest first, with every attempt; forgotten when the host ends.',
    access: 'read',
    callers: person,
    params: OneSandbox.extend({ limit: z.number().int().min(1).max(100).default(20) }),
    result: z.object({ deliveries: z.array(WebhookDelivery) }),
  }),
  signingKey: method({
    summary: "The key with which a receiver checks this sandbox's webhooks; it opens nothing.",
    access: 'write',
    callers: person,
    params: OneSandbox,
    result: z.object({ profileId: z.string(), signingKey: z.string() }),
  }),
}

export const sandboxEvents = { 'sandbox.changed': z.object({ profileId: z.string() }) }
