import type { ChangeEvent } from '#shared/contract/contract'
import type { PublicEvent } from '#shared/contract/events'
import type { Reply } from '#shared/wire'
import type { Caller, CallerProgram } from './caller.ts'
import type { Log } from './log.ts'
import type { Secret } from './vault/secret.ts'

/** What the auth window needs for one attempt; handed out once per ticket. */
export interface AuthWindowSession {
  readonly flowId: string
  readonly connectorName: string
  readonly nangoHost: string
  /** Nango's websocket path on that host. */
  readonly websocketsPath: string
  readonly integrationId: string
  readonly sessionToken: Secret
  readonly params: Readonly<Record<string, string>>
  /** Nango's Connect UI, where the sign-in is made on it. */
  readonly connectUiUrl: string | null
}

/** What the auth window saw; only a hint, Nango's list decides. */
export type AuthWindowOutcome =
  | { readonly kind: 'success' }
  | { readonly kind: 'error'; readonly type: string; readonly message: string }
  | { readonly kind: 'closed' }

/** The engine as a host sees it. */
export interface Core {
  readonly log: Log
  /** Opens the vault and the database where that is possible; otherwise the named state is in `system.status`. */
  start(): Promise<void>
  /** Ends what can be ended, keeps the rest on the disk, closes the database. */
  stop(): Promise<void>
  /** The one door inward. Never throws: failures are replies. */
  dispatch(caller: Caller, method: string, params: unknown): Promise<Reply>
  /**
   * The program that a key belongs to which was proved, or null for one that was never paired; ends its grants where its file is another
   * one now. Throws `vault.locked` and what else keeps the database closed.
   */
  proveClient(publicKey: string, program: CallerProgram | null): Promise<{ readonly clientId: string; readonly name: string } | null>
  /** Whether an event may be told to a caller that has subscribed; `suspended`: nothing may be, for now or for good. */
  maySeeEvent(caller: Caller, event: PublicEvent): 'seen' | 'hidden' | 'suspended'
  /** The last connection of a program is gone. */
  hangUp(caller: Caller): void
  onChange(listener: (event: ChangeEvent) => void): () => void
  onPublicEvent(listener: (event: PublicEvent) => void): () => void
  /** Called when somebody asked for a shutdown over the contract. */
  onShutdownRequest(listener: () => void): () => void
  /** The window got the focus, or the network came back: look at Nango now. */
  noteAttention(): void
  /** The computer woke: open flows and the list are brought up to date at once. The core also notices by itself, within seconds. */
  noteWake(): void
  /** The origins of the Nango servers that auth windows of this run speak to. */
  authWindowOrigins(): readonly string[]
  /** Trades the single-use ticket of an auth window for its session. Throws `automation.denied` for a bad ticket. */
  redeemAuthTicket(ticket: string): Promise<AuthWindowSession>
  /** What the auth window of a redeemed ticket reports. */
  reportAuthOutcome(ticket: string, outcome: AuthWindowOutcome): void
}
