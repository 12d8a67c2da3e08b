import { expect, test } from 'vitest'
import { BulkPause } from '#core/bulk/bulk-pause'

test('a pause that went by in a sleep is over when the computer wakes, also one that Nango asked for', () => {
  const pause = new BulkPause(() => 1_000)
  pause.hold(3_600_000, 'nango.rate_limited')
  pause.slept(600_000)
  expect(pause.left).toEqual({ ms: 3_000_000, reason: 'nango.rate_limited' })
  pause.slept(28_800_000)
  expect(pause.left).toBeNull()
})
