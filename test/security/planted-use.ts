import { expect } from 'vitest'
import type { FakeNango } from '#test/helpers/fake-nango'
import type { SpawnedHost } from '#test/helpers/spawn-host'
import type { SocketPeer } from '../transports/socket-peer.ts'
import type { Planted } from './secret-search.ts'

/** The tokens of all connections as Nango has them. */
export const tokensAtNango = async (nango: FakeNango): Promise<Planted[]> => {
  const { connections } = (await (await fetch(`${nango.url}/connections`, { headers: nango.authorization })).json()) as {
    connections: { connection_id: string; provider_config_key: string }[]
  }
  const planted: Planted[] = []
  for (const { connection_id, provider_config_key } of connections) {
    const url = `${nango.url}/connections/${connection_id}?provider_config_key=${provider_config_key}&refresh_token=true`
    const detail = (await (await fetch(url, { headers: nango.authorization })).json()) as { credentials: Record<string, string> }
    for (const name of ['access_token', 'refresh_token']) {
      const value = detail.credentials[name]
      if (value !== undefined) planted.push({ name, value })
    }
  }
  return planted
}

/** Calls through connections, and their credentials handed out: those to another client than the one whose answers are searched. */
export const useConnections = async (
  host: SpawnedHost,
  peer: SocketPeer,
  nango: FakeNango,
  secrets: Readonly<Record<'apiKey' | 'wrongKey' | 'password', string>>,
): Promise<void> => {
  const holder = await host.connect()
  for (const connectionId of ['github/work', 'n8n/1']) {
    const credential = (await holder.call('connections.getCredentials', { connectionId })).result
    expect(credential).toMatchObject({ token: expect.any(String) as string })
    const refused = { connectionId, path: '/../user', headers: { authorization: secrets.wrongKey }, body: { secret: secrets.password } }
    await peer.call('connections.request', refused)
    await peer.call('connections.request', { ...refused, path: '/user', method: 'POST' })
    const opened = (await peer.call('connections.request', { connectionId, path: '/user', stream: true })).result as { streamId: string }
    await peer.call('connections.readBody', { streamId: opened.streamId })
    const words = { message: `connect ECONNREFUSED ${secrets.apiKey}`, code: 'ECONNREFUSED', method: 'get' }
    nango.faults.answerNext({ path: /^\/proxy/, status: 500, body: words })
    await peer.call('connections.request', { connectionId, path: '/user' })
  }
  holder.socket.destroy()
}
