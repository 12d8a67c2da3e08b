import type { CatalogueEntry } from './normalize-provider.ts'
import type { KnownIntegration } from './integration-store.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The variable that names a connector's integration: `google-mail` is `GOOGLE_MAIL_INTEGRATION_KEY`. */
export const integrationVariable = (name: string): string => `${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_INTEGRATION_KEY`

/** The integration id that the environment gives a connector, under its own name or a legacy one. */
const integrationOverride = (
  entry: Pick<CatalogueEntry, 'connectorId' | 'legacyNames'>,
  environment: Environment,
): { readonly variable: string; readonly integrationId: string } | null => {
  for (const name of [entry.connectorId, ...entry.legacyNames]) {
    const variable = integrationVariable(name)
    const integrationId = environment[variable]?.trim()
    if (integrationId !== undefined && integrationId !== '') return { variable, integrationId }
  }
  return null
}

/** A key that a manifest gives a connector. */
export interface NamedKey {
  /** As written: an integration's unique key or a provider. */
  readonly key: string
  /** The provider that the key may mean. */
  readonly providerKey: string
  /** Whether the catalogue has that provider. */
  readonly isProvider: boolean
  /** The manifest's file name. */
  readonly namedBy: string
}

export interface ResolvedIntegration {
  /** The one to connect with, or null. */
  readonly chosen: KnownIntegration | null
  /** Further integrations of the same provider, by name. */
  readonly others: readonly KnownIntegration[]
  /** A variable or a manifest that names an integration which is not there. */
  readonly missing: { readonly namedBy: string; readonly integrationId: string } | null
}

/** For a connector that does without Nango. */
export const NO_INTEGRATION: ResolvedIntegration = { chosen: null, others: [], missing: null }

const byName = (a: KnownIntegration, b: KnownIntegration): number =>
  a.displayName.localeCompare(b.displayName, 'en') || (a.integrationId < b.integrationId ? -1 : 1)

/**
 * The integration of a connector: the one the environment names, else the one a manifest's key names (by its own key, then the first
 * by name of that provider), else the one whose key is the connector's slug, else the first by name of those with its provider.
 * A variable or a manifest that names what is missing chooses none, because a silent second choice would connect an account to the
 * wrong application; a manifest's key that is only another name of the connector names nothing.
 */
export const resolveIntegration = (
  entry: Pick<CatalogueEntry, 'connectorId' | 'legacyNames'>,
  integrations: readonly KnownIntegration[],
  environment: Environment,
  named: NamedKey | null = null,
): ResolvedIntegration => {
  const provider = named?.providerKey ?? entry.connectorId
  const same = integrations.filter((one) => one.providerKey === provider).toSorted(byName)
  const withKey = (key: string): KnownIntegration | null => integrations.find((one) => one.integrationId === key) ?? null
  const choose = (chosen: KnownIntegration | null): ResolvedIntegration => ({
    chosen,
    others: same.filter((one) => one.integrationId !== chosen?.integrationId),
    missing: null,
  })
  const override = integrationOverride(entry, environment)
  if (override !== null) {
    const { variable, integrationId } = override
    const chosen = withKey(integrationId)
    return chosen === null ? { chosen, others: same, missing: { namedBy: variable, integrationId } } : choose(chosen)
  }
  if (named === null || named.providerKey === entry.connectorId) {
    return choose((named === null ? null : withKey(named.key)) ?? withKey(entry.connectorId) ?? same[0] ?? null)
  }
  const chosen = withKey(named.key) ?? same[0] ?? null
  if (chosen !== null || named.isProvider) return choose(chosen)
  return { chosen, others: [], missing: { namedBy: named.namedBy, integrationId: named.key } }
}
