import { type ComponentType, lazy, type ReactNode, Suspense, useState, useSyncExternalStore } from 'react'
import type { Transport } from '#renderer/api/transport.ts'
import { useHost } from '#renderer/api/use-api.ts'

type Part<P> = ComponentType<P>

const ahead: (() => Promise<unknown>)[] = []
const listeners = new Set<() => void>()
let isQuiet = false

/** How long after its first drawing the window reads ahead: its first page comes before. */
const READ_AHEAD_AFTER_MS = 400

const LINK_KNOWS_AFTER_MS = 500

const isReloaded = (): boolean => performance.getEntriesByType('navigation').some((entry) => 'type' in entry && entry.type === 'reload')

const isOpen = async (transport: Transport): Promise<void> => {
  // What ended the reading may not have reached the link yet.
  await new Promise((resolve) => setTimeout(resolve, LINK_KNOWS_AFTER_MS))
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (transport.link() !== 'open') return
      stop()
      resolve()
    }
    const stop = transport.onLink(look)
    look()
  })
}

/**
 * Reads a part; while the host is away it waits. Where the host does not have it, another build has taken the place of the one that this
 * window came from: the window is read anew once, at the same address.
 */
const readOrStartAnew = async <T,>(read: () => Promise<T>, transport: Transport): Promise<T> => {
  try {
    return await read()
  } catch {
    await isOpen(transport)
  }
  try {
    return await read()
  } catch (error) {
    if (isReloaded()) throw error
    location.reload()
    return new Promise<never>(() => {})
  }
}

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
    const { transport } = useHost()
    const [Chosen] = useState<{ readonly part: Part<P> }>(() => ({ part: known ?? lazy(() => readOrStartAnew(read, transport)) }))
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
      for (const read of ahead) await read()
      // Where one cannot be read the host is away: what is left is read when it is drawn.
    })().catch(() => undefined)
  }, READ_AHEAD_AFTER_MS)
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
