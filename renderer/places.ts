import type { Place } from '#renderer/shell/use-palette-items.ts'
import { paths } from './paths.ts'
import { settingsSections } from './settings-sections.tsx'

/** The parts of pages that have an address of their own, for the command palette. */
export const places: readonly Place[] = [
  { path: paths.expiring, name: 'bulk.expiring.title', kind: 'view' },
  ...settingsSections
    .filter(({ isForSandbox }) => isForSandbox !== true)
    .map(({ id, name }) => ({ path: `${paths.settings}/${id}`, name, kind: 'section' as const })),
  ...(['setup', 'nango', 'connectors', 'security'] as const).map((id) => ({
    path: `${paths.help}/${id}`,
    name: `help.guide.${id}` as const,
    kind: 'guide' as const,
  })),
]
