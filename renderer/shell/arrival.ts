import { useSyncExternalStore } from 'react'
import { t } from '#renderer/messages/translate.ts'

const TITLE = 'Patchbay'
/** Later it is news no more. */
const NEWS_FOR_MS = 60_000

interface Arrival {
  readonly connectionId: string
  readonly at: number
}

let last: Arrival | null = null
const listeners = new Set<() => void>()
const set = (next: Arrival | null): void => {
  last = next
  for (const listener of listeners) listener()
}

const clearTitle = (): void => {
  document.title = TITLE
}

/** Tells that a sign-in of this window has succeeded: the list shows the row, and the title says it until somebody looks. */
export const announceArrival = (connectionId: string, name: string): void => {
  set({ connectionId, at: Date.now() })
  if (document.hasFocus()) return
  document.title = t('shell.connected-title', { name })
  window.addEventListener('focus', clearTitle, { once: true })
}

/** The row was shown. */
export const forgetArrival = (connectionId: string): void => {
  if (last?.connectionId === connectionId) set(null)
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
const current = (): string | null => (last === null || Date.now() - last.at > NEWS_FOR_MS ? null : last.connectionId)

/** The connection that has just been made and was not shown in the list yet. */
export const useArrival = (): string | null => useSyncExternalStore(subscribe, current)
