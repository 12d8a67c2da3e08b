import { expect, it } from 'vitest'
import type { TourProgress } from '#shared/contract/settings'
import { advance, TOUR_STEPS, type TourView } from '#renderer/features/tour/tour-steps.ts'

const at = (step: TourProgress['step'], connectionId: string | null = 'c1'): TourProgress => ({
  state: 'open',
  step,
  connectionId,
  startedAt: '2026-01-02T03:04:05.000Z',
})
const seen = (status: 'connected' | 'attention'): TourView => ({ connection: { connectionId: 'c1', status }, made: null })

it('goes on when the person connected, broke, mended and removed the account, and not before', () => {
  expect(advance(at('connect', null), { connection: null, made: null })).toEqual(at('connect', null))
  expect(advance(at('connect', null), { connection: null, made: { connectionId: 'c1' } })).toEqual(at('break'))
  expect(advance(at('break'), seen('connected'))).toEqual(at('break'))
  expect(advance(at('break'), seen('attention'))).toEqual(at('explain'))
  expect(advance(at('explain'), seen('attention'))).toEqual(at('explain'))
  expect(advance(at('mend'), seen('attention'))).toEqual(at('mend'))
  expect(advance(at('mend'), seen('connected'))).toEqual(at('remove'))
  expect(advance(at('remove'), seen('connected'))).toEqual(at('remove'))
  expect(advance(at('remove'), { connection: 'gone', made: null })).toEqual(at('done'))
})

it('begins again with another account when the one it was about goes too early', () => {
  for (const step of ['break', 'explain', 'mend'] as const)
    expect(advance(at(step), { connection: 'gone', made: null })).toEqual(at('connect', null))
})

it('follows a person who mended it before reading why', () => {
  expect(advance(at('explain'), seen('connected'))).toEqual(at('remove'))
})

it('stands still while nothing is known, once it is over, and while it is left', () => {
  for (const step of TOUR_STEPS) expect(advance(at(step), { connection: undefined, made: null })).toEqual(at(step))
  expect(advance(at('done'), { connection: 'gone', made: { connectionId: 'c2' } })).toEqual(at('done'))
  const left = { ...at('break'), state: 'left' } as const
  expect(advance(left, seen('attention'))).toBe(left)
})
