import { t } from '#renderer/messages/translate.ts'
import { Button } from '../../ui/button.tsx'
import { MOST_AT_ONCE } from './use-choice.ts'

/** In the place of the filters while connectors are chosen: how many, and the way to connect them one after the other. */
export const ChoiceBar = ({
  count,
  onConnect,
  onClear,
}: {
  readonly count: number
  readonly onConnect: () => void
  readonly onClear: () => void
}) => (
  <div role="group" aria-label={t('catalogue.choice.name')} className="flex flex-none items-center gap-2 pl-2">
    <span className="font-medium whitespace-nowrap">{t('catalogue.choice.count', { count })}</span>
    <Button className="h-9" keyCap="Esc" onClick={onClear}>
      {t('catalogue.choice.clear')}
    </Button>
    <Button
      variant="primary"
      className="h-9"
      onClick={onConnect}
      keyCap="C"
      disabledReason={count > MOST_AT_ONCE ? t('catalogue.choice.too-many', { most: MOST_AT_ONCE }) : null}
    >
      {t('catalogue.choice.connect', { count })}
    </Button>
  </div>
)
