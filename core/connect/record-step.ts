import { FLOW_STEPS, type FlowStep } from '#shared/contract/connect'

export type StepId = FlowStep['id']

/** A flow's steps before anything happened. */
export const freshSteps = (): FlowStep[] =>
  FLOW_STEPS.filter((id) => id !== 'cleanup').map((id) => ({ id, state: 'waiting', startedAt: null, endedAt: null, note: null }))

/** The steps with one of them changed; an unknown one (`cleanup`) is added at the end. */
export const withStep = (
  steps: readonly FlowStep[],
  id: StepId,
  state: FlowStep['state'],
  at: string,
  note: string | null = null,
): FlowStep[] => {
  const known = steps.find((step) => step.id === id) ?? { id, state: 'waiting' as const, startedAt: null, endedAt: null, note: null }
  const isOver = state === 'done' || state === 'failed' || state === 'skipped'
  const changed: FlowStep = {
    id,
    state,
    startedAt: known.startedAt ?? at,
    endedAt: isOver ? (known.endedAt ?? at) : null,
    note: note ?? known.note,
  }
  return steps.some((step) => step.id === id) ? steps.map((step) => (step.id === id ? changed : step)) : [...steps, changed]
}

/** Ends every step that is still running or waiting. */
export const withAllEnded = (steps: readonly FlowStep[], running: 'done' | 'failed' | 'skipped', at: string): FlowStep[] =>
  steps.map((step) => {
    if (step.state === 'running') return { ...step, state: running, endedAt: at }
    return step.state === 'waiting'
      ? { ...step, state: running === 'done' ? 'done' : 'skipped', startedAt: step.startedAt, endedAt: at }
      : step
  })
