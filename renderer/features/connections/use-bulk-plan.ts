import { useEffect, useState } from 'react'
import type { BulkPlan } from '#shared/contract/bulk'
import { useHost } from '#renderer/api/use-api.ts'
import type { BulkStart } from './bulk-target.ts'

/** Typing faster than this asks the host once. */
const PAUSE_MS = 250

interface Answer {
  readonly of: string
  readonly plan: BulkPlan | null
  readonly error: Error | null
}

/** What a run would do, asked anew whenever it is another one; the plan of before stays until then. Null params ask nothing. */
export const useBulkPlan = (
  params: BulkStart | null,
  profileId: string | null,
): { readonly plan: BulkPlan | null; readonly error: Error | null; readonly isCurrent: boolean } => {
  const { api } = useHost()
  const [answer, setAnswer] = useState<Answer | null>(null)
  const key = params === null ? '' : JSON.stringify(params)
  useEffect(() => {
    if (key === '') return undefined
    let isOver = false
    const given = JSON.parse(key) as BulkStart
    const tellPlan = (plan: BulkPlan | null, error: Error | null): void => {
      if (!isOver) setAnswer({ of: key, plan, error })
    }
    const timer = setTimeout(
      () =>
        void api.bulk.start({ ...given, ...(profileId === null || given.retryOf !== undefined ? {} : { profileId }), dryRun: true }).then(
          ({ plan }) => tellPlan(plan, null),
          (error: Error) => tellPlan(null, error),
        ),
      PAUSE_MS,
    )
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [api, key, profileId])
  const isCurrent = answer !== null && answer.of === key
  return { plan: key === '' ? null : (answer?.plan ?? null), error: isCurrent ? answer.error : null, isCurrent }
}
