import { Copy, Pencil, Plus, RefreshCw, RotateCcw, Search, Trash2 } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useLocation, useRoute } from 'wouter'
import type { Connection, ConnectionGroup } from '#shared/contract/connections'
import { useConnectorNames } from '#renderer/api/use-connector-names.ts'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { useKeys } from '#renderer/shell/key-map.ts'
import { PageFrame } from '#renderer/shell/page-frame.tsx'
import { middleOf } from '#renderer/shell/profile-words.ts'
import { requestSheet } from '#renderer/shell/sheet-request.ts'
import { useMedia } from '#renderer/shell/use-width.ts'
import { Bay } from '#renderer/ui/bay.tsx'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { SearchField } from '#renderer/ui/search-field.tsx'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { GROUPS } from '#renderer/ui/status-words.ts'
import { useNow } from '#renderer/ui/use-now.ts'
import { tell } from '#renderer/ui/toast.tsx'
import { baySockets } from './bay-sockets.ts'
import { useColumns, useEmptyColumns } from './columns.ts'
import { fullName } from './connection-words.ts'
import { BulkBar } from './bulk-bar.tsx'
import { ConnectionGrid, type GridHandle } from './connection-grid.tsx'
import { ConnectionPanel } from './connection-panel.tsx'
import { EmptyList } from './empty-list.tsx'
import { FilterBar } from './filter-bar.tsx'
import type { RowContext } from './grid-row.tsx'
import { listRows, rowKey } from './list-rows.ts'
import { Searching } from './searching.tsx'
import { checkedCount, isChecked, NOTHING, type Selection, withChecked } from './selection.ts'
import { useSteadyGroups } from './steady-order.ts'
import { useSteadyActs } from './use-steady-acts.ts'
import { useBulk } from './use-bulk.ts'
import { type Filter, NO_FILTER, queryOf, useConnectionList } from './use-connection-list.ts'
import { useFilterChoices } from './use-filter-choices.ts'
import { useFreshRow } from './use-fresh-row.ts'
import { useConnectionActions } from './use-connection-actions.tsx'

/** The bay shows single sockets up to here; more never fit. */
const SOCKETS = 100
const TABS = ['all', ...GROUPS] as const

