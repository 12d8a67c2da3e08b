import { useSyncExternalStore } from 'react'

let zoom = 1
const listeners = new Set<() => void>()

/** Draws the window in another size, 1 being the normal one; widths in media queries follow. */
export const setZoom = (factor: number): void => {
  document.body.style.zoom = factor === 1 ? '' : String(factor)
  if (factor === zoom) return
  zoom = factor
  for (const listener of listeners) listener()
}

/** A media query in the pixels of the page: at 200 % a window of 1200 holds a page of 600. */
export const zoomedQuery = (query: string, factor: number): string =>
  query.replaceAll(/(\d+(?:\.\d+)?)px/g, (_, pixels: string) => `${Number(pixels) * factor}px`)

/** Whether the window matches a media query, such as `(min-width: 1100px)`; its size in pixels of the page. */
export const useMedia = (query: string): boolean =>
  useSyncExternalStore(
    (listener) => {
      let media: MediaQueryList | null = null
      const watch = (): void => {
        media?.removeEventListener('change', listener)
        media = window.matchMedia(zoomedQuery(query, zoom))
        media.addEventListener('change', listener)
      }
      const rewatch = (): void => {
        watch()
        listener()
      }
      watch()
      listeners.add(rewatch)
      return () => {
        listeners.delete(rewatch)
        media?.removeEventListener('change', listener)
      }
    },
    () => window.matchMedia(zoomedQuery(query, zoom)).matches,
  )
