import { Dialog } from '@base-ui/react/dialog'
import { CornerDownLeft, Search } from 'lucide-react'
import { type KeyboardEvent, memo, useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { SystemStatus } from '#shared/contract/system'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { cx } from '#renderer/ui/class-names.ts'
import { KeyCap, keyCaps } from '#renderer/ui/key-cap.tsx'
import { LogoTile } from '#renderer/ui/logo-tile.tsx'
import { StatusLabel } from '#renderer/ui/status-label.tsx'
import { useKeys } from './key-map.ts'
import type { PaletteGroup, PaletteItem } from './palette-items.ts'
import { noteOpened } from './recent-connections.ts'
import { type Place, usePaletteItems } from './use-palette-items.ts'

const groupName = (group: PaletteGroup, first: PaletteItem): string =>
  group === 'on' ? t('palette.on', { name: first.detail ?? '' }) : t(`palette.${group}`)

const EntryRow = ({
  item,
  id,
  isActive,
  onRun,
  onPoint,
}: {
  readonly item: PaletteItem
  readonly id: string
  readonly isActive: boolean
  readonly onRun: (item: PaletteItem) => void
  readonly onPoint: (itemId: string) => void
}) => {
  const Icon = item.icon ?? CornerDownLeft
  return (
    <div
      id={id}
      role="option"
      aria-selected={isActive}
      onClick={() => onRun(item)}
      onPointerMove={() => onPoint(item.id)}
      className={cx(
        'flex h-9 items-center gap-3 rounded-6 px-2',
        isActive ? 'bg-selected [--glyph-cut:var(--selected)]' : '[--glyph-cut:var(--raised)]',
      )}
    >
      {item.connectorId === undefined ? (
        <span className="grid size-6 flex-none place-items-center text-ink-2">
          <Icon aria-hidden="true" />
        </span>
      ) : (
        <LogoTile connectorId={item.connectorId} name={item.name} />
      )}
      <span className="flex min-w-0 flex-1 gap-1.5">
        <bdi className="flex-none truncate font-medium">{item.name}</bdi>
        {item.detail === undefined || item.group === 'on' ? null : <bdi className="min-w-0 truncate text-ink-3">{item.detail}</bdi>}
      </span>
      {item.status === undefined ? null : <StatusLabel status={item.status} />}
      {item.keys === undefined ? null : (
        <span className="flex flex-none gap-0.5">
          {keyCaps(item.keys).map((cap, index) => (
            <KeyCap key={index} keys={cap} />
          ))}
        </span>
      )}
    </div>
  )
}

/** Most rows stay from one letter to the next: only what changed is drawn. */
const Entry = memo(EntryRow)

const Hint = ({ caps, words }: { readonly caps: readonly string[]; readonly words: string }) => (
  <span className="flex items-center gap-1">
    {caps.map((cap) => (
      <KeyCap key={cap} keys={cap} />
    ))}
    <span className="pl-0.5">{words}</span>
  </span>
)

const Content = ({
  places,
  hasConnections,
  onRun,
}: {
  readonly places: readonly Place[]
  readonly hasConnections: boolean
  readonly onRun: (item: PaletteItem) => void
}) => {
  const id = useId()
  const [query, setQuery] = useState('')
  const [wanted, setWanted] = useState<string | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const isScrolled = useRef(false)
  const settled = useRef<string | null>(null)
  // A letter and what it finds are drawn in one go: deferred, the list would be a frame or two behind.
  const { items, isSettled } = usePaletteItems(query, places, hasConnections)
  const chosen = wanted ?? settled.current
  const found = items.findIndex((item) => item.id === chosen)
  const active = found === -1 ? 0 : found
  const first = items[0]?.id ?? null
  // What stands first once everything has answered stays chosen: what comes later does not take its place. Nothing is drawn anew for it.
  useEffect(() => {
    if (isSettled) settled.current ??= first
  }, [isSettled, first])
  // Only what the keys reach is brought into view: a letter makes the list begin anew.
  const hasMoved = useRef(false)
  useLayoutEffect(() => {
    if (!hasMoved.current) return
    hasMoved.current = false
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  })
  const move = (to: number): void => {
    hasMoved.current = true
    setWanted(items[(to + items.length) % Math.max(1, items.length)]?.id ?? null)
  }
  const press = (event: KeyboardEvent): void => {
    const current = items[active]
    const act: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(active + 1),
      ArrowUp: () => move(active - 1),
      PageDown: () => move(Math.min(items.length - 1, active + 9)),
      PageUp: () => move(Math.max(0, active - 9)),
      Enter: () => {
        if (current !== undefined) onRun(current)
      },
    }
    const run = act[event.key]
    if (run === undefined || event.nativeEvent.isComposing) return
    event.preventDefault()
    run()
  }
  const groups = [...Map.groupBy(items, ({ group }) => group)]
  const current = items[active]
  return (
    <>
      <Dialog.Title className="sr-only">{t('palette.title')}</Dialog.Title>
      <div className="flex h-13 flex-none items-center gap-3 border-b border-line px-4">
        <Search aria-hidden="true" className="text-ink-2" />
        <input
          role="combobox"
          aria-label={t('palette.placeholder')}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={current === undefined ? undefined : `${id} ${current.id}`.replaceAll(' ', '_')}
          value={query}
          placeholder={t('palette.placeholder')}
          spellCheck={false}
          autoComplete="off"
          maxLength={200}
          onChange={(event) => {
            settled.current = null
            if (isScrolled.current) list.current?.scrollTo(0, 0)
            setQuery(event.target.value)
            setWanted(null)
          }}
          onKeyDown={press}
          className="h-full min-w-0 flex-1 bg-transparent text-lead outline-none"
        />
      </div>
      <span role="status" className="sr-only">
        {isSettled ? t('palette.found', { count: items.length }) : ''}
      </span>
      {items.length === 0 ? <p className="px-4 py-8 text-center text-ink-2">{isSettled ? t('palette.nothing') : ''}</p> : null}
      <div
        ref={list}
        onScroll={({ currentTarget }) => (isScrolled.current = currentTarget.scrollTop > 0)}
        role="listbox"
        id={`${id}-list`}
        aria-label={t('palette.title')}
        className="min-h-0 flex-1 overflow-y-auto px-2 py-2 empty:hidden"
      >
        {groups.map(([group, of]) => (
          <div key={group} role="group" aria-label={groupName(group, of[0] as PaletteItem)} className="pb-1">
            <div aria-hidden="true" className="truncate px-3 pt-1 pb-1 text-small text-ink-3">
              {groupName(group, of[0] as PaletteItem)}
            </div>
            {of.map((item) => (
              <Entry
                key={item.id}
                item={item}
                id={`${id} ${item.id}`.replaceAll(' ', '_')}
                isActive={item.id === current?.id}
                onRun={onRun}
                onPoint={setWanted}
              />
            ))}
          </div>
        ))}
      </div>
      <div className="flex flex-none items-center gap-4 border-t border-line bg-canvas px-4 py-2 text-small text-ink-2">
        <Hint caps={['↑', '↓']} words={t('palette.choose')} />
        <Hint caps={['↵']} words={t('palette.do')} />
        <span className="flex-1" />
        <Hint caps={keyCaps('Escape')} words={t('palette.close')} />
      </div>
    </>
  )
}

