import { useSyncExternalStore } from 'react'

/** What the window is asked to open over its page: the sheet that connects, or the sign-in that a pending connection waits for. */
export type SheetRequest =
  | {
      readonly kind: 'connect'
      readonly connectorId: string
      readonly label?: string
      /** Signs this connection in anew, in place; its handle and id stay. A sign-in of it that waits is shown instead. */
      readonly reconnectConnectionId?: string
      /** The scopes to begin the choice with. */
      readonly scopes?: readonly string[]
    }
  | { readonly kind: 'flow'; readonly flowId: string }

/** The sheet that sets a connector up at Nango, or changes one of its integrations. */
export interface IntegrationRequest {
  readonly kind: 'integration'
  readonly connectorId: string
  readonly integrationId?: string
}

/** The sheet that connects several one after the other: the plan for these, or a queue that is under way or over. */
export type QueueSheetRequest =
  | { readonly kind: 'queue'; readonly plan: readonly { readonly connectorId: string; readonly label?: string }[] }
  | { readonly kind: 'queue'; readonly queueId: string }

/** The sheets that bring in what is there: the rows of a file, or connections that were made elsewhere. */
export interface BringInRequest {
  readonly kind: 'import' | 'adopt'
}

/** The sheet that ends access of several connections, or another action over them. */
export interface BulkRequest {
  readonly kind: 'bulk'
  readonly action: 'revoke'
  readonly connectionIds: readonly string[]
}

type AnyRequest = SheetRequest | IntegrationRequest | QueueSheetRequest | BringInRequest | BulkRequest

let current: AnyRequest | null = null
const listeners = new Set<() => void>()

/** Opens a sheet from any feature, or closes it with null; the shell shows it. */
export const requestSheet = (request: AnyRequest | null): void => {
  current = request
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether any sheet is asked for. */
export const useIsSheetRequested = (): boolean => useSyncExternalStore(subscribe, () => current !== null)

/** The connect sheet that is asked for. */
export const useSheetRequest = (): SheetRequest | null =>
  useSyncExternalStore(subscribe, () => (current?.kind === 'connect' || current?.kind === 'flow' ? current : null))

/** The integration sheet that is asked for. */
export const useIntegrationRequest = (): IntegrationRequest | null =>
  useSyncExternalStore(subscribe, () => (current?.kind === 'integration' ? current : null))

/** The sheet of several that is asked for. */
export const useQueueRequest = (): QueueSheetRequest | null =>
  useSyncExternalStore(subscribe, () => (current?.kind === 'queue' ? current : null))

/** Which of the sheets that bring in what is there is asked for. */
export const useBringInRequest = (): BringInRequest | null =>
  useSyncExternalStore(subscribe, () => (current?.kind === 'import' || current?.kind === 'adopt' ? current : null))

/** The action over several connections that is asked for. */
export const useBulkRequest = (): BulkRequest | null => useSyncExternalStore(subscribe, () => (current?.kind === 'bulk' ? current : null))
