import { Secret } from '#core/vault/secret'
import { PatchbayError } from '#shared/errors'
import type { CallOptions, NangoConnectionKey } from './nango-client.ts'
import { defaultsBody, parseReply, wantsEndUser } from './nango-request.ts'
import type { CallPolicy, NangoTransport } from './nango-transport.ts'
import * as wire from './nango-wire.ts'

/** What a session presets for one integration. */
export interface SessionDefaults {
  readonly userScopes?: readonly string[]
  readonly connectionConfig?: Readonly<Record<string, string>>
  readonly oauthScopesOverride?: string
  readonly authorizationParams?: Readonly<Record<string, string>>
}

/** A session of 30 minutes. It is not single-use: whoever holds the token can make connections with it. */
export interface NangoSession {
  readonly token: Secret
  readonly connectLink: Secret | null
  readonly expiresAt: string
}

/** Sessions, with which a browser signs in (nango-api.md section 5). */
export interface NangoSessionCalls {
  /** Tags come out on every connection made with it, keys lower-cased. */
  createConnectSession(
    input: {
      readonly tags: Readonly<Record<string, string>>
      readonly allowedIntegrations: readonly string[]
      readonly defaults?: Readonly<Record<string, SessionDefaults>>
    },
    options?: CallOptions,
  ): Promise<NangoSession>
  /** Finds out whether the key may open sessions, without opening one. Throws `nango.scope_missing` where it may not. */
  probeConnectSessions(options?: CallOptions): Promise<void>
  /**
   * A session that replaces the credentials of a connection in place. The server takes over the tags given here for those it has,
   * so give them all (nango-api.md section 5). Throws `nango.rejected` for an unknown connection or integration.
   */
  createReconnectSession(
    input: { readonly key: NangoConnectionKey; readonly tags: Readonly<Record<string, string>>; readonly defaults?: SessionDefaults },
    options?: CallOptions,
  ): Promise<NangoSession>
  /** Throws `connect.expired` for a token that is over. */
  readConnectSession(
    token: Secret,
    options?: CallOptions,
  ): Promise<{ readonly websocketsPath: string; readonly allowedIntegrations: string[] | null }>
  /** Never call it while a sign-in may be under way: the connection would come without its tags (nango-api.md section 5). */
  deleteConnectSession(token: Secret, options?: CallOptions): Promise<void>
}

const writing = (call: CallOptions = {}): CallPolicy => ({ ...call, isBudgeted: true, isRepeatable: false })
const withSession = (call: CallOptions = {}, isRepeatable = false): CallPolicy => ({ ...call, isBudgeted: false, isRepeatable })
const bearer = (token: Secret): Record<string, string> => ({ authorization: `Bearer ${token.reveal()}` })

/** Makes the calls of one server and key. */
export const createSessionCalls = (options: {
  readonly host: string
  readonly secretKey: Secret
  readonly transport: NangoTransport
}): NangoSessionCalls => {
  const { host, secretKey, transport } = options

  /** The Connect UI of a self-hosted server would send the token to Nango Cloud unless told its address (nango-api.md section 9). */
  const mendedLink = (link: string): Secret => {
    const url = new URL(link)
    if (new URL(host).hostname !== 'api.nango.dev') url.searchParams.set('apiURL', host)
    return new Secret(url.href)
  }

  const toSession = (reply: unknown): NangoSession => {
    const { data } = parseReply(wire.SessionReply, reply)
    return {
      token: new Secret(data.token),
      connectLink: data.connect_link ? mendedLink(data.connect_link) : null,
      expiresAt: new Date(data.expires_at).toISOString(),
    }
  }

  return {
    createConnectSession: async ({ tags, allowedIntegrations, defaults = {} }, call) => {
      const sdk = await transport.sdk(writing(call))
      const presets = defaultsBody(defaults)
      const common = {
        allowed_integrations: [...allowedIntegrations],
        ...(Object.keys(presets).length === 0 ? {} : { integrations_config_defaults: presets }),
      }
      const reply = await sdk.createConnectSession({ ...common, tags: { ...tags } }).catch((error: unknown) => {
        if (!wantsEndUser(error)) throw error
        return sdk.createConnectSession({ ...common, end_user: { id: 'patchbay', tags: { ...tags } } })
      })
      return toSession(reply)
    },

    createReconnectSession: async ({ key, tags, defaults }, call) => {
      const sdk = await transport.sdk(writing(call))
      return toSession(
        await sdk.createReconnectSession({
          connection_id: key.connectionId,
          integration_id: key.providerConfigKey,
          tags: { ...tags },
          ...(defaults === undefined ? {} : { integrations_config_defaults: defaultsBody({ [key.providerConfigKey]: defaults }) }),
        }),
      )
    },

    probeConnectSessions: async (call) => {
      const sdk = await transport.sdk(writing(call))
      try {
        // No server takes this body: a key that may open sessions gets 400, one that may not gets 403 before that.
        await sdk.http.post(`${host}/connect/sessions`, { tags: 'probe', allowed_integrations: 'none' }, { headers: bearer(secretKey) })
      } catch (error) {
        if (!(error instanceof PatchbayError && error.code === 'nango.rejected' && error.data['status'] === 400)) throw error
      }
    },

    readConnectSession: async (token, call) => {
      const reply = await transport.send({ method: 'GET', url: `${host}/connect/session`, headers: bearer(token) }, withSession(call, true))
      const { data } = parseReply(wire.SessionInfoReply, reply)
      return { websocketsPath: data.websocketsPath ?? '/', allowedIntegrations: data.allowed_integrations ?? null }
    },

    deleteConnectSession: async (token, call) => {
      await transport.send({ method: 'DELETE', url: `${host}/connect/session`, headers: bearer(token) }, withSession(call))
    },
  }
}
