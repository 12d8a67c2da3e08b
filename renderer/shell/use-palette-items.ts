import { BookOpen, CalendarClock, FileUp, FlaskConical, Import, Moon, Settings2, Sun, SunMoon, Terminal } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import type { Connection } from '#shared/contract/connections'
import { tellingName } from '#shared/telling-name'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { useConnectorNames } from '#renderer/api/use-connector-names.ts'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { fullName } from '#renderer/ui/full-name.ts'
import { LIMITS, itemsOfKeys, type PaletteItem, paletteRows, searchable } from './palette-items.ts'
import { readAllKeys } from './key-map.ts'
import { recentConnections } from './recent-connections.ts'
import { requestSheet } from './sheet-request.ts'
import { requestTour } from './tour-request.ts'

/** A part of a page that has an address of its own. */
export interface Place {
  readonly path: string
  readonly name: MessageKey
  readonly kind: 'section' | 'guide' | 'view' | 'automation'
}

const PLACE_DETAILS = {
  section: 'palette.section',
  guide: 'palette.guide',
  view: 'shell.page.connections',
  automation: 'shell.page.automations',
} as const satisfies Record<Place['kind'], MessageKey>

const PLACE_ICONS = { section: Settings2, guide: BookOpen, view: CalendarClock, automation: Terminal } as const

/** Typing faster than this asks the host once. */
const PAUSE_MS = 60

const usePaused = (query: string): string => {
  const [paused, setPaused] = useState(query)
  useEffect(() => {
    const timer = setTimeout(() => setPaused(query), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [query])
  return paused
}

const useCommands = (places: readonly Place[]) => {
  const [, go] = useLocation()
  const update = useWrite('settings.update')
  // Once for each opening: what can be done is what could be done when it opened.
  return useState(() => {
    const theme = (name: 'light' | 'dark' | 'system', icon: typeof Sun): PaletteItem => ({
      id: `theme ${name}`,
      group: 'actions',
      name: t(`palette.theme-${name}`),
      icon,
      run: () => update.mutate({ theme: name }),
    })
    return searchable([
      ...itemsOfKeys(readAllKeys()),
      { id: 'tour', group: 'actions', name: t('palette.tour'), icon: FlaskConical, run: () => requestTour('start') },
      theme('light', Sun),
      theme('dark', Moon),
      theme('system', SunMoon),
      { id: 'import', group: 'actions', name: t('import.action'), icon: FileUp, run: () => requestSheet({ kind: 'import' }) },
      { id: 'adopt', group: 'actions', name: t('import.adopt.action'), icon: Import, run: () => requestSheet({ kind: 'adopt' }) },
      ...places.map(({ path, name, kind }): PaletteItem => ({
        id: `place ${path}`,
        group: 'places',
        name: t(name),
        detail: t(PLACE_DETAILS[kind]),
        icon: PLACE_ICONS[kind],
        run: () => go(path),
      })),
    ])
  })[0]
}

const useConnectors = () => {
  const [, go] = useLocation()
  const { data } = useRead('catalogue.list', {})
  return useMemo(
    () =>
      searchable(
        (data?.connectors ?? []).map(({ connectorId, name, readiness }): PaletteItem => {
          const item = {
            id: `connector ${connectorId}`,
            group: 'connectors' as const,
            connectorId,
            soughtAs: name,
            rank: READINESS_RANK[readiness],
          }
          if (readiness === 'ready')
            return {
              ...item,
              name: t('palette.connect', { name }),
              detail: t('palette.ready'),
              run: () => requestSheet({ kind: 'connect', connectorId }),
            }
          if (readiness === 'needs_integration')
            return {
              ...item,
              name: t('palette.set-up', { name }),
              detail: t('palette.needs-integration'),
              run: () => requestSheet({ kind: 'integration', connectorId }),
            }
          return { ...item, name, detail: t('palette.not-from-here'), run: () => go(paths.connectors) }
        }),
      ),
    [data, go],
  )
}

/** What can be connected now stands before what cannot. */
const READINESS_RANK = { ready: 0, needs_integration: 1, not_from_here: 2 } as const

/** The entries of the palette for what is typed. `isSettled`: what the host knows about it is among them. */
export const usePaletteItems = (query: string, places: readonly Place[], hasConnections: boolean) => {
  const [, go] = useLocation()
  const nameOf = useConnectorNames()
  const commands = useCommands(places)
  const connectors = useConnectors()
  const asked = usePaused(query.trim()).slice(0, 200)
  const found = useRead(
    'connections.list',
    { search: asked, limit: LIMITS.connections },
    { isEnabled: hasConnections && asked !== '', keepsPrevious: true },
  )
  const lately = recentConnections()
  const page = useRead(
    'connections.list',
    { sort: 'lastUsedAt', descending: true, limit: 50 },
    { isEnabled: hasConnections && lately.length > 0 },
  )
  const known = found.data?.connections
  const opened = page.data?.connections
  const isAsked = query.trim() !== '' && asked !== ''
  const items = useMemo(() => {
    const itemOf =
      (group: 'connections' | 'recent') =>
      ({ connectionId, connectorId, label, identity, handle, status }: Connection): PaletteItem => ({
        id: `connection ${connectionId}`,
        group,
        name: fullName({ label }, nameOf(connectorId)),
        detail: tellingName(identity) ?? handle,
        connectorId,
        status,
        run: () => go(paths.connection(connectionId)),
      })
    return {
      connections: (known ?? []).map(itemOf('connections')),
      recent: lately.flatMap((id) => opened?.find((one) => one.connectionId === id) ?? []).map(itemOf('recent')),
    }
  }, [known, opened, lately, nameOf, go])
  return {
    items: useMemo(
      () => paletteRows(query, commands, connectors, isAsked ? items.connections : [], items.recent),
      [query, commands, connectors, isAsked, items],
    ),
    isSettled: asked === query.trim() && !found.isFetching,
  }
}
