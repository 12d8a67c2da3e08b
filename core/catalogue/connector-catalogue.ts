import type { Connector } from '#shared/contract/catalogue'
import { PatchbayError } from '#shared/errors'
import { createConnectorSearch, type ConnectorSearch } from './connector-search.ts'
import { usualScopesOf } from './known-capabilities.ts'
import type { KnownIntegration } from './integration-store.ts'
import type { ProfileIntegrations } from './known-integrations.ts'
import { canonicalName } from './legacy-names.ts'
import { lazyManifestFolder, type ManifestFolder, type ManifestProblem } from './manifest-folder.ts'
import { applyManifests, bareEntry, indexByName, type CatalogueWithManifests } from './manifest-overrides.ts'
import type { CatalogueEntry } from './normalize-provider.ts'
import { readinessOf, UNKNOWN_MODE, withoutNango } from './readiness.ts'
import { NO_INTEGRATION, resolveIntegration, type Environment } from './resolve-integration.ts'
import { lazySnapshot } from './snapshot.ts'

/** A profile as the catalogue sees it: whether it goes through Nango, and what Nango has. */
export interface ProfileView extends Pick<ProfileIntegrations, 'integrations' | 'isKnown' | 'definitions'> {
  readonly usesNango: boolean
}

/** No profile, or one without Nango: nothing is configured. */
export const EMPTY_VIEW: ProfileView = { usesNango: false, integrations: [], isKnown: false, definitions: new Map() }

export interface ConnectorFilter {
  readonly search?: string | undefined
  readonly category?: string | undefined
  readonly authMode?: string | undefined
  readonly readiness?: Connector['readiness'] | undefined
}

/** A connector in the light of one profile. */
export interface ResolvedConnector {
  readonly connector: Connector
  /** Further integrations of the same provider that were not chosen, by name. */
  readonly otherIntegrations: readonly KnownIntegration[]
  /** Whether Nango tries the credentials before it keeps them. */
  readonly hasVerification: boolean
  /** Whether the sign-in page depends on fields of the form. */
  readonly authorizationUrlIsTemplated: boolean
  /** The scopes to ask for when a flow names none; empty where the connector's manifest has none. */
  readonly defaultScopes: readonly string[]
  /** The scopes that the provider's definition suggests; where it has none, those of what the account is mostly for. */
  readonly suggestedScopes: readonly string[]
  /** The manifest that takes the connector out of Nango, by file name; null where none does. */
  readonly nangoDisabledBy: string | null
}

export interface ConnectorCatalogue {
  /** The entry with this slug or legacy name, case and `_` set aside; null when neither the snapshot nor a manifest has one. */
  find(name: string): CatalogueEntry | null
  /** Whether the snapshot describes this provider of Nango's. */
  describes(providerKey: string): boolean
  /** One connector for a profile. Throws `connector.not_found`. */
  resolve(name: string, view: ProfileView): ResolvedConnector
  /** Connectors for a profile: configured ones first, then by name; a search has its own order. */
  list(filter: ConnectorFilter, view: ProfileView): readonly Connector[]
  /** Every category and auth mode of the catalogue with its count, most first. */
  counts(): { readonly categories: readonly [string, number][]; readonly authModes: readonly [string, number][] }
  /** The manifests of the overrides folder that are not used, and why. */
  manifestProblems(): readonly ManifestProblem[]
}

const NAMES = new Intl.Collator('en', { sensitivity: 'base', numeric: true })

const DIRECT = { supported: false, reason: 'Connecting without Nango is not possible yet.' } as const

const unknownEntry = (integration: KnownIntegration): CatalogueEntry => bareEntry(integration.providerKey, integration.displayName)

const tally = (values: Iterable<string>): [string, number][] => {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
}

const NO_MANIFESTS: ManifestFolder = { manifests: [], problems: [] }

/**
 * The connectors of the snapshot at `catalogueFile`, read at the first question, with the manifests of `overridesFolder` laid over
 * them; a manifest that changes counts within a second.
 */
