import type { Place } from '#renderer/shell/use-palette-items.ts'
import { paths } from './paths.ts'

/** The parts of pages that have an address of their own, for the command palette. */
export const places: readonly Place[] = [
  ...(['profiles', 'vault', 'appearance', 'data', 'about'] as const).map((id) => ({
    path: `${paths.settings}/${id}`,
    name: `settings.${id}` as const,
    kind: 'section' as const,
  })),
  { path: paths.help, name: 'settings.section.help', kind: 'section' },
  ...(['nango', 'connectors', 'security'] as const).map((id) => ({
    path: `${paths.help}/${id}`,
    name: `help.guide.${id}` as const,
    kind: 'guide' as const,
  })),
]
