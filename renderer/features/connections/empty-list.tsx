import { Filter as FilterIcon } from 'lucide-react'
import { Button } from '#renderer/ui/button.tsx'
import { EmptyState, LoosePlug } from '#renderer/ui/empty-state.tsx'
import { groupWords } from '#renderer/ui/status-words.ts'
import { type Filter, isNarrowed } from './use-connection-list.ts'

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
      <EmptyState
        isPage
        drawing={<LoosePlug />}
        title="Nothing is plugged in yet"
        actions={
          <Button variant="primary" keyCap="C" onClick={onConnect}>
            Connect something
          </Button>
        }
      >
        Most people begin with mail or code.
      </EmptyState>
    )
  }
  const place = filter.group === 'all' ? '' : ` in ${groupWords(filter.group).name}`
  if (!isNarrowed(filter) && filter.group === 'needs_you') {
    return (
      <EmptyState icon={FilterIcon} title="Nothing needs you" actions={<Button onClick={onClear}>Show all</Button>}>
        No connection waits for something only you can do.
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={FilterIcon} title="No connection matches" actions={<Button onClick={onClear}>Clear filters</Button>}>
      {filter.search.trim() === '' ? (
        `There is none${place}.`
      ) : (
        <>
          There is none with “<bdi className="break-all">{filter.search.trim()}</bdi>”{place}.
        </>
      )}
    </EmptyState>
  )
}
