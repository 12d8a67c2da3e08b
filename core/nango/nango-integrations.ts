import { z } from 'zod'
import { Secret } from '#core/vault/secret'
import { PatchbayError } from '#shared/errors'
import type { CallOptions, NangoIntegration } from './nango-client.ts'
import { withoutValues } from './nango-errors.ts'
import { parseReply, segment } from './nango-request.ts'
import type { CallPolicy, NangoTransport } from './nango-transport.ts'
import * as wire from './nango-wire.ts'

/** What an integration signs in with; the members that its way to sign in has (nango-api.md section 4). */
export interface NangoIntegrationCredentials {
  readonly clientId?: string | undefined
  readonly clientSecret?: Secret | undefined
  readonly scopes?: readonly string[] | undefined
  readonly appId?: string | undefined
  readonly appLink?: string | undefined
  readonly privateKey?: Secret | undefined
}

/** An integration with what it was set up with; `credentials` is null where it has none or the key may not read them. */
export interface NangoIntegrationDetail extends NangoIntegration {
  readonly webhookUrl: string | null
  readonly credentials: NangoIntegrationCredentials | null
  /** Whether the reply said what the credentials are, be it that there are none. */
  readonly isReadable: boolean
}

/** Setting integrations up. A refusal is `nango.rejected`, with none of the values that were sent in it. */
export interface NangoIntegrationCalls {
  /** Adds one. `authMode` says what kind of credentials they are; without any, none are sent. */
  createIntegration(
    input: {
      readonly providerKey: string
      readonly integrationId: string
      readonly displayName?: string | undefined
      readonly authMode: string
      readonly credentials?: NangoIntegrationCredentials | undefined
    },
    options?: CallOptions,
  ): Promise<NangoIntegration>
  /** Changes what is given. Credentials are replaced as a whole. */
  updateIntegration(
    input: {
      readonly integrationId: string
      readonly newIntegrationId?: string | undefined
      readonly displayName?: string | undefined
      readonly authMode: string
      readonly credentials?: NangoIntegrationCredentials | undefined
    },
    options?: CallOptions,
  ): Promise<NangoIntegration>
  /** Deletes one and its connections; one that is gone already throws `nango.not_found`. */
  deleteIntegration(integrationId: string, options?: CallOptions): Promise<void>
  /** One with its webhook address and its credentials. Asked for anew where the key may not read those. */
  readIntegration(integrationId: string, options?: CallOptions): Promise<NangoIntegrationDetail>
}

const IncludedRow = wire.IntegrationReply.shape.data.extend({
  webhook_url: z.string().nullish().catch(null),
  credentials: z
    .object({
      client_id: z.string().nullish(),
      client_secret: z.string().nullish(),
      scopes: z.string().nullish(),
      app_id: z.string().nullish(),
      app_link: z.string().nullish(),
      private_key: z.string().nullish(),
    })
    .nullish(),
})

const secretOf = (value: string | null | undefined): Secret | undefined => (value ? new Secret(value) : undefined)

const toDetail = (row: z.output<typeof IncludedRow>): NangoIntegrationDetail => {
  const { credentials } = row
  return {
    ...wire.toIntegration(row),
    webhookUrl: row.webhook_url ?? null,
    isReadable: credentials !== undefined,
    credentials:
      credentials === null || credentials === undefined
        ? null
        : {
            clientId: credentials.client_id ?? undefined,
            clientSecret: secretOf(credentials.client_secret),
            scopes: credentials.scopes?.split(/[\s,]+/).filter((scope) => scope !== ''),
            appId: credentials.app_id ?? undefined,
            appLink: credentials.app_link ?? undefined,
            privateKey: secretOf(credentials.private_key),
          },
  }
}

/** The body's credentials object: the members that are given, in Nango's names. */
const bodyOf = (authMode: string, credentials: NangoIntegrationCredentials): Record<string, string> =>
  Object.fromEntries(
    Object.entries({
      type: authMode,
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret?.reveal(),
      scopes: credentials.scopes?.join(','),
      app_id: credentials.appId,
      app_link: credentials.appLink,
      private_key: credentials.privateKey?.reveal(),
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )

const reading = (call: CallOptions = {}): CallPolicy => ({ ...call, isBudgeted: true, isRepeatable: true })
const writing = (call: CallOptions = {}): CallPolicy => ({ ...call, isBudgeted: true, isRepeatable: false })

/** The calls that set integrations up at one server. */
export const createIntegrationCalls = (options: {
  readonly host: string
  readonly secretKey: Secret
  readonly transport: NangoTransport
}): NangoIntegrationCalls => {
  const { host, secretKey, transport } = options
  const headers = (): Record<string, string> => ({ authorization: `Bearer ${secretKey.reveal()}` })

  const write = async (
    method: 'post' | 'patch',
    path: string,
    body: Readonly<Record<string, unknown>>,
    credentials: NangoIntegrationCredentials | undefined,
    call: CallOptions | undefined,
  ): Promise<NangoIntegration> => {
    const sdk = await transport.sdk(writing(call))
    try {
      const { data } = await sdk.http[method]<unknown>(`${host}${path}`, body, { headers: headers() })
      return wire.toIntegration(parseReply(wire.IntegrationReply, data).data)
    } catch (error) {
      const secrets = [credentials?.clientSecret?.reveal(), credentials?.privateKey?.reveal()]
      throw error instanceof PatchbayError
        ? withoutValues(
            error,
            secrets.filter((each) => each !== undefined),
          )
        : error
    }
  }

  const common = (input: {
    readonly displayName?: string | undefined
    readonly authMode: string
    readonly credentials?: NangoIntegrationCredentials | undefined
  }) => ({
    ...(input.displayName === undefined ? {} : { display_name: input.displayName }),
    ...(input.credentials === undefined ? {} : { credentials: bodyOf(input.authMode, input.credentials) }),
  })

  return {
    createIntegration: (input, call) =>
      write(
        'post',
        '/integrations',
        { provider: input.providerKey, unique_key: input.integrationId, ...common(input) },
        input.credentials,
        call,
      ),

    updateIntegration: (input, call) =>
      write(
        'patch',
        `/integrations/${segment(input.integrationId)}`,
        { ...(input.newIntegrationId === undefined ? {} : { unique_key: input.newIntegrationId }), ...common(input) },
        input.credentials,
        call,
      ),

    deleteIntegration: async (integrationId, call) => {
      const sdk = await transport.sdk(writing(call))
      await sdk.http.delete(`${host}/integrations/${segment(integrationId)}`, { headers: headers() })
    },

    readIntegration: async (integrationId, call) => {
      const sdk = await transport.sdk(reading(call))
      const ask = async (include: string): Promise<NangoIntegrationDetail> => {
        const { data } = await sdk.http.get<unknown>(`${host}/integrations/${segment(integrationId)}?${include}`, { headers: headers() })
        return toDetail(parseReply(z.object({ data: IncludedRow }), data).data)
      }
      try {
        // Not sdk.getIntegration: of two things to include it sends the last only (nango-api.md section 4).
        return await ask('include=webhook&include=credentials')
      } catch (error) {
        if (error instanceof PatchbayError && error.code === 'nango.scope_missing') return ask('include=webhook')
        throw error
      }
    },
  }
}
