import type { CatalogueEntry } from './normalize-provider.ts'
import type { KnownIntegration } from './integration-store.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The variable that names a connector's integration: `google-mail` is `GOOGLE_MAIL_INTEGRATION_KEY`. */
export const integrationVariable = (name: string): string => `${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_INTEGRATION_KEY`

/** The integration id that the environment gives a connector, under its own name or a legacy one. */
export const integrationOverride = (
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

export interface ResolvedIntegration {
  /** The one to connect with, or null. */
  readonly chosen: KnownIntegration | null
  /** Further integrations of the same provider, by name. */
  readonly others: readonly KnownIntegration[]
  /** A variable that names an integration which is not there. */
  readonly brokenVariable: { readonly variable: string; readonly integrationId: string } | null
}

const byName = (a: KnownIntegration, b: KnownIntegration): number =>
  a.displayName.localeCompare(b.displayName, 'en') || (a.integrationId < b.integrationId ? -1 : 1)

/**
 * The integration of a connector: the one the environment names, else the one whose key is the connector's slug, else the first
 * by name of those with its provider. A variable that names a missing integration chooses none, because a silent second choice
 * would connect an account to the wrong application.
 */
export const resolveIntegration = (
  entry: Pick<CatalogueEntry, 'connectorId' | 'legacyNames'>,
  integrations: readonly KnownIntegration[],
  environment: Environment,
): ResolvedIntegration => {
  const same = integrations.filter((one) => one.providerKey === entry.connectorId).toSorted(byName)
  const override = integrationOverride(entry, environment)
  const wanted = override?.integrationId ?? entry.connectorId
  const named = integrations.find((one) => one.integrationId === wanted) ?? null
  if (override !== null && named === null) return { chosen: null, others: same, brokenVariable: override }
  const chosen = named ?? same[0] ?? null
  return { chosen, others: same.filter((one) => one.integrationId !== chosen?.integrationId), brokenVariable: null }
}
