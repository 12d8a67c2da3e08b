import { createServer } from 'node:http'

/** A proxy that answers nothing and notes who asked: whatever reaches it wanted to leave this computer. */
export interface OutsideWatch {
  readonly environment: Readonly<Record<string, string>>
  readonly asked: readonly string[]
  stop(): Promise<void>
}

/** Starts it on loopback; every program given `environment` sends its outward calls here. */
export const startOutsideWatch = async (): Promise<OutsideWatch> => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(502).end()
  })
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`)
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the watch has no port')
  const proxy = `http://127.0.0.1:${address.port}`
  return {
    environment: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '127.0.0.1,localhost' },
    asked,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
