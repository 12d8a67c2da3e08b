import type { Finding } from '#shared/contract/trouble'
import { PatchbayError } from '#shared/errors'
import type { NangoClient, NangoConnectionSummary } from '../nango/nango-client.ts'

export const finding = (id: string, status: Finding['status'], summary: string): Finding => ({ id, status, summary })

/** What Nango says about one connection; a failure of the call is an answer, too. */
export interface AtNango {
  readonly evidence: readonly Finding[]
  readonly failure: PatchbayError | null
  readonly here: NangoConnectionSummary | undefined
  readonly elsewhere: NangoConnectionSummary | undefined
  readonly integration: { readonly providerKey: string } | undefined
}

/** Asks Nango for the integrations and for that id under any of them. Rejects only for mistakes of ours. */
export const askNango = async (
  clientOf: () => Promise<NangoClient>,
  nangoConnectionId: string,
  integrationId: string,
): Promise<AtNango> => {
  try {
    const client = await clientOf()
    const [integrations, found] = await Promise.all([
      client.listIntegrations(),
      client.listConnections({ connectionId: nangoConnectionId, limit: 20 }),
    ])
    const exact = found.filter(({ connectionId }) => connectionId === nangoConnectionId)
    const integration = integrations.find((one) => one.integrationId === integrationId)
    const here = exact.find(({ providerConfigKey }) => providerConfigKey === integrationId)
    const elsewhere = exact.find(({ providerConfigKey }) => providerConfigKey !== integrationId)
    return {
      failure: null,
      here,
      elsewhere,
      integration,
      evidence: [
        finding('environment', 'ok', 'The key of this profile reaches its Nango environment.'),
        integration === undefined
          ? finding('integration', 'fail', `Nango has no integration ${integrationId} in this environment.`)
          : finding('integration', 'ok', `The integration ${integrationId} is there, for ${integration.providerKey}.`),
        here === undefined
          ? finding('connection', 'fail', 'Nango does not know this id under that integration.')
          : finding(
              'connection',
              here.hasAuthError ? 'fail' : 'ok',
              here.hasAuthError ? 'Nango has it, and says that its last renewal failed.' : 'Nango has it, and says nothing against it.',
            ),
        ...(elsewhere === undefined
          ? []
          : [finding('elsewhere', 'warn', `The same id is at Nango under the integration ${elsewhere.providerConfigKey}.`)]),
      ],
    }
  } catch (error) {
    if (!(error instanceof PatchbayError)) throw error
    const evidence = [finding('environment', 'unknown', error.message)]
    return { failure: error, here: undefined, elsewhere: undefined, integration: undefined, evidence }
  }
}
