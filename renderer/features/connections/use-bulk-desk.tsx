import { List } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { BulkActionName } from '#shared/contract/bulk'
import { useHost } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { useKeys } from '#renderer/shell/key-map.ts'
import { copyText } from '#renderer/ui/copy-text.ts'
import { hush, tell } from '#renderer/ui/toast.tsx'
import type { BulkChoice } from './bulk-bar.tsx'
import { BulkRunBar } from './bulk-run-bar.tsx'
import { type BulkStart, isTooMany, NAMED_AT_MOST, readSelected, targetOf } from './bulk-target.ts'
import { isAskedFirst } from './bulk-words.ts'
import { useBulk } from './use-bulk.ts'
import type { Checks } from './use-checks.ts'
import type { Filter } from './use-connection-list.ts'
import { onDemand } from '#renderer/shell/on-demand.tsx'

const BulkActionSheet = onDemand(async () => (await import('./bulk-action-sheet.tsx')).BulkActionSheet)
const BulkResultsSheet = onDemand(async () => (await import('./bulk-results-sheet.tsx')).BulkResultsSheet)
const BulkRunsSheet = onDemand(async () => (await import('./bulk-runs-sheet.tsx')).BulkRunsSheet)

/** More handles than this are not copied at once. */
const COPIED_AT_MOST = 1000
/** More than these are told of before Nango is asked about each of them. */
const UNASKED_AT_MOST = 100

type Open =
  | { readonly kind: 'action'; readonly action: BulkActionName; readonly target: BulkStart }
  | { readonly kind: 'results'; readonly bulkId: string }
  | { readonly kind: 'runs' }

/** What is done with many connections: what is chosen for those that are checked, the run that goes on, and the sheets of both. */
export const useBulkDesk = ({
  profileId,
  place,
  limit,
  filter,
  matches,
  checks,
}: {
  readonly profileId: string | null
  /** `Nango` or `Sandbox`. */
  readonly place: string
  /** Requests that Nango allows in a minute; null while that is not known. */
  readonly limit: number | null
  readonly filter: Filter
  readonly matches: number | null
  readonly checks: Checks
}): {
  readonly choose: (choice: BulkChoice) => void
  readonly isBusy: boolean
  readonly runBar: ReactNode
  readonly sheets: ReactNode
} => {
  const { api } = useHost()
  const bulk = useBulk(profileId)
  const [open, setOpen] = useState<Open | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const { selection, count } = checks
  const close = (): void => setOpen(null)
  useKeys([{ keys: '', does: t('bulk.key.runs'), icon: List, isPlace: true, run: () => setOpen({ kind: 'runs' }) }])

  const busy = async (work: () => Promise<unknown>): Promise<void> => {
    setIsBusy(true)
    hush()
    try {
      await work()
    } catch {
      // Reading what is checked failed; nothing was begun.
      tell(t('bulk.told.unread'))
    } finally {
      setIsBusy(false)
    }
  }
  const begin = async (params: BulkStart): Promise<void> => {
    if ((await bulk.start(params)) === null) return
    close()
    checks.clear()
  }
  const copy = async (): Promise<void> => {
    const handles = await readSelected(api, selection, filter, COPIED_AT_MOST, ({ handle }) => handle)
    tell((await copyText(handles.join('\n'))) ? t('bulk.told.handles', { count: handles.length }) : t('bulk.told.not-copied'))
  }
  const choose = (choice: BulkChoice): void => {
    if (isBusy) return
    if (choice === 'copy' && (count === null || count > COPIED_AT_MOST)) {
      tell(t('bulk.told.too-many-handles', { most: COPIED_AT_MOST }))
      return
    }
    if (choice !== 'copy' && isTooMany(selection, matches)) {
      tell(t('bulk.told.too-many-named', { most: NAMED_AT_MOST }))
      return
    }
    void busy(async () => {
      if (choice === 'copy') return copy()
      if (choice === 'csv' || choice === 'json') {
        if (await bulk.exportAs(selection, filter, choice)) checks.clear()
        return undefined
      }
      const target = await targetOf(api, selection, filter)
      if (isAskedFirst(choice) || count === null || count > UNASKED_AT_MOST) setOpen({ kind: 'action', action: choice, target })
      else await begin({ ...target, action: choice })
      return undefined
    })
  }

  const { shown } = bulk
  const seen = open?.kind === 'results' ? bulk.runs.find(({ bulkId }) => bulkId === open.bulkId) : undefined
  return {
    choose,
    isBusy,
    runBar:
      shown === null ? null : (
        <BulkRunBar
          key={shown.bulkId}
          run={shown}
          queued={bulk.queued}
          limit={limit}
          place={place}
          error={open === null ? bulk.error : null}
          onStop={() => bulk.cancel(shown.bulkId)}
          onResults={() => setOpen({ kind: 'results', bulkId: shown.bulkId })}
          onRuns={() => setOpen({ kind: 'runs' })}
          onUndo={() => bulk.undo(shown.bulkId)}
          onSave={(format) => bulk.saveExport(shown.bulkId, format)}
          onHide={() => bulk.hide(shown.bulkId)}
        />
      ),
    sheets:
      open?.kind === 'action' ? (
        <BulkActionSheet
          action={open.action}
          target={open.target}
          profileId={profileId}
          place={place}
          isBusy={isBusy}
          error={bulk.error}
          onStart={(params) => void busy(() => begin(params))}
          onClose={close}
        />
      ) : open?.kind === 'runs' ? (
        <BulkRunsSheet runs={bulk.runs} onStop={bulk.cancel} onResults={(bulkId) => setOpen({ kind: 'results', bulkId })} onClose={close} />
      ) : seen === undefined ? null : (
        <BulkResultsSheet
          run={seen}
          onAgain={() => setOpen({ kind: 'action', action: seen.action, target: { retryOf: seen.bulkId } })}
          onClose={close}
        />
      ),
  }
}