/** The command palette behind Ctrl/Cmd-K: every action of the view, every connection, connector and place, by name. */
export const Palette = ({ status, places }: { readonly status: SystemStatus; readonly places: readonly Place[] }) => {
  const [isOpen, setIsOpen] = useState(false)
  const chosen = useRef<PaletteItem | null>(null)
  const [location] = useLocation()
  useEffect(() => {
    const [, opened] = new RegExp(`^${paths.connections}/([^/]+)$`).exec(location) ?? []
    if (opened !== undefined) noteOpened(decodeURIComponent(opened))
  }, [location])
  const choose = useCallback((item: PaletteItem): void => {
    chosen.current = item
    setIsOpen(false)
  }, [])
  useKeys([{ keys: 'Mod+k', does: t('palette.open'), run: () => setIsOpen(true), isMove: true }], 'frame')
  return (
    <Dialog.Root
      open={isOpen}
      onOpenChange={setIsOpen}
      onOpenChangeComplete={(next) => {
        // Only now has the focus returned: what is opened next gives it back to the same place.
        if (next) return
        const item = chosen.current
        chosen.current = null
        item?.run()
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-scrim data-starting-style:opacity-0 transition-opacity duration-[140ms]" />
        <Dialog.Popup className="fixed top-[14%] left-1/2 z-50 flex max-h-[68%] w-[640px] max-w-[calc(100%-32px)] -translate-x-1/2 flex-col overflow-hidden rounded-12 border border-line-strong bg-raised shadow-sheet outline-none transition-[opacity,transform] duration-[140ms] data-ending-style:duration-0 data-starting-style:-translate-y-1 data-starting-style:opacity-0">
          <Content places={places} hasConnections={status.vault.state === 'open' && status.profile !== null} onRun={choose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