/** The list of the active profile's connections with the panel of the one that is open. */
export const ConnectionsPage = () => {
  const [, go] = useLocation()
  const [, params] = useRoute<{ connectionId: string }>(`${paths.connections}/:connectionId`)
  const openId = params === null ? null : decodeURIComponent(params.connectionId)
  const [, of] = useRoute<{ connectorId: string }>(`${paths.connections}/of/:connectorId`)
  const ofId = of === null ? null : decodeURIComponent(of.connectorId)
  const [filter, setFilter] = useState<Filter>({ ...NO_FILTER, connectorId: ofId })
  // The address only brings the filter; from here on the chip holds it.
  useEffect(() => {
    if (ofId === null) return
    setFilter({ ...NO_FILTER, connectorId: ofId })
    go(paths.connections, { replace: true })
  }, [ofId, go])
  const [collapsed, setCollapsed] = useState<ReadonlySet<ConnectionGroup>>(new Set())
  const [activeKey, setActiveKey] = useState<string | null>(openId)
  const [holds, setHolds] = useState({ pointer: false, focus: false })
  const [isSearchOpen, setIsSearchOpen] = useState(false)
  const search = useRef<HTMLInputElement>(null)
  const grid = useRef<GridHandle>(null)
  const now = useNow(1000)

  const status = useRead('system.status', {}).data
  const settings = useRead('settings.get', {}).data
  const offlineSince = status?.sync?.state === 'offline' ? (status.sync.offlineSince ?? status.sync.lastCompletedAt) : null
  const place = middleOf(status?.profile ?? null)
  const list = useConnectionList(filter)
  // The connections come first: until the catalogue has followed them, names are made of handles.
  const nameOf = useConnectorNames(!list.isLoading)
  const choices = useFilterChoices(nameOf)
  const flows = useRead('connect.list', { isOpen: true })
  const run = useWrite('sync.run')
  // Offline or refused, the banner says so; once a later look has succeeded, the failure is past.
  const isToldAbove =
    status?.sync?.state === 'offline' ||
    status?.sync?.state === 'refused' ||
    Date.parse(status?.sync?.lastCompletedAt ?? '') > run.submittedAt

  const steady = useSteadyGroups(list.groups, holds.pointer || holds.focus, list.signature)
  const rows = useMemo(() => listRows(steady.groups, collapsed, filter.group === 'all'), [steady.groups, collapsed, filter.group])
  const byId = useMemo(() => new Map([...rows.connections()].map((connection) => [connection.connectionId, connection])), [rows])
  const isFew = list.counts !== null && list.counts.total <= SOCKETS
  const bay = useRead('connections.list', { sort: 'status', limit: SOCKETS }, { isEnabled: isFew })
  const sockets = isFew && bay.data !== undefined && list.counts !== null ? baySockets(bay.data.connections, list.counts, nameOf) : null

  const isFull = useMedia('(min-width: 1360px)')
  const isSmall = !useMedia('(min-width: 800px)')
  const isNarrow = isSmall || (!isFull && openId !== null)
  const empty = useEmptyColumns(byId, status?.profile?.profileId ?? '')
  const { columns, template } = useColumns(openId !== null, empty)
  const pageEnds = useMemo(() => new Map(flows.data?.flows.map((flow) => [flow.connectionId, flow.expiresAt])), [flows.data])
  const isTicking = [...byId.values()].some(({ status: its }) => its === 'pending')
  const rowNow = isTicking ? now : Math.floor(now / 15_000) * 15_000
  const context = useMemo(
    (): RowContext => ({
      columns,
      template,
      now: rowNow,
      offlineSince,
      nameOf,
      pageEndsAt: (connectionId) => pageEnds.get(connectionId) ?? null,
    }),
    [columns, template, rowNow, offlineSince, nameOf, pageEnds],
  )

  const change = (part: Partial<Filter>): void => setFilter((before) => ({ ...before, ...part }))
  const clear = (): void => {
    setFilter(NO_FILTER)
    setIsSearchOpen(false)
  }
  const open = (connectionId: string, isReplacing = false): void => go(paths.connection(connectionId), { replace: isReplacing })
  const close = (): void => {
    go(paths.connections)
    grid.current?.focus()
  }
  const activate = (key: string): void => {
    setActiveKey(key)
    if (openId !== null && byId.has(key)) open(key, true)
  }
  const toggle = (group: ConnectionGroup): void =>
    setCollapsed((before) => new Set(before.has(group) ? [...before].filter((one) => one !== group) : [...before, group]))
  const acts = useSteadyActs({ activate, open: (connectionId: string) => open(connectionId), toggle })
  const actions = useConnectionActions({
    nameOf,
    place,
    onGone: (connectionId) => {
      const index = rows.indexOf(connectionId)
      const neighbour = [rows.at(index + 1), rows.at(index - 1)].find((row) => row?.kind === 'connection')
      setActiveKey(neighbour === undefined ? null : rowKey(neighbour))
      steady.leave(connectionId)
      if (openId === connectionId) go(paths.connections, { replace: true })
      // The button that was pressed is gone with the panel.
      requestAnimationFrame(() => grid.current?.focus())
    },
  })
  const current: Connection | null = byId.get(openId ?? activeKey ?? '') ?? null
  const withCurrent = (act: (connection: Connection) => void) => () => {
    if (current !== null) act(current)
  }
  const focusSearch = (): void => {
    setIsSearchOpen(true)
    search.current?.focus()
    search.current?.select()
  }
  useEffect(() => {
    if (isSearchOpen) search.current?.focus()
  }, [isSearchOpen])
  const connect = (): void => go(paths.connectors)

  const [selection, setSelection] = useState<Selection>(NOTHING)
  // What was checked by a filter means nothing under another one.
  useEffect(() => setSelection(NOTHING), [list.key])
  const bulk = useBulk()
  const checked = checkedCount(selection, list.matches)
  const hasChecked = checked !== 0
  const check = (connection: Connection, isOn: boolean | null): void => {
    if (bulk.run?.state === 'running') return
    bulk.forget()
    setSelection((before) => withChecked(before, connection, isOn ?? !isChecked(before, connection.connectionId)))
  }
  const checkAll = (): void => {
    if (bulk.run?.state === 'running' || rows.length === 0) return
    bulk.forget()
    setSelection({ kind: 'filter', except: new Set() })
  }
  const uncheck = (): void => {
    bulk.stop()
    bulk.forget()
    setSelection(NOTHING)
    grid.current?.focus()
  }
  const copyChecked = (): void =>
    void bulk.copyHandles(selection, { ...queryOf(filter), ...(filter.group === 'all' ? {} : { group: filter.group }) }).then(
      (count) => tell(count === null ? t('connections.told.not-copied') : t('connections.bulk.copied', { count })),
      () => tell(t('connections.bulk.unread')),
    )
  const steadyChecks = useSteadyActs({ check, checkAll })

  const on = current === null ? null : fullName(current, nameOf(current.connectorId))
  useKeys([
    { keys: '/', does: t('connections.key.search'), icon: Search, run: focusSearch },
    { keys: 'ArrowDown', does: t('connections.key.next'), run: () => grid.current?.move(1), isAlways: true, isMove: true },
    { keys: 'j', does: t('connections.key.next'), run: () => grid.current?.move(1), isMove: true },
    { keys: 'ArrowUp', does: t('connections.key.previous'), run: () => grid.current?.move(-1), isAlways: true, isMove: true },
    { keys: 'k', does: t('connections.key.previous'), run: () => grid.current?.move(-1), isMove: true },
    { keys: '[', does: t('connections.key.previous'), run: () => grid.current?.move(-1), isMove: true },
    { keys: ']', does: t('connections.key.next'), run: () => grid.current?.move(1), isMove: true },
    {
      keys: 'Escape',
      does: t('connections.key.close'),
      run: () => (openId !== null ? close() : hasChecked ? uncheck() : clear()),
      isAlways: true,
      isMove: true,
    },
    { keys: 'Space', does: t('connections.key.check'), run: () => undefined, isMove: true },
    { keys: 'Shift+ArrowDown', does: t('connections.key.check-more'), run: () => undefined, isMove: true },
    { keys: 'Mod+a', does: t('connections.key.check-all'), run: checkAll, isAlways: true, isMove: true },
    { keys: 'c', does: t('connections.key.connect'), icon: Plus, run: connect },
    {
      keys: 'f',
      does: t('connections.key.refresh'),
      on,
      icon: RefreshCw,
      run: withCurrent((connection) => {
        open(connection.connectionId)
        actions.refresh(connection)
      }),
    },
    {
      keys: 'r',
      does: t('connections.do.connect-again'),
      on,
      icon: RotateCcw,
      run: withCurrent(({ connectorId, label }) => requestSheet({ kind: 'connect', connectorId, ...(label === null ? {} : { label }) })),
    },
    { keys: 'e', does: t('connections.key.label'), on, icon: Pencil, run: withCurrent(actions.rename) },
    { keys: 'y', does: t('connections.key.copy'), on, icon: Copy, run: withCurrent(actions.copyHandle) },
    { keys: 'x', does: t('connections.key.remove'), on, icon: Trash2, run: withCurrent(actions.remove) },
    ...TABS.map((group, index) => ({
      keys: String(index + 1),
      does: t('connections.key.tab'),
      run: () => change({ group }),
      isMove: true,
    })),
  ])

  const freshId = useFreshRow({
    rowOf: (connectionId) => byId.get(connectionId),
    isReady: !list.isLoading,
    reveal: (connectionId) => grid.current?.reveal(connectionId),
    onHidden: () => {
      if (collapsed.has('working')) toggle('working')
      else if (steady.changed > 0) steady.release()
    },
  })
  const isAllEmpty = list.counts?.total === 0
  const showsSearch = !isNarrow || isSearchOpen || filter.search !== ''
  return (
    <PageFrame
      title={t('connections.title')}
      count={list.counts?.total ?? null}
      actions={
        <>
          {isAllEmpty ? null : showsSearch ? (
            <SearchField
              ref={search}
              name={t('connections.search')}
              placeholder={t('connections.search-hint')}
              value={filter.search}
              onValueChange={(text) => change({ search: text })}
              results={list.matches}
              onLeave={() => setIsSearchOpen(false)}
              className={isNarrow ? 'w-40' : 'w-60'}
            />
          ) : (
            <IconButton icon={Search} name={t('connections.search')} keyCap="/" variant="secondary" onClick={focusSearch} />
          )}
          <IconButton
            icon={RefreshCw}
            name={t('connections.compare', { place })}
            variant="secondary"
            isBusy={run.isPending || status?.sync?.state === 'running'}
            onClick={() => run.mutate({})}
          />
          <Button variant={isAllEmpty ? 'secondary' : 'primary'} icon={Plus} keyCap="C" onClick={connect}>
            {t('connections.connect')}
          </Button>
        </>
      }
      panel={
        openId === null ? null : (
          <ConnectionPanel
            connectionId={openId}
            known={byId.get(openId) ?? null}
            nameOf={nameOf}
            place={place}
            profile={status?.profile ?? null}
            now={rowNow}
            offlineSince={offlineSince}
            actions={actions}
            onClose={close}
          />
        )
      }
    >
      {isAllEmpty ? null : (
        <>
          <div className="h-8 flex-none border-b border-line px-4">
            {list.counts === null ? null : (
              <Bay
                counts={list.counts.byGroup}
                sockets={sockets}
                onPick={(connectionId) => open(connectionId)}
                onPickGroup={(group) => change({ group })}
              />
            )}
          </div>
          {hasChecked ? (
            <BulkBar
              count={checked}
              matches={list.matches}
              isByFilter={selection.kind === 'filter'}
              isNarrow={isNarrow}
              run={bulk.run}
              onCopy={copyChecked}
              onRefresh={() => selection.kind === 'rows' && void bulk.refresh([...selection.rows.values()])}
              onCheckAll={checkAll}
              onStop={bulk.stop}
              onClear={uncheck}
            />
          ) : (
            <FilterBar
              filter={filter}
              counts={list.counts}
              connectors={choices.connectors}
              nameOf={nameOf}
              hasHolders={choices.hasHolders}
              isNarrow={isNarrow}
              onFilter={change}
            />
          )}
        </>
      )}
      {run.error === null || isToldAbove ? null : (
        <div className="px-4 pb-2">
          <ErrorNotice error={run.error} title={t('connections.not-compared', { place })} />
        </div>
      )}
      {list.error !== null && rows.length === 0 ? (
        <div className="p-4">
          <ErrorNotice
            error={list.error}
            title={t('connections.unreadable')}
            action={
              <Button size="small" onClick={list.retry}>
                {t('connections.try-again')}
              </Button>
            }
          />
        </div>
      ) : list.isSearching && rows.length === 0 ? (
        <Searching />
      ) : list.isLoading && rows.length === 0 ? (
        <div className="border-t border-line">
          <SkeletonRows rows={12} isCompact={settings?.density === 'compact'} />
        </div>
      ) : rows.length === 0 ? (
        <EmptyList filter={filter} isAllEmpty={isAllEmpty} onConnect={connect} onClear={clear} />
      ) : (
        <ConnectionGrid
          ref={grid}
          rows={rows}
          listKey={list.key}
          context={context}
          rowHeight={settings?.density === 'compact' ? 32 : 40}
          activeKey={activeKey}
          selectedId={openId}
          freshId={freshId}
          selection={selection}
          hasChecked={hasChecked}
          onCheck={steadyChecks.check}
          onCheckAll={steadyChecks.checkAll}
          onActive={acts.activate}
          onOpen={acts.open}
          onToggle={acts.toggle}
          onHold={(by, isHeld) => setHolds((before) => (before[by] === isHeld ? before : { ...before, [by]: isHeld }))}
          onLook={list.look}
          onNeed={list.loadMore}
          chip={
            steady.changed === 0 ? null : (
              <button
                type="button"
                onClick={steady.release}
                className="floating pointer-events-auto h-7 rounded-full px-3 text-small font-medium text-accent"
              >
                {t('connections.changed', { count: steady.changed })}
              </button>
            )
          }
        />
      )}
      {actions.sheets}
    </PageFrame>
  )
}
