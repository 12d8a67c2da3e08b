import type { ChangeEvent } from '#shared/contract/contract'
import type { PublicEvent } from '#shared/contract/events'

/** Announces what changed, after the commit that changed it. Listeners must not throw; one that does is reported and the rest still hear. */
export interface EventBus {
  /** Tells windows what to read again. */
  publishChange(event: ChangeEvent): void
  /** Tells subscribers of an event that is already stored. */
  publishPublic(event: PublicEvent): void
  onChange(listener: (event: ChangeEvent) => void): () => void
  onPublic(listener: (event: PublicEvent) => void): () => void
}

const topic = <T>(report: (error: unknown) => void) => {
  const listeners = new Set<(event: T) => void>()
  return {
    publish: (event: T): void => {
      for (const listener of listeners) {
        try {
          listener(event)
        } catch (error) {
          report(error)
        }
      }
    },
    subscribe: (listener: (event: T) => void): (() => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** A bus that reports a failing listener to `report`. */
export const createEventBus = (report: (error: unknown) => void): EventBus => {
  const changes = topic<ChangeEvent>(report)
  const stored = topic<PublicEvent>(report)
  return { publishChange: changes.publish, publishPublic: stored.publish, onChange: changes.subscribe, onPublic: stored.subscribe }
}
