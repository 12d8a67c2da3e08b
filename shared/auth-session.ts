import { z } from 'zod'
import type { Reply } from './wire.ts'

/** What the page of the auth window needs for one attempt; the token is handed over once and is good for 30 minutes. */
export const AuthPageSession = z.object({
  connectorName: z.string(),
  /** Nango's address, without a path of the API. */
  nangoHost: z.url({ protocol: /^https?$/ }),
  websocketsPath: z.string(),
  integrationId: z.string(),
  sessionToken: z.string(),
  params: z.record(z.string(), z.string()),
  /** Nango's Connect UI, where the sign-in is made on it. */
  connectUiUrl: z.url({ protocol: /^https?$/ }).nullable(),
})
export type AuthPageSession = z.output<typeof AuthPageSession>

/** What the page saw; texts are the SDK's own, cut to what a log and a row can take. */
export const AuthPageOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('success') }),
  z.object({ kind: z.literal('closed') }),
  z.object({ kind: z.literal('error'), type: z.string().max(100), message: z.string().max(2000) }),
])
export type AuthPageOutcome = z.output<typeof AuthPageOutcome>

/** What Electron puts on `window.patchbayAuth`; the Node host answers the same two over HTTP, bound to the ticket. */
export interface AuthBridge {
  /** An AuthPageSession, once. */
  readonly session: () => Promise<Reply>
  /** Ends the attempt; a desktop host closes the window. */
  readonly report: (outcome: AuthPageOutcome) => void
}
