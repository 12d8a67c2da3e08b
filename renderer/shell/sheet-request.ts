import { useSyncExternalStore } from 'react'

/** What the window is asked to open over its page: the sheet that connects, or the sign-in that a pending connection waits for. */
export type SheetRequest =
  | { readonly kind: 'connect'; readonly connectorId: string; readonly label?: string }
  | { readonly kind: 'flow'; readonly flowId: string }

/** The sheet that sets a connector up at Nango, or changes one of its integrations. */
export interface IntegrationRequest {
  readonly kind: 'integration'
  readonly connectorId: string
  readonly integrationId?: string
}

let current: SheetRequest | IntegrationRequest | null = null
const listeners = new Set<() => void>()

/** Opens a sheet from any feature, or closes it with null; the shell shows it. */
export const requestSheet = (request: SheetRequest | IntegrationRequest | null): void => {
  current = request
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The connect sheet that is asked for. */
export const useSheetRequest = (): SheetRequest | null =>
  useSyncExternalStore(subscribe, () => (current?.kind === 'integration' ? null : current))

/** The integration sheet that is asked for. */
export const useIntegrationRequest = (): IntegrationRequest | null =>
  useSyncExternalStore(subscribe, () => (current?.kind === 'integration' ? current : null))
