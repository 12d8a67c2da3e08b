import { type ComponentType, lazy, type ReactNode, Suspense, useState, useSyncExternalStore } from 'react'

type Part<P> = ComponentType<P>

const ahead: (() => Promise<unknown>)[] = []
const listeners = new Set<() => void>()
let isQuiet = false

/** How long after its first drawing the window reads ahead, in milliseconds: its first page comes before. */
const READ_AHEAD_AFTER = 400

/** A part of the window whose code is read when it is first drawn, or ahead of that once the window has come to rest. */
export const onDemand = <P extends object>(load: () => Promise<Part<P>>, fallback: ReactNode = null): Part<P> => {
  let known: Part<P> | null = null
  const read = async (): Promise<{ default: Part<P> }> => {
    known = await load()
    return { default: known }
  }
  ahead.push(read)
  // Chosen once for each that is drawn: another component in its place would lose what was typed. One that could not be read is asked
  // for anew by the next.
  return function OnDemand(props: P) {
    const [Chosen] = useState<{ readonly part: Part<P> }>(() => ({ part: known ?? (lazy(read)) }))
    return (
      <Suspense fallback={fallback}>
        <Chosen.part {...props} />
      </Suspense>
    )
  }
}

/** Reads what is left, one part at a time, once the window has come to rest. */
export const readAhead = (): void => {
  setTimeout(() => {
    isQuiet = true
    for (const listener of listeners) listener()
    void (async () => {
      // A part that cannot be read now is asked for again when it is drawn.
      for (const read of ahead) await read().catch(() => undefined)
    })()
  }, READ_AHEAD_AFTER)
}

/** Whether the window has come to rest after its first drawing. */
export const useIsQuiet = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => isQuiet,
  )
