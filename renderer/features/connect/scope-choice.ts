import type { ConnectorDetail, ScopePreset } from '#shared/contract/catalogue'

/** What a choice of scopes comes to: none of one's own, one of the presets, or a choice of one's own. */
export type ScopeChoice = 'unset' | ScopePreset['preset'] | 'own'

const keyOf = (scopes: readonly string[]): string => [...new Set(scopes)].toSorted().join(' ')

/** The choice that these scopes are; none chosen is `unset`. */
export const choiceOf = (scopes: readonly string[], presets: readonly ScopePreset[]): ScopeChoice => {
  if (scopes.length === 0) return 'unset'
  const key = keyOf(scopes)
  return presets.find((preset) => keyOf(preset.scopes) === key)?.preset ?? 'own'
}

/** The presets that are a choice: the one that is asked for anyway where nobody chooses is none. */
export const presetsToShow = (connector: Partial<Pick<ConnectorDetail, 'scopePresets' | 'defaultScopes'>>): readonly ScopePreset[] => {
  const before = keyOf(connector.defaultScopes ?? [])
  return (connector.scopePresets ?? []).filter(({ scopes }) => before === '' || keyOf(scopes) !== before)
}
