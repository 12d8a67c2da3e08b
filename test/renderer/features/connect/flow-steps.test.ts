import { describe, expect, test } from 'vitest'
import { FLOW_STEPS, type FlowStep } from '#shared/contract/connect'
import { foldSteps } from '#renderer/features/connect/flow-steps.ts'
import { stepTime } from '#renderer/ui/step-time.ts'

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString()
const steps = (
  states: Partial<Record<FlowStep['id'], FlowStep['state']>>,
  notes: Partial<Record<FlowStep['id'], string>> = {},
): FlowStep[] =>
  FLOW_STEPS.filter((id) => id !== 'cleanup' || 'cleanup' in states).map((id, index) => {
    const state = states[id] ?? 'waiting'
    const isOver = state === 'done' || state === 'failed' || state === 'skipped'
    return { id, state, startedAt: state === 'waiting' ? null : at(index), endedAt: isOver ? at(index + 1) : null, note: notes[id] ?? null }
  })

const OPENED = { requested: 'done', preflight: 'done', pending: 'done', session: 'done', open: 'done' } as const

describe('the steps of a flow, folded', () => {
  test('are four lines, the third running while the approval is awaited', () => {
    const lines = foldSteps({ via: 'browser', steps: steps({ ...OPENED, approval: 'running' }) })
    expect(lines.map(({ id, state }) => [id, state])).toEqual([
      ['ready', 'done'],
      ['opened', 'done'],
      ['approved', 'running'],
      ['account', 'waiting'],
    ])
    expect(lines[2]?.words).toBe('Waiting for your approval')
    expect(lines[0]).toMatchObject({ startedAt: at(0), endedAt: at(3) })
    expect(lines[2]?.endedAt).toBeNull()
  })

  test('say that no page could be opened, with the note of the core', () => {
    const note = 'No browser could be opened.'
    const [, opened] = foldSteps({ via: 'browser', steps: steps({ ...OPENED, open: 'failed' }, { open: note }) })
    expect(opened).toMatchObject({ state: 'failed', words: 'Session opened; the page could not be', note })
  })

  test('do not speak of a page or an approval where a form was sent', () => {
    const done = { ...OPENED, open: 'skipped', approval: 'skipped', callback: 'skipped', verified: 'done' } as const
    const words = foldSteps({ via: 'form', steps: steps(done) }).map((line) => line.words)
    expect(words.join(' ')).not.toMatch(/approv|page|browser/i)
  })

  test('add a fifth line when something came after a cancel', () => {
    const cancelled = {
      ...OPENED,
      approval: 'skipped',
      callback: 'skipped',
      verified: 'skipped',
      noticed: 'skipped',
      activated: 'skipped',
      account: 'skipped',
    } as const
    const lines = foldSteps({ via: 'browser', steps: steps({ ...cancelled, cleanup: 'done' }, { cleanup: 'Removed.' }) })
    expect(lines.at(-1)).toMatchObject({ id: 'cleanup', state: 'done', note: 'Removed.' })
    expect(lines[2]).toMatchObject({ state: 'skipped', words: 'Approval' })
  })

  test('tell short times in tenths and long ones in minutes', () => {
    expect([12, 240, 9_940, 46_000, 166_000].map(stepTime)).toEqual(['under 0.1 s', '0.2 s', '9.9 s', '46 s', '2 min 46 s'])
  })
})
