import { useEffect, useRef } from 'react'
import { useHost } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { tell } from '#renderer/ui/toast.tsx'
import type { Question } from './approval-queue.ts'
import { CallCard } from './call-card.tsx'
import { GrantCard } from './grant-card.tsx'
import { tame } from './grant-words.ts'

/** Told where nobody answered, or nobody asks any more: the card has gone by itself. */
const ENDED_BY_ITSELF = new Set(['unanswered', 'withdrawn', 'hung_up', 'program_changed', 'server_changed'])

/** Shows what waits, one at a time and the oldest first, and says what became of one that went by itself. */
export const ApprovalDesk = ({ questions }: { readonly questions: readonly Question[] }) => {
  const { api } = useHost()
  const [first] = questions
  const shown = useRef<Question | null>(null)
  const firstId = first?.id ?? null
  useEffect(() => {
    const before = shown.current
    shown.current = first ?? null
    if (before === null || before.kind !== 'grant' || before.id === firstId) return
    const { grantId, clientId, clientName } = before.grant
    api.grants.list({ clientId }).then(
      ({ grants }) => {
        const because = grants.find((grant) => grant.grantId === grantId)?.endedBecause
        if (because !== null && because !== undefined && ENDED_BY_ITSELF.has(because))
          tell(t('automation.told.by-itself', { name: tame(clientName) }), t(`automation.end.${because}`))
      },
      // The list of requests says it too.
      () => undefined,
    )
  })
  if (first === undefined) return null
  const position = t('automation.card.position', { count: questions.length })
  return first.kind === 'grant' ? (
    <GrantCard key={first.id} grant={first.grant} position={position} />
  ) : (
    <CallCard key={first.id} call={first.call} position={position} />
  )
}
