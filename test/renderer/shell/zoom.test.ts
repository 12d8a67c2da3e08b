import { expect, test } from 'vitest'
import { zoomedQuery } from '#renderer/shell/use-width.ts'
import { nextZoom, ZOOM_STEPS } from '#renderer/shell/zoom-steps.ts'
import { Settings } from '#shared/contract/settings'

test('a window drawn twice as large is as narrow as one of half its width', () => {
  expect(zoomedQuery('(min-width: 1100px)', 2)).toBe('(min-width: 2200px)')
  expect(zoomedQuery('(prefers-contrast: more)', 2)).toBe('(prefers-contrast: more)')
})

test('sizes go up and down by the steps that are offered, and stop at 80 and 200', () => {
  expect([nextZoom(100, 1), nextZoom(100, -1), nextZoom(200, 1), nextZoom(80, -1), nextZoom(105, 1)]).toEqual([110, 90, 200, 80, 110])
  for (const zoom of ZOOM_STEPS) expect(Settings.shape.zoom.parse(zoom)).toBe(zoom)
})
