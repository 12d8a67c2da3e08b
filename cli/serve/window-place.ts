import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'

const SMALLEST = { width: 400, height: 300 } as const
const DEFAULT_SIZE = '--window-size=1180,780'

const Coordinate = z.number().int().min(-100_000).max(100_000)
const Placement = z.object({
  left: Coordinate,
  top: Coordinate,
  right: Coordinate,
  bottom: Coordinate,
  maximized: z.boolean(),
  work_area_left: Coordinate,
  work_area_top: Coordinate,
  work_area_right: Coordinate,
  work_area_bottom: Coordinate,
})

/**
 * Where Chromium noted that the window stood. It files it under the path of the page that opened the window, split at every dot, and never
 * finds it again when the path has one; that is why the switches are ours.
 */
const notedPlace = (profileFolder: string, launchFile: string): z.output<typeof Placement> | null => {
  try {
    const preferences: unknown = JSON.parse(readFileSync(join(profileFolder, 'Default', 'Preferences'), 'utf8'))
    const path = ['browser', 'app_window_placement', ...`_${pathToFileURL(launchFile).pathname}`.split('.')]
    const found = path.reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : undefined),
      preferences,
    )
    return Placement.safeParse(found).data ?? null
  } catch {
    return null
  }
}

/** The switches that open the window where it stood last, inside the screen it stood on; else of a size that suits. */
export const placeSwitches = (profileFolder: string, launchFile: string): readonly string[] => {
  const place = notedPlace(profileFolder, launchFile)
  if (place === null) return [DEFAULT_SIZE]
  const area = { width: place.work_area_right - place.work_area_left, height: place.work_area_bottom - place.work_area_top }
  const width = Math.min(place.right - place.left, area.width)
  const height = Math.min(place.bottom - place.top, area.height)
  if (width < SMALLEST.width || height < SMALLEST.height) return [DEFAULT_SIZE]
  const left = Math.min(Math.max(place.left, place.work_area_left), place.work_area_right - width)
  const top = Math.min(Math.max(place.top, place.work_area_top), place.work_area_bottom - height)
  return [`--window-size=${width},${height}`, `--window-position=${left},${top}`, ...(place.maximized ? ['--start-maximized'] : [])]
}
