import { canonicalName } from './legacy-names.ts'
import type { ManifestFile, ManifestFolder, ManifestProblem } from './manifest-folder.ts'
import type { CatalogueEntry } from './normalize-provider.ts'
import { UNKNOWN_MODE } from './readiness.ts'
import type { NamedKey } from './resolve-integration.ts'

/** What a manifest says of one connector beyond its entry. */
export interface ConnectorOverride {
  /** The manifest's file name. */
  readonly file: string
  /** False where the manifest takes the connector out of Nango. */
  readonly usesNango: boolean
  /** The provider whose definition the entry has. */
  readonly providerKey: string
  /** The key of its integration, where the manifest names one. */
  readonly key: NamedKey | null
  /** The manifest's own scopes; none where it names none. */
  readonly defaultScopes: readonly string[]
}

/** The snapshot with a person's manifests laid over it. */
export interface CatalogueWithManifests {
  readonly entries: readonly CatalogueEntry[]
  /** By canonical name, legacy names too. */
  readonly names: ReadonlyMap<string, CatalogueEntry>
  /** By connector. */
  readonly overrides: ReadonlyMap<string, ConnectorOverride>
  readonly problems: readonly ManifestProblem[]
}

/** Entries by each of their names in canonical form; a connector's own name wins over a legacy one. */
export const indexByName = (entries: readonly CatalogueEntry[]): ReadonlyMap<string, CatalogueEntry> =>
  new Map(entries.flatMap((entry) => [...entry.legacyNames, entry.connectorId].map((name) => [canonicalName(name), entry] as const)))

/** A connector of which nothing but its names is known. */
export const bareEntry = (connectorId: string, name: string): CatalogueEntry => ({
  connectorId,
  name,
  categories: [],
  authMode: UNKNOWN_MODE,
  fields: [],
  scopes: [],
  defaultScopes: [],
  docsUrl: null,
  isOutbound: false,
  hasVerification: false,
  authorizationUrlIsTemplated: false,
  legacyNames: [],
})

interface Overlaid {
  readonly entry: CatalogueEntry
  readonly override: ConnectorOverride
}

const overlay = ({ file, manifest }: ManifestFile, own: CatalogueEntry | null, provider: CatalogueEntry | null): Overlaid => {
  const connectorId = own?.connectorId ?? canonicalName(manifest.slug)
  const key = manifest.nango?.provider_key
  // A key that is no provider's name is an integration's: the provider is then only known once Nango has been asked.
  const definition = provider ?? own ?? bareEntry(connectorId, connectorId)
  const providerKey = provider?.connectorId ?? own?.connectorId ?? key ?? connectorId
  return {
    entry: {
      ...definition,
      connectorId,
      name: manifest.name ?? own?.name ?? definition.name,
      categories: own?.categories ?? definition.categories,
      legacyNames: own?.legacyNames ?? [],
    },
    override: {
      file,
      usesNango: manifest.nango?.enabled !== false,
      providerKey,
      key: key === undefined ? null : { key, providerKey: provider?.connectorId ?? key, isProvider: provider !== null, namedBy: file },
      defaultScopes: manifest.oauth?.default_scopes ?? [],
    },
  }
}

/**
 * Lays manifests over the snapshot: those of its connectors change what they name, others add a connector of their own. The first
 * by file name speaks for a connector; a second one, and a new connector without `nango.provider_key`, is a problem.
 */
export const applyManifests = (
  snapshot: readonly CatalogueEntry[],
  snapshotNames: ReadonlyMap<string, CatalogueEntry>,
  folder: ManifestFolder,
): CatalogueWithManifests => {
  if (folder.manifests.length === 0) return { entries: snapshot, names: snapshotNames, overrides: new Map(), problems: folder.problems }
  const changed = new Map<string, CatalogueEntry>()
  const overrides = new Map<string, ConnectorOverride>()
  const problems = [...folder.problems]
  for (const one of folder.manifests) {
    const { file, manifest } = one
    const own = snapshotNames.get(canonicalName(manifest.slug)) ?? null
    const key = manifest.nango?.provider_key
    if (own === null && key === undefined) {
      problems.push({ file, summary: `${manifest.slug} is not in the catalogue; a connector of your own needs nango.provider_key.` })
      continue
    }
    const { entry, override } = overlay(one, own, key === undefined ? null : (snapshotNames.get(canonicalName(key)) ?? null))
    const first = overrides.get(entry.connectorId)
    if (first !== undefined) {
      problems.push({ file, summary: `${first.file} already speaks for ${entry.connectorId}; this one is not used.` })
      continue
    }
    changed.set(entry.connectorId, entry)
    overrides.set(entry.connectorId, override)
  }
  const known = new Set(snapshot.map((entry) => entry.connectorId))
  const entries = [
    ...snapshot.map((entry) => changed.get(entry.connectorId) ?? entry),
    ...[...changed.values()].filter((entry) => !known.has(entry.connectorId)),
  ]
  return { entries, names: indexByName(entries), overrides, problems }
}
