import type { Flow, FlowStep } from '#shared/contract/connect'
import { t } from '#renderer/messages/translate.ts'

/** One of the four lines that the eleven steps are folded to. */
export interface StepLine {
  readonly id: 'ready' | 'opened' | 'approved' | 'account' | 'cleanup'
  readonly words: string
  readonly state: FlowStep['state']
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly note: string | null
}

const FOLDED = [
  { id: 'ready', steps: ['requested', 'preflight', 'pending'] },
  { id: 'opened', steps: ['session', 'open'] },
  { id: 'approved', steps: ['approval', 'callback', 'verified'] },
  { id: 'account', steps: ['noticed', 'activated', 'account'] },
] as const

const stateOf = (steps: readonly FlowStep[]): FlowStep['state'] => {
  if (steps.some(({ state }) => state === 'failed')) return 'failed'
  if (steps.some(({ state }) => state === 'running')) return 'running'
  if (steps.every(({ state }) => state === 'skipped')) return 'skipped'
  if (steps.every(({ state }) => state === 'done' || state === 'skipped')) return 'done'
  return steps.some(({ state }) => state === 'done') ? 'running' : 'waiting'
}

const wordsOf = (id: StepLine['id'], flow: Pick<Flow, 'via'>, state: FlowStep['state']): string => {
  if (id === 'ready') return t('connect.step.ready')
  if (id === 'opened') {
    if (flow.via === 'form') return t('connect.step.session')
    if (state === 'failed') return t('connect.step.page-failed')
    return t(flow.via === 'window' ? 'connect.step.page-window' : 'connect.step.page-browser')
  }
  if (id === 'approved') {
    if (flow.via === 'form') return t(state === 'done' ? 'connect.step.credentials-taken' : 'connect.step.credentials')
    if (state === 'done') return t('connect.step.approved')
    return t(state === 'failed' || state === 'skipped' ? 'connect.step.approval' : 'connect.step.approval-waiting')
  }
  return t(state === 'done' ? 'connect.step.account-known' : 'connect.step.account')
}

/** The steps of a flow as the sheet tells them: four lines, and one about cleaning up where there was any. */
export const foldSteps = (flow: Pick<Flow, 'via' | 'steps'>): readonly StepLine[] => {
  const lines = FOLDED.map(({ id, steps: names }): StepLine => {
    const steps = flow.steps.filter((step) => (names as readonly string[]).includes(step.id))
    const state = stateOf(steps)
    const ends = steps.map(({ endedAt }) => endedAt).filter((at) => at !== null)
    const isOver = state === 'done' || state === 'failed' || state === 'skipped'
    return {
      id,
      words: wordsOf(id, flow, state),
      state,
      startedAt: steps.map(({ startedAt }) => startedAt).find((at) => at !== null) ?? null,
      endedAt: isOver ? (ends.toSorted().at(-1) ?? null) : null,
      note: steps.map(({ note }) => note).find((note) => note !== null) ?? null,
    }
  })
  const cleanup = flow.steps.find((step) => step.id === 'cleanup')
  if (cleanup === undefined) return lines
  return [...lines, { ...cleanup, id: 'cleanup', words: t('connect.step.cleanup') }]
}
