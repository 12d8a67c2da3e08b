import { Filter as FilterIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { rich, t } from '#renderer/messages/translate.ts'
import { requestSheet } from '#renderer/shell/sheet-request.ts'
import { Button } from '#renderer/ui/button.tsx'
import { EmptyState, LoosePlug } from '#renderer/ui/empty-state.tsx'
import { groupWords } from '#renderer/ui/status-words.ts'
import { onDemand } from '#renderer/shell/on-demand.tsx'
import { type Filter, isNarrowed } from './use-connection-list.ts'

const SetUpList = onDemand(async () => (await import('./set-up-list.tsx')).SetUpList)

/** What stands where rows would be: nothing is there yet, or nothing matches. */
export const EmptyList = ({
  filter,
  isAllEmpty,
  onConnect,
  onClear,
}: {
  readonly filter: Filter
  readonly isAllEmpty: boolean
  readonly onConnect: () => void
  readonly onClear: () => void
}) => {
  if (isAllEmpty) {
    return (
      <div className="min-h-0 flex-1 overflow-y-auto">
        <EmptyState
          isPage
          drawing={<LoosePlug />}
          title={t('connections.empty.title')}
          actions={
            <>
              <Button variant="primary" keyCap="C" onClick={onConnect}>
                {t('connections.empty.action')}
              </Button>
              <Button onClick={() => requestSheet({ kind: 'import' })}>{t('import.action')}</Button>
            </>
          }
        >
          {t('connections.empty.text')}
        </EmptyState>
        <SetUpList />
      </div>
    )
  }
  if (!isNarrowed(filter) && filter.group === 'needs_you') {
    return (
      <EmptyState
        icon={FilterIcon}
        title={t('connections.empty.nothing-needs')}
        actions={<Button onClick={onClear}>{t('connections.empty.show-all')}</Button>}
      >
        {t('connections.empty.nothing-needs-text')}
      </EmptyState>
    )
  }
  const text = filter.search.trim()
  const group = filter.group === 'all' ? null : groupWords(filter.group).name
  const b = (words: ReactNode): ReactNode => <bdi className="break-all">{words}</bdi>
  return (
    <EmptyState
      icon={FilterIcon}
      title={t('connections.empty.no-match')}
      actions={<Button onClick={onClear}>{t('connections.empty.clear')}</Button>}
    >
      {text === ''
        ? group === null
          ? t('connections.empty.none')
          : t('connections.empty.none-in', { group })
        : group === null
          ? rich('connections.empty.none-with', { text, b })
          : rich('connections.empty.none-with-in', { text, group, b })}
    </EmptyState>
  )
}
