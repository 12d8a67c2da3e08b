import type { Implements } from '#shared/contract/contract'
import type { Integration } from '#shared/contract/integrations'
import type { Caller } from '../caller.ts'
import type { KnownIntegration } from './integration-store.ts'

export interface IntegrationsDeps {
  /** The id of this profile, or of the one in use. Throws `profile.not_found` or `profile.none`. */
  readonly requireProfileId: (profileId: string | undefined) => string
  /** Nango's list, live (`GET /integrations`, nango-api.md section 4). */
  readonly listAtNango: (profileId: string) => Promise<readonly KnownIntegration[]>
  /** One of Nango's, live. Rejects with `nango.not_found`. */
  readonly getAtNango: (profileId: string, integrationId: string) => Promise<KnownIntegration>
}

const toIntegration = (known: KnownIntegration): Integration => ({
  integrationId: known.integrationId,
  providerKey: known.providerKey,
  displayName: known.displayName,
  createdAt: known.createdAt ?? null,
  updatedAt: known.updatedAt ?? null,
})

/** The contract's `integrations` domain: what Nango says now, nothing remembered. */
export const createIntegrationsApi = (deps: IntegrationsDeps): Implements<'integrations', Caller> => ({
  list: async ({ profileId }) => ({
    integrations: (await deps.listAtNango(deps.requireProfileId(profileId))).map(toIntegration),
  }),
  get: async ({ profileId, integrationId }) => toIntegration(await deps.getAtNango(deps.requireProfileId(profileId), integrationId)),
})
