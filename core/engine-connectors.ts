import { join } from 'node:path'
import { createCatalogueApi, resolveConnector } from './catalogue/catalogue-api.ts'
import { createConnectorCatalogue } from './catalogue/connector-catalogue.ts'
import { createIntegrationsApi } from './catalogue/integrations-api.ts'
import { createKnownIntegrations } from './catalogue/known-integrations.ts'
import { canonicalName } from './catalogue/legacy-names.ts'
import { countByIntegration } from './connections/connection-query.ts'
import type { WritableDb } from './database/sql.ts'
import type { Journal } from './events/journal.ts'
import type { Log } from './log.ts'
import type { NangoAccess } from './nango/nango-access.ts'
import type { Platform } from './platform.ts'
import type { ProfileRegistry } from './profiles/profile-registry.ts'

export interface EngineConnectorsParts {
  readonly platform: Platform
  readonly db: WritableDb
  readonly journal: Journal
  readonly log: Log
  readonly registry: ProfileRegistry
  readonly clientFor: NangoAccess['clientFor']
  /** The compiled catalogue, `resources/catalogue.json`. */
  readonly catalogueFile: string
}

/** Joins what is known of connectors: the catalogue, the integrations of each profile's Nango, and how a name is understood. */
export const createEngineConnectors = ({ platform, db, journal, log, registry, clientFor, catalogueFile }: EngineConnectorsParts) => {
  const monotonicNow = (): number => platform.monotonicNow()
  const catalogue = createConnectorCatalogue({
    catalogueFile,
    environment: platform.environment,
    overridesFolder: join(platform.dataFolder, 'connectors'),
    monotonicNow,
  })
  const integrations = createKnownIntegrations({
    db,
    journal,
    log,
    now: monotonicNow,
    integrationsOf: async (profileId) => (await clientFor(profileId)).listIntegrations(),
    definitionOf: async (profileId, providerKey) => (await clientFor(profileId)).readProvider(providerKey),
    isInSnapshot: (providerKey) => catalogue.describes(providerKey),
  })
  const deps = {
    catalogue,
    integrations,
    findProfile: (profileId: string | undefined) => {
      const wanted = profileId ?? registry.activeProfileId()
      return wanted === null ? null : { profileId: wanted, usesNango: registry.get(wanted).kind !== 'direct' }
    },
  }
  const resolve = (connectorId: string, profileId: string | undefined) => resolveConnector(deps, connectorId, profileId)

  return {
    catalogue,
    integrations,
    /** A connector as it stands for a flow; see `resolveConnector`. */
    resolve,
    /** Whether there is such a connector for a profile, as far as is known without asking Nango. */
    isConnector: (name: string, profileId: string): boolean =>
      catalogue.find(name) !== null ||
      integrations.peek(profileId).integrations.some(({ providerKey }) => canonicalName(providerKey) === canonicalName(name)),
    /** The connector behind a provider of Nango's list. */
    connectorOf: (provider: string): { connectorId: string; authMode: string } => {
      const entry = catalogue.find(provider)
      return { connectorId: entry?.connectorId ?? provider, authMode: entry?.authMode ?? 'UNKNOWN' }
    },
    slugOf: (name: string): string => catalogue.find(name)?.connectorId ?? name,
    nameOf: (connectorId: string): string => catalogue.find(connectorId)?.name ?? connectorId,
    /** The domains `catalogue` and `integrations`; `lookNow` brings the list of a profile's connections up to date. */
    handlers: (lookNow: (profileId: string) => Promise<unknown>) => ({
      catalogue: createCatalogueApi(deps),
      integrations: createIntegrationsApi({
        requireProfileId: registry.profileIdOf,
        atNango: clientFor,
        resolve,
        authModeOf: async (providerKey, profileId) => {
          if (catalogue.describes(providerKey)) return catalogue.find(providerKey)?.authMode ?? null
          return (await integrations.read(profileId)).definitions.get(providerKey)?.authMode ?? null
        },
        countsOf: (profileId) => countByIntegration(db, profileId),
        changed: async (profileId, isRemoval) => {
          // The change is made; that it cannot be read back at once is told by the next look.
          await integrations.refresh(profileId).catch(() => null)
          if (isRemoval) await lookNow(profileId).catch(() => null)
        },
      }),
    }),
  }
}

export type EngineConnectors = ReturnType<typeof createEngineConnectors>
