import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Connection } from '#shared/contract/connections'
import type { NangoWorld } from './nango-world.ts'

/** A call as it came to the service behind a connection. */
export interface ServedCall {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A service on this computer, behind the stand-in's proxy. Its calls are below `/api`. */
export interface LocalService {
  readonly url: string
  readonly seen: ServedCall[]
  /** How it answers from now on; the body has been read. */
  answer: RequestListener
  stop(): Promise<void>
}

/** Answers with JSON. */
export const inJson =
  (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(value))
  }

/** Starts a service that answers `{}` until it is told otherwise. */
export const startLocalService = async (): Promise<LocalService> => {
  const service = { seen: [] as ServedCall[], answer: inJson({}), url: '', stop: async (): Promise<void> => {} }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      service.seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
      service.answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  service.stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return service
}

/** Connects an account of `n8n` by a key, whose service is the local one. */
export const connectToService = async ({ nango, core }: NangoWorld, service: LocalService, name = 'n-1'): Promise<Connection> => {
  nango.seedConnections([
    {
      connectionId: name,
      integrationKey: 'n8n',
      credentials: { type: 'API_KEY', apiKey: `key-of-${name}-0123456789` },
      connectionConfig: { baseUrl: service.url },
    },
  ])
  await core.cli.sync.run({})
  const { connections } = await core.cli.connections.list({ connectorId: 'n8n' })
  const found = connections.find(({ nangoConnectionId }) => nangoConnectionId === name)
  if (found === undefined) throw new Error('the connection is not there')
  return found
}
