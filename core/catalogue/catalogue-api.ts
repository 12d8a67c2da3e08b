import type { Implements } from '#shared/contract/contract'
import { PatchbayError } from '#shared/errors'
import type { Caller } from '../caller.ts'
import { capabilitiesOf } from './known-capabilities.ts'
import { scopePresetsOf } from './scope-presets.ts'
import { EMPTY_VIEW, type ConnectorCatalogue, type ProfileView, type ResolvedConnector } from './connector-catalogue.ts'
import type { KnownIntegrations } from './known-integrations.ts'

/** The profile a call means, as far as the catalogue cares. */
export interface CatalogueProfile {
  readonly profileId: string
  /** False for profiles that do without Nango. */
  readonly usesNango: boolean
}

/** The profile with this id, or the one in use, or null when there is none. Throws `profile.not_found`. */
export type FindCatalogueProfile = (profileId: string | undefined) => CatalogueProfile | null

export interface CatalogueDeps {
  readonly catalogue: ConnectorCatalogue
  readonly integrations: KnownIntegrations
  readonly findProfile: FindCatalogueProfile
}

const viewOf = async (deps: CatalogueDeps, profileId: string | undefined): Promise<ProfileView> => {
  const profile = deps.findProfile(profileId)
  return profile?.usesNango === true ? { usesNango: true, ...(await deps.integrations.read(profile.profileId)) } : EMPTY_VIEW
}

const throughNango = (resolved: ResolvedConnector): ResolvedConnector => {
  const { connector, nangoDisabledBy } = resolved
  if (nangoDisabledBy === null) return resolved
  throw new PatchbayError('direct.unavailable', {
    message: `${connector.name} cannot be connected: ${connector.readinessReason ?? ''}`.trim(),
    data: {
      connectorId: connector.connectorId,
      manifest: nangoDisabledBy,
      next: `Remove nango.enabled from ${nangoDisabledBy}, in the folder connectors of the data folder.`,
    },
  })
}

/**
 * A connector as it stands for a flow: what is known is asked again at Nango when no integration is known for it.
 * Throws `connector.not_found`, and `direct.unavailable` for one that a manifest takes out of Nango; an unreachable Nango leaves the
 * last known state, and throws what keeps it from being asked where nothing is known yet.
 */
export const resolveConnector = async (deps: CatalogueDeps, name: string, profileId: string | undefined): Promise<ResolvedConnector> => {
  const view = await viewOf(deps, profileId)
  const attempt = (): ResolvedConnector => throughNango(deps.catalogue.resolve(name, view))
  if (!view.usesNango) return attempt()
  if (deps.catalogue.find(name) !== null && attempt().connector.readiness !== 'needs_integration') return attempt()
  const profile = deps.findProfile(profileId)
  if (profile === null) return attempt()
  const fresh = await deps.integrations.refresh(profile.profileId).catch((error: unknown) => {
    const known = deps.integrations.peek(profile.profileId)
    // Nobody knows whether it has the integration: that Nango cannot be asked is what is wrong.
    if (!known.isKnown && deps.catalogue.find(name) !== null) throw error
    return known
  })
  return throughNango(deps.catalogue.resolve(name, { usesNango: true, ...fresh }))
}

/** The contract's `catalogue` domain. */
export const createCatalogueApi = (deps: CatalogueDeps): Implements<'catalogue', Caller> => ({
  list: async ({ profileId, ...filter }) => {
    const connectors = deps.catalogue.list(filter, await viewOf(deps, profileId))
    return { connectors: [...connectors], total: connectors.length }
  },
  get: async ({ connectorId, profileId }) => {
    const resolved = deps.catalogue.resolve(connectorId, await viewOf(deps, profileId))
    const { connector, defaultScopes } = resolved
    return {
      ...connector,
      defaultScopes: [...defaultScopes],
      scopePresets: scopePresetsOf(resolved),
      capabilities: [...capabilitiesOf(connector.connectorId)],
    }
  },
  categories: () => {
    const { categories, authModes } = deps.catalogue.counts()
    return {
      categories: categories.map(([category, count]) => ({ category, count })),
      authModes: authModes.map(([authMode, count]) => ({ authMode, count })),
    }
  },
})
