import { LayoutGrid, type LucideIcon, PlugZap, Settings, Stethoscope, Terminal } from 'lucide-react'
import type { ComponentType } from 'react'
import type { SystemStatus } from '#shared/contract/system'
import { ApprovalWatch } from '#renderer/features/automation/approval-watch.tsx'
import { ConnectionsPage } from '#renderer/features/connections/connections-page.tsx'
import { QueueDock } from './features/queue/queue-dock.tsx'
import { TourCoach } from '#renderer/features/tour/tour-coach.tsx'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'
import { paths } from './paths.ts'
import { onDemand } from './shell/on-demand.tsx'

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
  /** Says how many requests of programs wait. */
  readonly showsWaiting?: boolean
}

const ConnectorsPage = onDemand(async () => (await import('./features/catalogue/connectors-page.tsx')).ConnectorsPage)
const AutomationsPage = onDemand(async () => (await import('./features/automation/automations-page.tsx')).AutomationsPage)
const DiagnosticsPage = onDemand(async () => (await import('./features/diagnostics/diagnostics-page.tsx')).DiagnosticsPage)
const SettingsPage = onDemand(async () => (await import('./settings-sections.tsx')).Settings)

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
  { path: paths.automations, name: 'shell.page.automations', icon: Terminal, key: 'u', page: AutomationsPage, showsWaiting: true },
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
export const rescue: ComponentType<{ readonly status: SystemStatus }> = onDemand(
  async () => (await import('./features/diagnostics/rescue-page.tsx')).RescuePage,
)

/** Shown instead of every page while there is no profile. */
export const firstRun: ComponentType = onDemand(async () => (await import('./features/profiles/first-run.tsx')).FirstRun)

/** Sheets over any page, opened by requestSheet, or by a program that asks. */
export const overlays: readonly ComponentType[] = [
  onDemand(async () => (await import('./features/connect/connect-sheet.tsx')).ConnectSheet),
  onDemand(async () => (await import('./features/integrations/integration-sheet.tsx')).IntegrationSheet),
  onDemand(async () => (await import('./features/import/bring-in-sheets.tsx')).BringInSheets),
  onDemand(async () => (await import('./queue-overlay.tsx')).QueueOverlay),
  onDemand(async () => (await import('./features/pick/pick-overlay.tsx')).PickOverlay),
  onDemand(async () => (await import('./features/connections/bulk-request.tsx')).BulkRequest),
  ApprovalWatch,
]

/** Strips between the page and the status bar; each takes its own room, or none. */
export const docks: readonly ComponentType[] = [QueueDock, TourCoach]
