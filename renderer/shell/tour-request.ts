import { useSyncExternalStore } from 'react'

/** What was asked of the guided tour: to be offered once, to begin anew, or to go on where it was left (anew where it was not). */
export type TourRequest = 'offer' | 'start' | 'resume'

let current: TourRequest | null = null
const listeners = new Set<() => void>()
const set = (next: TourRequest | null): void => {
  current = next
  for (const listener of listeners) listener()
}

/** Asks for the tour from any feature, the command palette too; the tour answers by `takeTourRequest`. */
export const requestTour = (request: TourRequest): void => set(request)

/** The tour has seen what was asked. */
export const takeTourRequest = (): void => set(null)

/** What is asked of the tour, null once it was seen. */
export const useTourRequest = (): TourRequest | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => current,
  )
