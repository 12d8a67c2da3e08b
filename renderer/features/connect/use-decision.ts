import { useEffect, useState } from 'react'
import type { Flow, ReconnectDecision } from '#shared/contract/connect'
import { useWrite } from '../../api/use-api.ts'
import { choicesOf } from './decision-view.tsx'
import { putOffDecision } from './waiting-decisions.tsx'

/** What is chosen where another account answered, and how carrying it out goes. */
export interface DecisionState {
  readonly choice: ReconnectDecision
  readonly label: string
  readonly isBusy: boolean
  readonly error: Error | null
  readonly choose: (choice: ReconnectDecision) => void
  readonly setLabel: (label: string) => void
  /** Carries out what is chosen, or `decision`; `then` follows once it is done. */
  readonly decide: (decision?: ReconnectDecision, then?: () => void) => void
}

/** The choice for a flow; the first is what changes least. */
export const useDecision = (flow: Flow | undefined): DecisionState => {
  const decide = useWrite('connect.decide')
  const [chosen, setChosen] = useState<ReconnectDecision | null>(null)
  const [label, setLabel] = useState('')
  const { reset } = decide
  const flowId = flow?.flowId
  useEffect(() => {
    setChosen(null)
    setLabel('')
    reset()
  }, [flowId, reset])
  const [first = 'keep'] = choicesOf(flow?.reconnect?.decision?.options ?? [])
  const choice = chosen ?? first
  return {
    choice,
    label,
    isBusy: decide.isPending,
    error: decide.error,
    choose: setChosen,
    setLabel,
    decide: (decision = choice, then) => {
      if (flowId === undefined || decide.isPending) return
      putOffDecision(flowId)
      const name = label.trim()
      decide.mutate(
        { flowId, decision, ...(decision === 'add' && name !== '' ? { label: name } : {}) },
        then === undefined ? {} : { onSuccess: then },
      )
    },
  }
}
