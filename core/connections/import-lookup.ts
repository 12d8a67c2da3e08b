import type { ConnectorCatalogue } from '../catalogue/connector-catalogue.ts'
import type { KnownIntegrations } from '../catalogue/known-integrations.ts'
import { bareEntry } from '../catalogue/manifest-overrides.ts'
import { PatchbayError } from '#shared/errors'
import type { IntegrationLookup } from './import-plan.ts'

/** Looks a profile's integrations up; with `isFresh`, as Nango has them now where it answers, else as they are known. */
export const createImportLookup =
  (catalogue: ConnectorCatalogue, integrations: KnownIntegrations) =>
  async (profileId: string, isFresh: boolean): Promise<IntegrationLookup> => {
    const known = isFresh
      ? await integrations.refresh(profileId).catch(() => integrations.peek(profileId))
      : await integrations.read(profileId)
    const view = { usesNango: true, ...known }
    const byKey = new Map(known.integrations.map((one) => [one.integrationId, one]))
    return {
      byKey: (integrationId) => {
        const integration = byKey.get(integrationId)
        if (integration === undefined) return undefined
        const { providerKey, displayName } = integration
        const entry = catalogue.describes(providerKey) ? catalogue.find(providerKey) : known.definitions.get(providerKey)
        return entry ?? bareEntry(providerKey, displayName)
      },
      ofConnector: (name) => {
        try {
          return catalogue.resolve(name, view).connector.nango.integrationId
        } catch (error) {
          if (error instanceof PatchbayError) return undefined
          throw error
        }
      },
    }
  }
