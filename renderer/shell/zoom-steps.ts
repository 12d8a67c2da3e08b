/** The sizes of everything in the window that are offered, in percent. */
export const ZOOM_STEPS: readonly number[] = [80, 90, 100, 110, 125, 150, 175, 200]

/** The next larger (1) or smaller (-1) size; the last one stays. */
export const nextZoom = (zoom: number, by: 1 | -1): number =>
  by === 1 ? (ZOOM_STEPS.find((step) => step > zoom) ?? 200) : (ZOOM_STEPS.findLast((step) => step < zoom) ?? 80)
