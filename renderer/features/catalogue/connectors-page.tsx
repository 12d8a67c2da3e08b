import { ChevronDown, SearchX } from 'lucide-react'
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import type { Connector } from '#shared/contract/catalogue'
import { useRead } from '../../api/use-api.ts'
import { useKeys } from '../../shell/key-map.ts'
import { PageFrame } from '../../shell/page-frame.tsx'
import { requestSheet } from '../../shell/sheet-request.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Menu, MenuChoices } from '../../ui/menu.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { useAccountCounts } from './account-counts.ts'
import { ConnectorGrid, type ConnectorGridHandle } from './connector-grid.tsx'
import { matchFilter, NO_FILTER, ofTab, type Tab } from './connector-rows.ts'
import { categoryWords, modeWords } from './connector-words.ts'
import { MissingSheet } from './missing-sheet.tsx'

const ANY = ''

const connect = (connector: Connector): void => requestSheet({ kind: 'connect', connectorId: connector.connectorId })

/** All connectors: search, filters, and the way to connect each. */
export const ConnectorsPage = () => {
  const status = useRead('system.status', {}).data
  const profile = status?.profile ?? null
  const [text, setText] = useState('')
  const [filter, setFilter] = useState(NO_FILTER)
  const [wantsFirst, setWantsFirst] = useState(false)
  const [detailed, setDetailed] = useState<Connector | null>(null)
  const search = useDeferredValue(text.trim())
  const all = useRead('catalogue.list', {})
  const found = useRead('catalogue.list', { search }, { isEnabled: search !== '', keepsPrevious: true })
  const kinds = useRead('catalogue.categories', {}).data
  const accounts = useAccountCounts()
  const field = useRef<HTMLInputElement>(null)
  const grid = useRef<ConnectorGridHandle>(null)
  useEffect(() => field.current?.focus(), [])

  const list = search === '' ? all : found
  const matched = useMemo(() => matchFilter(list.data?.connectors ?? [], filter), [list.data, filter])
  const shown = useMemo(() => ofTab(matched, filter.tab, accounts), [matched, filter.tab, accounts])
  const countOf = (tab: Tab): number | null => (list.data === undefined ? null : ofTab(matched, tab, accounts).length)

  const act = useCallback(
    (connector: Connector): void => (connector.readiness === 'ready' ? connect(connector) : setDetailed(connector)),
    [],
  )
  // Enter means what is typed now, also when its answer is still on the way.
  const isSettled = text.trim() === search && list.data !== undefined && !list.isPlaceholderData
  useEffect(() => {
    if (!wantsFirst || !isSettled) return
    setWantsFirst(false)
    const first = shown.find(({ readiness }) => readiness === 'ready') ?? shown[0]
    if (first !== undefined) act(first)
  }, [wantsFirst, isSettled, shown, act])
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
    { keys: '/', does: 'Search here', run: focusSearch },
    { keys: 'ArrowDown', does: 'Move between connectors', run: () => grid.current?.focus(), isAlways: true },
    {
      keys: 'c',
      does: 'Connect the chosen one',
      run: () => {
        const connector = grid.current?.current()
        if (connector) act(connector)
      },
    },
    { keys: 'Escape', does: 'Clear search and filters', run: clear, isAlways: true },
    ...(['all', 'ready', 'connected'] as const).map((tab, index) => ({
      keys: String(index + 1),
      does: 'Choose a tab',
      run: () => setFilter((before) => ({ ...before, tab })),
    })),
  ])
  const place = profile?.kind === 'sandbox' ? 'the sandbox' : 'this Nango environment'
  const headingOf = (readiness: Connector['readiness']) => {
    if (readiness === 'ready') return { title: 'Ready to connect', hint: `an integration exists in ${place}` }
    if (readiness === 'not_from_here')
      return { title: 'Not from here', hint: 'connect these in the Nango dashboard; they appear here then' }
    return {
      title: 'Needs an integration first',
      hint: profile?.kind === 'sandbox' ? 'not among the demo services' : 'made once, in the Nango dashboard',
    }
  }
  const modes = kinds?.authModes ?? []
  const categories = kinds?.categories ?? []
  const count = (value: number) => <span className="text-ink-3">{value.toLocaleString('en')}</span>
  const sentence =
    list.data === undefined ? '' : `${shown.length.toLocaleString('en')} ${shown.length === 1 ? 'connector' : 'connectors'} found`
  return (
    <PageFrame
      title="Connectors"
      count={all.data?.total ?? null}
      actions={
        <Tabs
          name="Which connectors"
          value={filter.tab}
          onValueChange={(tab) => setFilter({ ...filter, tab })}
          items={[
            { value: 'all', label: 'All', count: countOf('all') },
            { value: 'ready', label: 'Ready', count: countOf('ready') },
            { value: 'connected', label: 'Connected', count: countOf('connected') },
          ]}
        />
      }
    >
      <div
        className="flex flex-none items-center gap-2 px-4 pt-3 pb-1"
        onKeyDown={(event) => {
          if (event.target !== field.current) return
          if (event.key === 'ArrowDown') {
            event.preventDefault()
            grid.current?.focus()
          } else if (event.key === 'Enter' && text.trim() !== '') {
            event.preventDefault()
            setWantsFirst(true)
          } else setWantsFirst(false)
        }}
      >
        <SearchField
          ref={field}
          name="Search connectors"
          placeholder={all.data === undefined ? 'Search connectors' : `Search ${all.data.total.toLocaleString('en')} connectors`}
          value={text}
          onValueChange={setText}
          results={search === '' || list.data === undefined ? null : shown.length}
          className="h-9 flex-1"
        />
        <Menu
          trigger={
            <Button className="h-9">
              {filter.authMode === null ? 'Way to sign in' : modeWords(filter.authMode)}
              <ChevronDown aria-hidden="true" />
            </Button>
          }
        >
          <MenuChoices
            name="Way to sign in"
            value={filter.authMode ?? ANY}
            onValueChange={(authMode) => setFilter({ ...filter, authMode: authMode === ANY ? null : authMode })}
            items={[
              { value: ANY, label: 'Any way' },
              ...modes.map(({ authMode, count: many }) => ({
                value: authMode,
                label: (
                  <span className="flex justify-between gap-6">
                    {modeWords(authMode)} {count(many)}
                  </span>
                ),
              })),
            ]}
          />
        </Menu>
        <Menu
          trigger={
            <Button className="h-9">
              {filter.category === null ? 'Category' : categoryWords(filter.category)}
              <ChevronDown aria-hidden="true" />
            </Button>
          }
        >
          <MenuChoices
            name="Category"
            value={filter.category ?? ANY}
            onValueChange={(category) => setFilter({ ...filter, category: category === ANY ? null : category })}
            items={[
              { value: ANY, label: 'Every category' },
              ...categories.map(({ category, count: many }) => ({
                value: category,
                label: (
                  <span className="flex justify-between gap-6">
                    {categoryWords(category)} {count(many)}
                  </span>
                ),
              })),
            ]}
          />
        </Menu>
      </div>
      <p className="sr-only" role="status">
        {search === '' ? '' : sentence}
      </p>
      {list.error !== null && list.data === undefined ? (
        <div className="p-4">
          <ErrorNotice
            error={list.error}
            title="The connectors cannot be read."
            action={
              <Button size="small" onClick={() => void list.refetch()}>
                Try again
              </Button>
            }
          />
        </div>
      ) : list.data === undefined ? (
        <SkeletonRows rows={10} />
      ) : shown.length === 0 ? (
        <EmptyState
          icon={SearchX}
          title={filter.tab === 'connected' && search === '' ? 'Nothing is connected here yet' : 'No connector matches'}
          actions={<Button onClick={clear}>Clear search and filters</Button>}
        >
          {search === ''
            ? 'Choose another tab or filter.'
            : `Nothing is found for "${search}" here. A connector that is new at Nango appears once it has an integration there.`}
        </EmptyState>
      ) : (
        <ConnectorGrid
          ref={grid}
          connectors={shown}
          accounts={accounts}
          headingOf={headingOf}
          onConnect={connect}
          onDetails={setDetailed}
          onLeaveTop={focusSearch}
        />
      )}
      <MissingSheet connector={detailed} profile={profile} onClose={() => setDetailed(null)} />
    </PageFrame>
  )
}
