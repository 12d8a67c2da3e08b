import { useSyncExternalStore } from 'react'

/** What the window is asked to open over its page: the sheet that connects, or the sign-in that a pending connection waits for. */
export type SheetRequest =
  | { readonly kind: 'connect'; readonly connectorId: string; readonly label?: string }
  | { readonly kind: 'flow'; readonly flowId: string }

let current: SheetRequest | null = null
const listeners = new Set<() => void>()

/** Opens a sheet from any feature, or closes it with null; the shell shows it. */
export const requestSheet = (request: SheetRequest | null): void => {
  current = request
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The sheet that is asked for. */
export const useSheetRequest = (): SheetRequest | null => useSyncExternalStore(subscribe, () => current)
