import { SearchX } from 'lucide-react'
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import type { Connector } from '#shared/contract/catalogue'
import { t } from '#renderer/messages/translate.ts'
import { useRead } from '../../api/use-api.ts'
import { useKeys } from '../../shell/key-map.ts'
import { PageFrame } from '../../shell/page-frame.tsx'
import { requestSheet } from '../../shell/sheet-request.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { useAccountCounts } from './account-counts.ts'
import { ConnectorGrid, type ConnectorGridHandle } from './connector-grid.tsx'
import { matchFilter, NO_FILTER, ofTab, recentOf, type Section, type Tab } from './connector-rows.ts'
import { ChoiceBar } from './choice-bar.tsx'
import { ConnectorFilters } from './connector-filters.tsx'
import { ConnectorSheet } from './connector-sheet.tsx'
import { useChoice } from './use-choice.ts'

const connect = (connector: Connector): void => requestSheet({ kind: 'connect', connectorId: connector.connectorId })

const setUp = (connector: Connector): void => requestSheet({ kind: 'integration', connectorId: connector.connectorId })

/** How many of the newest connections are looked at for the connectors used lately. */
const NEWEST = 30

const NOT_RECENT: ReadonlySet<string> = new Set()

/** All connectors: search, filters, and the way to connect each. */
export const ConnectorsPage = () => {
  const status = useRead('system.status', {}).data
  const profile = status?.profile ?? null
  const isSandbox = profile?.kind === 'sandbox'
  const [text, setText] = useState('')
  const [filter, setFilter] = useState(NO_FILTER)
  const [wanted, setWanted] = useState<'first' | 'list' | null>(null)
  const [detailed, setDetailed] = useState<Connector | null>(null)
  const search = useDeferredValue(text.trim())
  const all = useRead('catalogue.list', {})
  const found = useRead('catalogue.list', { search }, { isEnabled: search !== '', keepsPrevious: true })
  const accounts = useAccountCounts()
  const newest = useRead('connections.list', { sort: 'createdAt', descending: true, limit: NEWEST }).data?.connections
  const field = useRef<HTMLInputElement>(null)
  const grid = useRef<ConnectorGridHandle>(null)
  const { chosen, choose, clear: clearChosen, connect: connectChosen } = useChoice()
  useEffect(() => field.current?.focus(), [])

  const list = search === '' ? all : found
  const matched = useMemo(() => matchFilter(list.data?.connectors ?? [], filter), [list.data, filter])
  const shown = useMemo(() => ofTab(matched, filter.tab, accounts), [matched, filter.tab, accounts])
  const isWhole = search === '' && filter === NO_FILTER
  const recent = useMemo(
    () => (isWhole ? recentOf(newest ?? [], new Map(shown.map((one) => [one.connectorId, one]))) : NOT_RECENT),
    [isWhole, newest, shown],
  )
  const countOf = (tab: Tab): number | null => (list.data === undefined ? null : ofTab(matched, tab, accounts).length)

  const act = useCallback(
    (connector: Connector): void => {
      if (connector.readiness === 'ready') connect(connector)
      else if (connector.readiness === 'needs_integration' && !isSandbox) setUp(connector)
      else setDetailed(connector)
    },
    [isSandbox],
  )
  // Enter and the arrow mean what is typed now, also when its answer is still on the way.
  const isSettled = text.trim() === search && list.data !== undefined && !list.isPlaceholderData
  useEffect(() => {
    if (wanted === null || !isSettled) return
    setWanted(null)
    if (wanted === 'list') {
      grid.current?.focus()
      return
    }
    const first = shown.find(({ readiness }) => readiness === 'ready') ?? shown[0]
    if (first !== undefined) act(first)
  }, [wanted, isSettled, shown, act])
  const focusSearch = (): void => {
    field.current?.focus()
    field.current?.select()
  }
  const clear = (): void => {
    setText('')
    setFilter(NO_FILTER)
    focusSearch()
  }
  useKeys([
    { keys: '/', does: t('catalogue.key.search'), run: focusSearch },
    { keys: 'ArrowDown', does: t('catalogue.key.move'), run: () => setWanted('list'), isAlways: true },
    {
      keys: 'c',
      does: t('catalogue.key.connect'),
      run: () => {
        const connector = grid.current?.current()
        if (chosen.size > 0) connectChosen()
        else if (connector) act(connector)
      },
    },
    {
      keys: 'i',
      does: t('catalogue.key.about'),
      run: () => setDetailed(grid.current?.current() ?? null),
    },
    { keys: 'Space', does: t('catalogue.key.choose'), run: () => undefined, isMove: true },
    { keys: 'Shift+ArrowDown', does: t('catalogue.key.choose-more'), run: () => undefined, isMove: true },
    { keys: 'Escape', does: t('catalogue.key.clear'), run: chosen.size > 0 ? clearChosen : clear, isAlways: true },
    ...(['all', 'ready', 'connected'] as const).map((tab, index) => ({
      keys: String(index + 1),
      does: t('catalogue.key.tab'),
      run: () => setFilter((before) => ({ ...before, tab })),
    })),
  ])
  const headingOf = (section: Section) => {
    if (section === 'recent') return { title: t('catalogue.section.recent'), hint: t('catalogue.section.recent-hint') }
    if (section === 'connected')
      return {
        title: t('catalogue.section.connected'),
        hint: t(isSandbox ? 'catalogue.section.connected-hint-sandbox' : 'catalogue.section.connected-hint'),
      }
    if (section === 'ready')
      return {
        title: t('catalogue.section.ready'),
        hint: t(isSandbox ? 'catalogue.section.ready-hint-sandbox' : 'catalogue.section.ready-hint'),
      }
    if (section === 'not_from_here') return { title: t('catalogue.section.not-from-here'), hint: t('catalogue.section.not-from-here-hint') }
    return {
      title: t('catalogue.section.missing'),
      hint: t(isSandbox ? 'catalogue.section.missing-hint-sandbox' : 'catalogue.section.missing-hint'),
    }
  }
  const sentence = list.data === undefined ? '' : t('catalogue.page.found', { count: shown.length })
  return (
    <PageFrame
      title={t('catalogue.page.title')}
      count={all.data?.total ?? null}
      actions={
        <Tabs
          name={t('catalogue.page.tabs')}
          value={filter.tab}
          onValueChange={(tab) => setFilter({ ...filter, tab })}
          items={[
            { value: 'all', label: t('catalogue.page.tab.all'), count: countOf('all') },
            { value: 'ready', label: t('catalogue.page.tab.ready'), count: countOf('ready') },
            { value: 'connected', label: t('catalogue.page.tab.connected'), count: countOf('connected') },
          ]}
        />
      }
    >
      <div
        className={cx('flex flex-none items-center gap-2 px-4', chosen.size === 0 ? 'pt-3 pb-1' : 'bg-accent-soft py-2')}
        onKeyDown={(event) => {
          if (event.target !== field.current) return
          if (event.key === 'ArrowDown') {
            event.preventDefault()
            setWanted('list')
          } else if (event.key === 'Enter' && text.trim() !== '') {
            event.preventDefault()
            setWanted('first')
          } else setWanted(null)
        }}
      >
        <SearchField
          ref={field}
          name={t('catalogue.page.search')}
          placeholder={all.data === undefined ? t('catalogue.page.search') : t('catalogue.page.search-count', { count: all.data.total })}
          value={text}
          onValueChange={setText}
          results={search === '' || list.data === undefined ? null : shown.length}
          className="h-9 flex-1"
        />
        {chosen.size === 0 ? (
          <ConnectorFilters filter={filter} onChange={setFilter} />
        ) : (
          <ChoiceBar count={chosen.size} onConnect={connectChosen} onClear={clearChosen} />
        )}
      </div>
      <p className="sr-only" role="status">
        {search === '' ? '' : sentence}
      </p>
      <p className="sr-only" role="status">
        {chosen.size === 0 ? '' : t('catalogue.choice.count', { count: chosen.size })}
      </p>
      {list.error !== null && list.data === undefined ? (
        <div className="p-4">
          <ErrorNotice
            error={list.error}
            title={t('catalogue.page.not-read')}
            action={
              <Button size="small" onClick={() => void list.refetch()}>
                {t('catalogue.page.try-again')}
              </Button>
            }
          />
        </div>
      ) : list.data === undefined ? (
        <SkeletonRows rows={10} />
      ) : shown.length === 0 ? (
        <EmptyState
          icon={SearchX}
          title={filter.tab === 'connected' && search === '' ? t('catalogue.page.none-connected') : t('catalogue.page.none')}
          actions={<Button onClick={clear}>{t('catalogue.page.clear')}</Button>}
        >
          {search === '' ? t('catalogue.page.other-filter') : t('catalogue.page.nothing-for', { text: search })}
        </EmptyState>
      ) : (
        <ConnectorGrid
          ref={grid}
          connectors={shown}
          accounts={accounts}
          headingOf={headingOf}
          onConnect={connect}
          recent={recent}
          tab={filter.tab}
          chosen={chosen}
          onChoose={choose}
          onDetails={act}
          onAbout={setDetailed}
          onLeaveTop={focusSearch}
        />
      )}
      <ConnectorSheet connector={detailed} profile={profile} onClose={() => setDetailed(null)} />
    </PageFrame>
  )
}
