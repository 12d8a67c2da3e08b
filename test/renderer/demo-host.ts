import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { WebSocketServer } from 'ws'
import { RpcRequest, toRpc } from '#shared/wire'
import type { Demo } from './demo-api.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Serves a built window under the policy of the real hosts, and answers its socket from a demo. Loopback only. */
export const startDemoHost = async (folder: string, demo: Demo) => {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://host').pathname)
    const file = join(folder, path === '/' ? 'index.html' : path)
    const { port } = server.address() as AddressInfo
    readFile(file).then(
      (content) => {
        response.writeHead(200, {
          'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
          'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self' ws://127.0.0.1:${port}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types patchbay`,
        })
        response.end(content)
      },
      () => response.writeHead(404).end(),
    )
  })
  const sockets = new WebSocketServer({ server, path: '/rpc' })
  sockets.on('connection', (socket) => {
    const end = demo.onEvent((event) => socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'event', params: event })))
    socket.on('close', end)
    socket.on('message', (data) => {
      const { id = null, method, params } = RpcRequest.parse(JSON.parse(String(data)))
      void demo.call(method, params).then((reply) => socket.send(JSON.stringify(toRpc(id, reply))))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = async (): Promise<void> => {
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${port}/`, stop, dropSockets: () => sockets.clients.forEach((socket) => socket.terminate()) }
}
