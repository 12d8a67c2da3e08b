import type { Secret } from '#core/vault/secret'
import type { CallOptions, NangoConnectionKey } from './nango-client.ts'
import { segment } from './nango-request.ts'
import type { NangoTransport } from './nango-transport.ts'

/** What may be changed about a connection at Nango (nango-api.md section 7, Changes). An unknown one throws `nango.not_found`. */
export interface NangoConnectionChanges {
  /** Replaces all tags; none clears them. Keys are lower-cased by the server. */
  updateTags(input: NangoConnectionKey & { readonly tags: Readonly<Record<string, string>> }, options?: CallOptions): Promise<void>
  /** Puts this in the place of all metadata. */
  replaceMetadata(
    input: NangoConnectionKey & { readonly metadata: Readonly<Record<string, unknown>> },
    options?: CallOptions,
  ): Promise<void>
  /** Puts these keys beside the others, each replaced whole. The server does not tell the result: the list does. */
  mergeMetadata(input: NangoConnectionKey & { readonly metadata: Readonly<Record<string, unknown>> }, options?: CallOptions): Promise<void>
}

/** Makes the calls of one server and key. All set a state, so that a call whose way there failed is made again. */
export const createConnectionChanges = (options: {
  readonly host: string
  readonly secretKey: Secret
  readonly transport: NangoTransport
}): NangoConnectionChanges => {
  const { host, secretKey, transport } = options
  const send = async (method: 'POST' | 'PATCH', path: string, body: unknown, call: CallOptions = {}): Promise<void> => {
    const headers = { authorization: `Bearer ${secretKey.reveal()}`, 'content-type': 'application/json' }
    const request = { method, url: `${host}${path}`, headers, body: JSON.stringify(body) }
    await transport.send(request, { ...call, isBudgeted: true, isRepeatable: true })
  }
  const metadataBody = (key: NangoConnectionKey, metadata: Readonly<Record<string, unknown>>) => ({
    connection_id: key.connectionId,
    provider_config_key: key.providerConfigKey,
    metadata,
  })

  return {
    updateTags: ({ connectionId, providerConfigKey, tags }, call) =>
      send('PATCH', `/connections/${segment(connectionId)}?provider_config_key=${encodeURIComponent(providerConfigKey)}`, { tags }, call),
    replaceMetadata: ({ metadata, ...key }, call) => send('POST', '/connections/metadata', metadataBody(key, metadata), call),
    mergeMetadata: ({ metadata, ...key }, call) => send('PATCH', '/connections/metadata', metadataBody(key, metadata), call),
  }
}
