import type { Grant } from '#shared/contract/grants'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { tame } from './grant-words.ts'
import type { GrantActs } from './use-grant-acts.ts'

/** Takes a grant back, gives it back for a moment after that, and forgets it once it has ended: one button in one place, so that it keeps the focus. */
export const GrantButton = ({ grant, acts }: { readonly grant: Grant; readonly acts: GrantActs }) => {
  const { grantId, state, clientName } = grant
  const does = state === 'active' ? 'take-back' : acts.canUndo(grantId) ? 'undo' : 'forget'
  return (
    <Button
      size="small"
      variant={does === 'forget' ? 'ghost' : 'secondary'}
      isBusy={acts.isBusy(grantId)}
      aria-label={t(`automation.do.${does}-of`, { name: tame(clientName) })}
      onClick={() => {
        if (does === 'take-back') acts.takeBack(grant)
        else if (does === 'undo') acts.restore(grantId)
        else acts.forget(grant)
      }}
    >
      {t(`automation.do.${does}`)}
    </Button>
  )
}
