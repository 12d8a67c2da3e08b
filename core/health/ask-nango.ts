import type { Finding } from '#shared/contract/trouble'
import { PatchbayError } from '#shared/errors'
import { inEnglish, say, sayError, sentencesOf, type Words } from '#shared/sentence'
import type { NangoClient, NangoConnectionSummary } from '../nango/nango-client.ts'

/** One thing that was compared, with its words by key. */
export const finding = (id: string, status: Finding['status'], words: Words): Finding => ({
  id,
  status,
  summary: inEnglish(words),
  said: { summary: sentencesOf(words) },
})

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
        finding('environment', 'ok', say('seen.environment')),
        integration === undefined
          ? finding('integration', 'fail', say('seen.no-integration', { integration: integrationId }))
          : finding('integration', 'ok', say('seen.integration', { integration: integrationId, provider: integration.providerKey })),
        here === undefined
          ? finding('connection', 'fail', say('seen.no-connection'))
          : finding('connection', here.hasAuthError ? 'fail' : 'ok', say(here.hasAuthError ? 'seen.renewal-failed' : 'seen.connection')),
        ...(elsewhere === undefined
          ? []
          : [finding('elsewhere', 'warn', say('seen.elsewhere', { integration: elsewhere.providerConfigKey }))]),
      ],
    }
  } catch (error) {
    if (!(error instanceof PatchbayError)) throw error
    const evidence = [finding('environment', 'unknown', sayError(error))]
    return { failure: error, here: undefined, elsewhere: undefined, integration: undefined, evidence }
  }
}
