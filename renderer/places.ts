import type { Place } from '#renderer/shell/use-palette-items.ts'
import { paths } from './paths.ts'
import { settingsSections } from './settings-sections.tsx'

/** The parts of pages that have an address of their own, for the command palette. */
export const places: readonly Place[] = [
  { path: paths.expiring, name: 'bulk.expiring.title', kind: 'view' },
  { path: paths.automationsTab('waiting'), name: 'automation.place.waiting', kind: 'automation' },
  { path: paths.automationsTab('calls'), name: 'automation.place.calls', kind: 'automation' },
  { path: paths.automationsTab('audit'), name: 'automation.place.audit', kind: 'automation' },
  { path: paths.takeBackAll, name: 'automation.take-back-all.asks', kind: 'automation' },
  ...settingsSections
    .filter(({ isForSandbox }) => isForSandbox !== true)
    .map(({ id, name }) => ({ path: `${paths.settings}/${id}`, name, kind: 'section' as const })),
  ...(['setup', 'nango', 'connectors', 'security'] as const).map((id) => ({
    path: `${paths.help}/${id}`,
    name: `help.guide.${id}` as const,
    kind: 'guide' as const,
  })),
]
