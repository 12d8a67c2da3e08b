import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFakeNango } from '#test/helpers/fake-nango'
import { type LocalService, startLocalService } from '#test/helpers/local-service'
import { spawnHost } from '#test/helpers/spawn-host'
import { temporaryFolder } from './socket-peer.ts'

let service: LocalService
beforeAll(async () => {
  service = await startLocalService()
})
afterAll(() => service.stop())

test('a host that is killed in the middle of an answer leaves it unfinished, never whole', async () => {
  const folder = temporaryFolder()
  const nango = await startFakeNango()
  nango.seedConnections([
    {
      connectionId: 's-1',
      integrationKey: 'n8n',
      credentials: { type: 'API_KEY', apiKey: 'key-0123456789' },
      connectionConfig: { baseUrl: service.url },
    },
  ])
  let isClosed = false
  service.answer = (message, response) => {
    message.socket.once('close', () => (isClosed = true))
    const pump = (): void => {
      while (!isClosed) if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', pump)
    }
    pump()
  }
  const host = await spawnHost({ folder: folder.path, environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey } })
  try {
    const peer = await host.connect()
    await peer.call('sync.run', {})
    const { streamId } = (await peer.call('connections.request', { connectionId: 'n8n', path: '/endless', stream: true })).result as {
      streamId: string
    }
    for (let piece = 0; piece < 3; piece += 1)
      expect((await peer.call('connections.readBody', { streamId })).result).toMatchObject({ isLast: false })
    const waiting = peer.call('connections.readBody', { streamId }).catch(() => null)
    await host.end('SIGKILL')
    await peer.closed
    await Promise.race([waiting, peer.closed])
    expect(JSON.stringify(peer.messages)).not.toContain('"isLast":true')
    await expect.poll(() => isClosed, { timeout: 5000 }).toBe(true)
  } finally {
    await host.end('SIGKILL')
    await nango.stop()
    folder.remove()
  }
})
