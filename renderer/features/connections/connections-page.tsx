import { useMemo, useRef, useState } from 'react'
import { useLocation, useRoute } from 'wouter'
import type { Connection, ConnectionGroup } from '#shared/contract/connections'
import { useConnectorNames } from '#renderer/api/use-connector-names.ts'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { AdoptOffer } from '#renderer/shell/adopt-offer.tsx'
import { PageFrame } from '#renderer/shell/page-frame.tsx'
import { middleOf } from '#renderer/shell/profile-words.ts'
import { useMedia } from '#renderer/shell/use-width.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { ConnectionGrid, type GridHandle } from './connection-grid.tsx'
import { EmptyList } from './empty-list.tsx'
import { FilterBar } from './filter-bar.tsx'
import { ListBay } from './list-bay.tsx'
import { listRows, rowKey } from './list-rows.ts'
import { ListToolbar } from './list-toolbar.tsx'
import { Searching } from './searching.tsx'
import { useSteadyGroups } from './steady-order.ts'
import { useAddressedFilter } from './use-addressed-filter.ts'
import { useBulkDesk } from './use-bulk-desk.tsx'
import { useChecks } from './use-checks.ts'
import { useConnectionActions } from './use-connection-actions.tsx'
import { NO_FILTER, useConnectionList } from './use-connection-list.ts'
import { useFilterChoices } from './use-filter-choices.ts'
import { useFreshRow } from './use-fresh-row.ts'
import { useListKeys } from './use-list-keys.ts'
import { useOpenPlace } from './use-open-place.ts'
import { useRowContext } from './use-row-context.ts'
import { useSearchBox } from './use-search-box.ts'
import { useSteadyActs } from './use-steady-acts.ts'
import { onDemand } from '#renderer/shell/on-demand.tsx'

const ConnectionPanel = onDemand(async () => (await import('./connection-panel.tsx')).ConnectionPanel)
const ExpiringPage = onDemand(async () => (await import('./expiring-page.tsx')).ExpiringPage)

/** The list of the active profile's connections, or what runs out of them. */
export const ConnectionsPage = () => {
  const [isExpiring] = useRoute(paths.expiring)
  return isExpiring ? <ExpiringPage /> : <ConnectionListPage />
}

