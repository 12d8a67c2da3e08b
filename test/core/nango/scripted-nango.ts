import type { RequestListener } from 'node:http'
import { SILENT_LOG } from '#core/log'
import { createNangoClient, type NangoClient } from '#core/nango/nango-client'
import { Secret } from '#core/vault/secret'
import { readText, startServer, type LocalServer } from './local-servers.ts'

/** The key of these tests; it must turn up in no error. */
export const KEY = '09da2fbc-6c03-4cfb-b527-e45ef658862b'

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface ScriptedNango extends LocalServer {
  readonly seen: SeenRequest[]
  readonly client: NangoClient
}

/** A server that answers by script, and a client of it. */
export const startScriptedNango = async (
  handler: RequestListener,
  options: Partial<Parameters<typeof createNangoClient>[0]> = {},
): Promise<ScriptedNango> => {
  const seen: SeenRequest[] = []
  const server = await startServer((request, response) => {
    void readText(request).then((body) => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
      return handler(request, response)
    })
  })
  const client = createNangoClient({
    host: server.url,
    secretKey: new Secret(KEY),
    environment: {},
    log: SILENT_LOG,
    now: Date.now,
    ...options,
  })
  return {
    ...server,
    seen,
    client,
    close: async () => {
      client.close()
      await server.close()
    },
  }
}
