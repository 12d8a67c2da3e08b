import type { Implements } from '#shared/contract/contract'
import type { Integration } from '#shared/contract/integrations'
import { PatchbayError } from '#shared/errors'
import { integrationFormOf } from '#shared/integration-forms'
import type { Caller } from '../caller.ts'
import type { ResolvedConnector } from './connector-catalogue.ts'
import { callbackOf, explainRefusal, freeId, settingsFor, type IntegrationDetail, type IntegrationSettings } from './integration-setup.ts'
import type { KnownIntegration } from './integration-store.ts'

/** One Nango environment, live: the calls of its client that integrations need. */
export interface IntegrationsAtNango {
  /** Its address, without a slash at the end. */
  readonly host: string
  /** `GET /integrations` (nango-api.md section 4). */
  listIntegrations(): Promise<readonly KnownIntegration[]>
  /** Rejects with `nango.not_found`. */
  getIntegration(integrationId: string): Promise<KnownIntegration>
  /** One with what it was set up with. Rejects with `nango.not_found`. */
  readIntegration(integrationId: string): Promise<IntegrationDetail>
  createIntegration(input: {
    readonly providerKey: string
    readonly integrationId: string
    readonly displayName?: string | undefined
    readonly authMode: string
    readonly credentials?: IntegrationSettings | undefined
  }): Promise<KnownIntegration>
  updateIntegration(input: {
    readonly integrationId: string
    readonly newIntegrationId?: string | undefined
    readonly displayName?: string | undefined
    readonly authMode: string
    readonly credentials?: IntegrationSettings | undefined
  }): Promise<KnownIntegration>
  deleteIntegration(integrationId: string): Promise<void>
  listConnections(query: { readonly integrationId: string; readonly limit: number }): Promise<readonly unknown[]>
}

export interface IntegrationsDeps {
  /** The id of this profile, or of the one in use. Throws `profile.not_found` or `profile.none`. */
  readonly requireProfileId: (profileId: string | undefined) => string
  readonly atNango: (profileId: string) => Promise<IntegrationsAtNango>
  /** A connector as it stands for a profile. Throws `connector.not_found`. */
  readonly resolve: (connectorId: string, profileId: string) => Promise<ResolvedConnector>
  /** How a provider signs in; null where neither the snapshot nor Nango knows it. */
  readonly authModeOf: (providerKey: string, profileId: string) => Promise<string | null>
  /** How many connections hang on each integration, by its key, as they are known here; one that has none is not in it. */
  readonly countsOf: (profileId: string) => ReadonlyMap<string, number>
  /** Reads the profile's integrations again, and after a removal its connections. */
  readonly changed: (profileId: string, isRemoval: boolean) => Promise<void>
}

const toIntegration = (known: KnownIntegration): Integration => ({
  integrationId: known.integrationId,
  providerKey: known.providerKey,
  displayName: known.displayName,
  createdAt: known.createdAt ?? null,
  updatedAt: known.updatedAt ?? null,
})

const MOST_COUNTED = 2_000

/** How many connections hang on an integration, counted up to 2,000. */
const countConnections = async (nango: IntegrationsAtNango, integrationId: string): Promise<number> =>
  (await nango.listConnections({ integrationId, limit: MOST_COUNTED })).length

const explained = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    throw explainRefusal(error)
  }
}

/** The contract's `integrations` domain: what Nango says now, nothing remembered. */
export const createIntegrationsApi = (deps: IntegrationsDeps): Implements<'integrations', Caller> => {
  const modeOf = async (providerKey: string, profileId: string): Promise<string> =>
    (await deps.authModeOf(providerKey, profileId)) ?? 'UNKNOWN'

  return {
    list: async ({ profileId: named }) => {
      const profileId = deps.requireProfileId(named)
      const nango = await deps.atNango(profileId)
      const known = (await nango.listIntegrations()).map(toIntegration)
      const counts = deps.countsOf(profileId)
      return { integrations: known.map((one) => ({ ...one, connectionCount: counts.get(one.integrationId) ?? 0 })) }
    },

    get: async ({ profileId, integrationId }) => {
      const nango = await deps.atNango(deps.requireProfileId(profileId))
      return toIntegration(await nango.getIntegration(integrationId))
    },

    describe: async ({ profileId: named, connectorId, integrationId }) => {
      const profileId = deps.requireProfileId(named)
      const nango = await deps.atNango(profileId)
      const [all, detail, connectionCount] = await Promise.all([
        nango.listIntegrations(),
        integrationId === undefined ? null : nango.readIntegration(integrationId),
        integrationId === undefined ? 0 : countConnections(nango, integrationId),
      ])
      const { connector } = await deps.resolve(connectorId ?? detail?.providerKey ?? '', profileId)
      const { providerKey } = detail ?? connector.nango
      const authMode = detail === null ? connector.authMode : await modeOf(providerKey, profileId)
      const { fields, isDashboardOnly } = integrationFormOf(authMode)
      return {
        connectorId: connector.connectorId,
        providerKey,
        name: connector.name,
        authMode,
        fields: [...fields],
        isDashboardOnly,
        ...callbackOf(authMode, nango.host),
        docsUrl: connector.docsUrl,
        scopes: connector.scopes,
        suggestedId: freeId(providerKey, all),
        current:
          detail === null
            ? null
            : {
                integrationId: detail.integrationId,
                displayName: detail.displayName,
                clientId: detail.credentials?.clientId ?? null,
                scopes: detail.credentials?.scopes === undefined ? null : [...detail.credentials.scopes],
                isReadable: detail.isReadable,
                webhookUrl: detail.webhookUrl,
                connectionCount,
              },
      }
    },

    create: async ({ profileId: named, connectorId, integrationId, displayName, ...given }) => {
      const profileId = deps.requireProfileId(named)
      const { connector } = await deps.resolve(connectorId, profileId)
      const credentials = settingsFor(connector.authMode, given, null)
      const nango = await deps.atNango(profileId)
      const { providerKey } = connector.nango
      const made = await explained(
        nango.createIntegration({
          providerKey,
          integrationId: integrationId ?? freeId(providerKey, await nango.listIntegrations()),
          displayName,
          authMode: connector.authMode,
          credentials,
        }),
      )
      await deps.changed(profileId, false)
      return toIntegration(made)
    },

    update: async ({ profileId: named, integrationId, newIntegrationId, displayName, ...given }) => {
      const profileId = deps.requireProfileId(named)
      const nango = await deps.atNango(profileId)
      const before = await nango.readIntegration(integrationId)
      const authMode = await modeOf(before.providerKey, profileId)
      const changed = await explained(
        nango.updateIntegration({
          integrationId,
          newIntegrationId: newIntegrationId === integrationId ? undefined : newIntegrationId,
          displayName,
          authMode,
          credentials: settingsFor(authMode, given, before.credentials ?? {}),
        }),
      )
      await deps.changed(profileId, false)
      return toIntegration(changed)
    },

    remove: async ({ profileId: named, integrationId, connectionCount: known }) => {
      const profileId = deps.requireProfileId(named)
      const nango = await deps.atNango(profileId)
      const connectionCount = await countConnections(nango, integrationId)
      if (connectionCount > known) throw new PatchbayError('integration.in_use', { data: { connectionCount, known } })
      await nango.deleteIntegration(integrationId)
      await deps.changed(profileId, true)
      return { connectionsRemoved: connectionCount }
    },
  }
}