/** The list with the panel of the connection that is open. */
const ConnectionListPage = () => {
  const [, go] = useLocation()
  const [, params] = useRoute<{ connectionId: string }>(`${paths.connections}/:connectionId`)
  const openId = params === null ? null : decodeURIComponent(params.connectionId)
  const { filter, setFilter, change } = useAddressedFilter()
  const [collapsed, setCollapsed] = useState<ReadonlySet<ConnectionGroup>>(new Set())
  const [activeKey, setActiveKey] = useState<string | null>(openId)
  const [holds, setHolds] = useState({ pointer: false, focus: false })
  const search = useSearchBox()
  const grid = useRef<GridHandle>(null)

  const status = useRead('system.status', {}).data
  const settings = useRead('settings.get', {}).data
  const offlineSince = status?.sync?.state === 'offline' ? (status.sync.offlineSince ?? status.sync.lastCompletedAt) : null
  const place = middleOf(status?.profile ?? null)
  const list = useConnectionList(filter)
  // The connections come first: until the catalogue has followed them, names are made of handles.
  const nameOf = useConnectorNames(!list.isLoading)
  const choices = useFilterChoices(nameOf)
  const run = useWrite('sync.run')
  // Offline or refused, the banner says so; once a later look has succeeded, the failure is past.
  const isToldAbove =
    status?.sync?.state === 'offline' ||
    status?.sync?.state === 'refused' ||
    Date.parse(status?.sync?.lastCompletedAt ?? '') > run.submittedAt

  const steady = useSteadyGroups(list.groups, holds.pointer || holds.focus, list.signature)
  const rows = useMemo(() => listRows(steady.groups, collapsed, filter.group === 'all'), [steady.groups, collapsed, filter.group])
  const byId = useMemo(() => new Map([...rows.connections()].map((connection) => [connection.connectionId, connection])), [rows])

  const isFull = useMedia('(min-width: 1360px)')
  const isSmall = !useMedia('(min-width: 800px)')
  const isNarrow = isSmall || (!isFull && openId !== null)
  const context = useRowContext({ byId, hasPanel: openId !== null, profileId: status?.profile?.profileId ?? '', offlineSince, nameOf })

  const clear = (): void => {
    setFilter(NO_FILTER)
    search.fold()
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
  const connect = (): void => go(paths.connectors)

  const checks = useChecks({ list, hasRows: rows.length > 0, onCleared: () => grid.current?.focus() })
  const { selection, hasChecked } = checks
  const desk = useBulkDesk({
    profileId: status?.profile?.profileId ?? null,
    place,
    limit: status?.sync?.rateLimit?.limit ?? null,
    filter,
    matches: list.matches,
    checks,
  })
  const openAnd = (connection: Connection, act: (connection: Connection) => void): void => {
    open(connection.connectionId)
    act(connection)
  }
  useListKeys({
    current,
    nameOf,
    move: (step) => grid.current?.move(step),
    search: search.focus,
    leave: () => (openId !== null ? close() : hasChecked ? checks.clear() : clear()),
    checkAll: checks.checkAll,
    connect,
    refresh: (connection) => openAnd(connection, actions.refresh),
    verify: (connection) => openAnd(connection, actions.verify),
    actions,
    hasPanel: openId !== null,
    checked: hasChecked ? checks.count : 0,
    onChecked: desk.choose,
    showGroup: (group) => change({ group }),
  })

  const freshId = useFreshRow({
    rowOf: (connectionId) => byId.get(connectionId),
    isReady: !list.isLoading,
    reveal: (connectionId) => grid.current?.reveal(connectionId),
    onHidden: () => {
      if (collapsed.has('working')) toggle('working')
      else if (steady.changed > 0) steady.release()
    },
  })
  useOpenPlace({
    openId,
    rows,
    isReady: !list.isLoading,
    filter,
    reveal: (key) => {
      setActiveKey(openId)
      grid.current?.reveal(key)
    },
  })
  const isAllEmpty = list.counts?.total === 0
  return (
    <PageFrame
      title={t('connections.title')}
      count={list.counts?.total ?? null}
      actions={
        <ListToolbar
          search={search.ref}
          text={filter.search}
          results={list.matches}
          isAllEmpty={isAllEmpty}
          isNarrow={isNarrow}
          showsSearch={!isNarrow || search.isOpen || filter.search !== ''}
          isComparing={run.isPending || status?.sync?.state === 'running'}
          place={place}
          onText={(text) => change({ search: text })}
          onSearch={search.focus}
          onLeave={search.fold}
          onCompare={() => run.mutate({})}
          onConnect={connect}
          onExpiring={() => go(paths.expiring)}
        />
      }
      panel={
        openId === null ? null : (
          <ConnectionPanel
            connectionId={openId}
            known={byId.get(openId) ?? null}
            nameOf={nameOf}
            place={place}
            profile={status?.profile ?? null}
            now={context.now}
            offlineSince={offlineSince}
            actions={actions}
            onClose={close}
          />
        )
      }
    >
      {isAllEmpty ? null : (
        <>
          <AdoptOffer profileId={status?.profile?.profileId ?? ''} total={list.counts?.total ?? null} />
          <ListBay
            counts={list.counts}
            nameOf={nameOf}
            onPick={(connectionId) => open(connectionId)}
            onPickGroup={(group) => change({ group })}
          />
          {desk.runBar}
          {hasChecked ? (
            <BulkBar
              count={checks.count}
              matches={list.matches}
              isByFilter={selection.kind === 'filter'}
              isNarrow={isNarrow}
              isBusy={desk.isBusy}
              onChoose={desk.choose}
              onCheckAll={checks.checkAll}
              onClear={checks.clear}
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
              onExpiring={() => go(paths.expiring)}
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
          onCheck={checks.check}
          onCheckAll={checks.checkAll}
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
      {desk.sheets}
    </PageFrame>
  )
}
