import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'

/** How long a card stands still before it may be answered with yes, milliseconds. */
export const ARMED_AFTER_MS = 800
const LOOK_MS = 50

/** Where a card stands on the screen; any move of the card or of its window changes it. */
const placeOf = (card: HTMLElement): string => {
  const { x, y, width, height } = card.getBoundingClientRect()
  return [window.screenX, window.screenY, window.innerWidth, window.innerHeight, window.devicePixelRatio, x, y, width, height].join(' ')
}

const isSeen = (): boolean => document.visibilityState === 'visible' && document.hasFocus()

/**
 * Whether a yes may be pressed: the card was there, in sight, unmoved, in a window that has the focus, for 800 ms, and the host takes it
 * too. It begins anew whenever one of that ends. `isStill` looks once more, for the moment of the press itself.
 */
export const useArmed = (
  card: RefObject<HTMLElement | null>,
  notBefore: string | null,
): { readonly isArmed: boolean; readonly isStill: () => boolean } => {
  const [isArmed, setIsArmed] = useState(false)
  const place = useRef('')
  const since = useRef(0)
  const begin = useCallback((): void => {
    since.current = performance.now()
    setIsArmed(false)
  }, [])
  const isStill = useCallback((): boolean => {
    const element = card.current
    if (element === null || !isSeen()) {
      begin()
      return false
    }
    const now = placeOf(element)
    if (now !== place.current) {
      place.current = now
      begin()
      return false
    }
    return performance.now() - since.current >= ARMED_AFTER_MS && (notBefore === null || Date.now() >= Date.parse(notBefore))
  }, [card, notBefore, begin])
  useEffect(() => {
    begin()
    const timer = setInterval(() => setIsArmed(isStill()), LOOK_MS)
    const events = ['blur', 'focus', 'resize', 'pagehide'] as const
    for (const event of events) window.addEventListener(event, begin)
    document.addEventListener('visibilitychange', begin)
    return () => {
      clearInterval(timer)
      for (const event of events) window.removeEventListener(event, begin)
      document.removeEventListener('visibilitychange', begin)
    }
  }, [begin, isStill])
  return { isArmed, isStill }
}
