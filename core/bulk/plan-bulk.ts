import type { BulkPlan } from '#shared/contract/bulk'
import { ERRORS, type ErrorCode, isErrorCode } from '#shared/errors'
import type { BulkAction } from './bulk-actions.ts'
import type { BulkSelection, BulkTask } from './bulk-task.ts'
import { selectRows, type SelectionDependencies } from './select-rows.ts'

const EXAMPLES = 3

/** What a run would do; nothing is changed, nobody is asked. */
export const planBulk = async (
  deps: SelectionDependencies,
  run: { readonly profileId: string; readonly task: BulkTask; readonly selection: BulkSelection; readonly action: BulkAction },
): Promise<BulkPlan> => {
  const refused = new Map<string, { count: number; readonly examples: string[] }>()
  let total = 0
  let willDo = 0
  let unchanged = 0
  const refuse = (code: string, handle: string): void => {
    const known = refused.get(code) ?? { count: 0, examples: [] }
    known.count += 1
    if (known.examples.length < EXAMPLES) known.examples.push(handle)
    refused.set(code, known)
  }
  for await (const page of selectRows(deps, run.profileId, run.selection)) {
    for (const { connection, handle, wanted, refusal } of page) {
      total += 1
      if (refusal !== null) refuse(refusal.code, handle)
      else if (connection === undefined) refuse('connection.not_found', handle)
      else {
        const planned = run.action.plan({ row: connection, task: run.task, wanted })
        if (planned.kind === 'do') willDo += 1
        else if (planned.kind === 'unchanged') unchanged += 1
        else refuse(planned.code, handle)
      }
    }
  }
  return {
    action: run.task.action,
    profileId: run.profileId,
    total,
    willDo,
    unchanged,
    refused: [...refused]
      .toSorted(([, left], [, right]) => right.count - left.count)
      .map(([code, facts]) => ({ code, message: isErrorCode(code) ? ERRORS[code satisfies ErrorCode].message : code, ...facts })),
    requests: willDo * run.action.requests,
  }
}
