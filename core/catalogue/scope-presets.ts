import type { ScopePreset } from '#shared/contract/catalogue'
import type { ResolvedConnector } from './connector-catalogue.ts'

/** Names that say a scope only looks, and those that say it does more. Told by the name alone: a provider's words, not a promise. */
const READS = /(?:^|[^a-z])(?:read|readonly|view|list|get)(?:[^a-z]|$)/i
const WRITES = /(?:^|[^a-z])(?:write|readwrite|modify|manage|admin|delete|create|update|edit|send|full|all)(?:[^a-z]|$)/i
/** What an OpenID provider gives about the person and nothing else (OpenID Connect Core section 5.4), and what keeps a sign-in alive. */
const HARMLESS: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access'])

/** The choices of scopes for a connector; those that would be empty or the same as another are left out. */
export const scopePresetsOf = ({
  connector,
  defaultScopes,
  suggestedScopes,
}: Pick<ResolvedConnector, 'connector' | 'defaultScopes' | 'suggestedScopes'>): ScopePreset[] => {
  const { scopes } = connector
  const reading = scopes.filter((scope) => HARMLESS.has(scope) || (READS.test(scope) && !WRITES.test(scope)))
  const presets: ScopePreset[] = [
    { preset: 'default', scopes: [...(defaultScopes.length > 0 ? defaultScopes : suggestedScopes)] },
    { preset: 'read_only', scopes: reading.some((scope) => !HARMLESS.has(scope)) ? reading : [] },
    { preset: 'everything', scopes },
  ]
  const seen = new Set<string>()
  return presets.filter((preset) => {
    const key = preset.scopes.toSorted().join(' ')
    return preset.scopes.length > 0 && !seen.has(key) && seen.add(key)
  })
}
