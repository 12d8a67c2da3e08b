import type { Connector } from '#shared/contract/catalogue'
import { PatchbayError } from '#shared/errors'
import { createConnectorSearch, type ConnectorSearch } from './connector-search.ts'
import type { KnownIntegration } from './integration-store.ts'
import type { ProfileIntegrations } from './known-integrations.ts'
import { canonicalName } from './legacy-names.ts'
import type { CatalogueEntry } from './normalize-provider.ts'
import { readinessOf, UNKNOWN_MODE } from './readiness.ts'
import { resolveIntegration, type Environment } from './resolve-integration.ts'
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
}

export interface ConnectorCatalogue {
  /** The entry with this slug or legacy name, case and `_` set aside; null when the snapshot has none. */
  find(name: string): CatalogueEntry | null
  /** One connector for a profile. Throws `connector.not_found`. */
  resolve(name: string, view: ProfileView): ResolvedConnector
  /** Connectors for a profile: configured ones first, then by name; a search has its own order. */
  list(filter: ConnectorFilter, view: ProfileView): readonly Connector[]
  /** Every category and auth mode of the snapshot with its count, most first. */
  counts(): { readonly categories: readonly [string, number][]; readonly authModes: readonly [string, number][] }
}

const NAMES = new Intl.Collator('en', { sensitivity: 'base', numeric: true })

const DIRECT = { supported: false, reason: 'Connecting without Nango is not possible yet.' } as const

const unknownEntry = (integration: KnownIntegration): CatalogueEntry => ({
  connectorId: integration.providerKey,
  name: integration.displayName,
  categories: [],
  authMode: UNKNOWN_MODE,
  fields: [],
  scopes: [],
  docsUrl: null,
  hasVerification: false,
  authorizationUrlIsTemplated: false,
  legacyNames: [],
})

const tally = (values: Iterable<string>): [string, number][] => {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
}

/** The connectors of the snapshot at `catalogueFile`, read at the first question. */
export const createConnectorCatalogue = (options: {
  readonly catalogueFile: string
  readonly environment: Environment
}): ConnectorCatalogue => {
  const snapshot = lazySnapshot(options.catalogueFile)
  let names: ReadonlyMap<string, CatalogueEntry> | null = null
  let search: ConnectorSearch | null = null

  const byName = (): ReadonlyMap<string, CatalogueEntry> =>
    (names ??= new Map(
      snapshot().flatMap((entry) => [...entry.legacyNames, entry.connectorId].map((name) => [canonicalName(name), entry] as const)),
    ))
  const find = (name: string): CatalogueEntry | null => byName().get(canonicalName(name)) ?? null

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
    const resolved = resolveIntegration(entry, view.integrations, options.environment)
    const { chosen } = resolved
    const other = chosen === null || chosen.providerKey === entry.connectorId ? null : chosen
    // An integration named by hand may be of a sibling provider: its form and way to sign in are then the ones that count.
    const definition =
      other === null
        ? entry
        : (byName().get(other.providerKey) ?? view.definitions.get(other.providerKey) ?? { ...unknownEntry(other), name: entry.name })
    return {
      connector: {
        connectorId: entry.connectorId,
        name: entry.name,
        categories: [...entry.categories],
        authMode: definition.authMode,
        nango: {
          enabled: view.usesNango,
          providerKey: definition.connectorId,
          integrationId: chosen?.integrationId ?? null,
          configured: chosen !== null,
        },
        direct: DIRECT,
        ...readinessOf(entry.name, definition.authMode, resolved, view),
        fields: [...definition.fields],
        scopes: [...definition.scopes],
        docsUrl: definition.docsUrl,
      },
      otherIntegrations: resolved.others,
      hasVerification: definition.hasVerification,
      authorizationUrlIsTemplated: definition.authorizationUrlIsTemplated,
    }
  }

  const entriesFor = (text: string, view: ProfileView): readonly CatalogueEntry[] => {
    search ??= createConnectorSearch(snapshot())
    const additional = additionalEntries(view)
    return [...(additional.length === 0 ? [] : createConnectorSearch(additional)(text)), ...search(text)]
  }

  return {
    find,
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
      categories: tally(snapshot().flatMap((entry) => entry.categories)),
      authModes: tally(snapshot().map((entry) => entry.authMode)),
    }),
  }
}