export const createConnectorCatalogue = (options: {
  readonly catalogueFile: string
  readonly environment: Environment
  readonly overridesFolder?: string | undefined
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonicNow?: (() => number) | undefined
}): ConnectorCatalogue => {
  const snapshot = lazySnapshot(options.catalogueFile)
  const folder =
    options.overridesFolder === undefined ? () => NO_MANIFESTS : lazyManifestFolder(options.overridesFolder, options.monotonicNow)
  let ofSnapshot: ReadonlyMap<string, CatalogueEntry> | null = null
  let state: { readonly folder: ManifestFolder; readonly whole: CatalogueWithManifests } | null = null
  let search: { readonly of: CatalogueWithManifests; readonly run: ConnectorSearch } | null = null

  const snapshotNames = (): ReadonlyMap<string, CatalogueEntry> => (ofSnapshot ??= indexByName(snapshot()))
  const current = (): CatalogueWithManifests => {
    const manifests = folder()
    if (state?.folder !== manifests) state = { folder: manifests, whole: applyManifests(snapshot(), snapshotNames(), manifests) }
    return state.whole
  }
  const find = (name: string): CatalogueEntry | null => current().names.get(canonicalName(name)) ?? null
  const definitionOf = (providerKey: string, view: ProfileView): CatalogueEntry | null =>
    snapshotNames().get(providerKey) ?? view.definitions.get(providerKey) ?? null

  /** Entries that only the profile has: of providers newer than the snapshot. */
  const additionalEntries = (view: ProfileView): readonly CatalogueEntry[] => {
    const added = new Map<string, CatalogueEntry>()
    for (const integration of view.integrations) {
      const { providerKey } = integration
      if (find(providerKey)?.connectorId === providerKey || added.has(providerKey)) continue
      added.set(providerKey, view.definitions.get(providerKey) ?? unknownEntry(integration))
    }
    return [...added.values()]
  }

  const toConnector = (entry: CatalogueEntry, view: ProfileView): ResolvedConnector => {
    const override = current().overrides.get(entry.connectorId)
    const usesNango = override?.usesNango !== false
    const resolved = usesNango ? resolveIntegration(entry, view.integrations, options.environment, override?.key) : NO_INTEGRATION
    const { chosen } = resolved
    const provider = override?.providerKey ?? entry.connectorId
    const other = chosen === null || chosen.providerKey === provider ? null : chosen
    // An integration named by hand may be of a sibling provider: its form and way to sign in are then the ones that count.
    const definition =
      other === null
        ? entry.authMode === UNKNOWN_MODE
          ? (definitionOf(provider, view) ?? entry)
          : entry
        : (definitionOf(other.providerKey, view) ?? { ...unknownEntry(other), name: entry.name })
    const defaultScopes = override?.defaultScopes ?? []
    return {
      connector: {
        connectorId: entry.connectorId,
        name: entry.name,
        categories: [...entry.categories],
        authMode: definition.authMode,
        nango: {
          enabled: view.usesNango && usesNango,
          providerKey: chosen?.providerKey ?? provider,
          integrationId: chosen?.integrationId ?? null,
          configured: chosen !== null,
        },
        direct: DIRECT,
        ...(override?.usesNango === false ? withoutNango(override.file) : readinessOf(entry.name, definition, resolved, view)),
        fields: [...definition.fields],
        scopes: [...new Set([...defaultScopes, ...definition.scopes])],
        docsUrl: definition.docsUrl,
      },
      otherIntegrations: resolved.others,
      hasVerification: definition.hasVerification,
      authorizationUrlIsTemplated: definition.authorizationUrlIsTemplated,
      defaultScopes,
      suggestedScopes: definition.defaultScopes.length > 0 ? definition.defaultScopes : usualScopesOf(entry.connectorId),
      nangoDisabledBy: override?.usesNango === false ? override.file : null,
    }
  }

  const entriesFor = (text: string, view: ProfileView): readonly CatalogueEntry[] => {
    const whole = current()
    if (search?.of !== whole) search = { of: whole, run: createConnectorSearch(whole.entries) }
    const additional = additionalEntries(view)
    return [...(additional.length === 0 ? [] : createConnectorSearch(additional)(text)), ...search.run(text)]
  }

  return {
    find,
    describes: (providerKey) => snapshotNames().get(providerKey)?.connectorId === providerKey,
    resolve: (name, view) => {
      const entry = find(name) ?? additionalEntries(view).find((one) => canonicalName(one.connectorId) === canonicalName(name))
      if (entry === undefined) throw new PatchbayError('connector.not_found', { data: { connectorId: name } })
      return toConnector(entry, view)
    },
    list: (filter, view) => {
      const text = filter.search?.trim() ?? ''
      const connectors = entriesFor(text, view)
        .filter((entry) => filter.category === undefined || entry.categories.includes(filter.category))
        .map((entry) => toConnector(entry, view).connector)
        .filter(
          (connector) =>
            (filter.authMode === undefined || connector.authMode.toLowerCase() === filter.authMode.toLowerCase()) &&
            (filter.readiness === undefined || connector.readiness === filter.readiness),
        )
      if (text !== '') return connectors
      return connectors.toSorted(
        (a, b) =>
          Number(b.nango.configured) - Number(a.nango.configured) ||
          NAMES.compare(a.name, b.name) ||
          (a.connectorId < b.connectorId ? -1 : 1),
      )
    },
    counts: () => ({
      categories: tally(current().entries.flatMap((entry) => entry.categories)),
      authModes: tally(current().entries.map((entry) => entry.authMode)),
    }),
    manifestProblems: () => current().problems,
  }
}
