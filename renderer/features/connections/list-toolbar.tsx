import { CalendarClock, Plus, RefreshCw, Search } from 'lucide-react'
import type { Ref } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { SearchField } from '#renderer/ui/search-field.tsx'

/** What stands beside the title of the list: search, compare with Nango, connect. */
export const ListToolbar = ({
  search,
  text,
  results,
  isAllEmpty,
  isNarrow,
  showsSearch,
  isComparing,
  place,
  onText,
  onSearch,
  onLeave,
  onCompare,
  onConnect,
  onExpiring,
}: {
  readonly search: Ref<HTMLInputElement>
  readonly text: string
  /** How many are found; null while that is not known. */
  readonly results: number | null
  readonly isAllEmpty: boolean
  readonly isNarrow: boolean
  /** The field stands open, not only a button for it. */
  readonly showsSearch: boolean
  readonly isComparing: boolean
  /** `Nango` or `Sandbox`. */
  readonly place: string
  readonly onText: (text: string) => void
  readonly onSearch: () => void
  readonly onLeave: () => void
  readonly onCompare: () => void
  readonly onConnect: () => void
  /** Shows what runs out. */
  readonly onExpiring: () => void
}) => (
  <>
    {isAllEmpty ? null : showsSearch ? (
      <SearchField
        ref={search}
        name={t('connections.search')}
        placeholder={t('bulk.search-hint')}
        value={text}
        onValueChange={onText}
        results={results}
        onLeave={onLeave}
        className={isNarrow ? 'w-40' : 'w-60'}
      />
    ) : (
      <IconButton icon={Search} name={t('connections.search')} keyCap="/" variant="secondary" onClick={onSearch} />
    )}
    {isAllEmpty ? null : <IconButton icon={CalendarClock} name={t('bulk.expiring.title')} variant="secondary" onClick={onExpiring} />}
    <IconButton icon={RefreshCw} name={t('connections.compare', { place })} variant="secondary" isBusy={isComparing} onClick={onCompare} />
    <Button variant={isAllEmpty ? 'secondary' : 'primary'} icon={Plus} keyCap="C" onClick={onConnect}>
      {t('connections.connect')}
    </Button>
  </>
)
