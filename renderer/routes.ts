import { LayoutGrid, type LucideIcon, PlugZap, Settings, Stethoscope } from 'lucide-react'
import type { ComponentType } from 'react'
import type { SystemStatus } from '#shared/contract/system'
import { ConnectorsPage } from './features/catalogue/connectors-page.tsx'
import { ConnectSheet } from './features/connect/connect-sheet.tsx'
import { ConnectionsPage } from '#renderer/features/connections/connections-page.tsx'
import { BringInSheets } from './features/import/bring-in-sheets.tsx'
import { IntegrationSheet } from './features/integrations/integration-sheet.tsx'
import { QueueDock } from './features/queue/queue-dock.tsx'
import { DiagnosticsPage } from '#renderer/features/diagnostics/diagnostics-page.tsx'
import { RescuePage } from '#renderer/features/diagnostics/rescue-page.tsx'
import { FirstRun } from '#renderer/features/profiles/first-run.tsx'
import { TourCoach } from '#renderer/features/tour/tour-coach.tsx'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'
import { paths } from './paths.ts'
import { QueueOverlay } from './queue-overlay.tsx'
import { Settings as SettingsPage } from './settings-sections.tsx'

/** One page of the window: its address, its place in the sidebar and what it shows. */
export interface Route {
  readonly path: string
  /** The message that names it. */
  readonly name: MessageKey
  readonly icon: LucideIcon
  /** Pressed after G. */
  readonly key: string
  readonly page: ComponentType
  /** At the foot of the sidebar. */
  readonly isAtEnd?: boolean
  /** Shown although the vault is locked or no profile is in use. */
  readonly worksWithoutVault?: boolean
  readonly count?: (status: SystemStatus) => number | null
  readonly needsYou?: (status: SystemStatus) => number
}

/** The pages in sidebar order; an address below `path` belongs to its page. */
export const routes: readonly Route[] = [
  {
    path: paths.connections,
    name: 'shell.page.connections',
    icon: PlugZap,
    key: 'c',
    page: ConnectionsPage,
    count: (status) => status.counts?.total ?? null,
    needsYou: (status) => status.counts?.byGroup.needs_you ?? 0,
  },
  { path: paths.connectors, name: 'shell.page.connectors', icon: LayoutGrid, key: 'o', page: ConnectorsPage },
  {
    path: paths.diagnostics,
    name: 'shell.page.diagnostics',
    icon: Stethoscope,
    key: 'd',
    page: DiagnosticsPage,
    isAtEnd: true,
    worksWithoutVault: true,
  },
  {
    path: paths.settings,
    name: 'shell.page.settings',
    icon: Settings,
    key: 's',
    page: SettingsPage,
    isAtEnd: true,
    worksWithoutVault: true,
  },
]

/** Shown instead of pages that need the stored data while it cannot be used. */
export const rescue: ComponentType<{ readonly status: SystemStatus }> = RescuePage

/** Shown instead of every page while there is no profile. */
export const firstRun: ComponentType | null = FirstRun

/** Sheets over any page, opened by requestSheet. */
export const overlays: readonly ComponentType[] = [ConnectSheet, IntegrationSheet, BringInSheets, QueueOverlay]

/** Strips between the page and the status bar; each takes its own room, or none. */
export const docks: readonly ComponentType[] = [QueueDock, TourCoach]
