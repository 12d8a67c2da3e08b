import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A server of a test, on loopback and a free port. */
export interface LocalServer {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export const listen = async (server: Server, scheme = 'http'): Promise<LocalServer> => {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

export const startServer = (handler: RequestListener): Promise<LocalServer> => listen(createServer(handler))

/** Answers every request with this JSON. */
export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): RequestListener => {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    response.end(JSON.stringify(value))
  }
}

export const readText = async (message: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** A private authority and a certificate of it for 127.0.0.1, made by openssl. */
export const makeCertificates = (): { readonly authorityPem: string; readonly certificate: Buffer; readonly key: Buffer } => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-certificates-'))
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...elliptic, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test Authority', '-days', '2')
  openssl('req', ...elliptic, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=127.0.0.1')
  writeFileSync(join(folder, 'san'), 'subjectAltName=IP:127.0.0.1\n')
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'server.pem',
    '-days',
    '2',
    '-extfile',
    'san',
  )
  return {
    authorityPem: readFileSync(join(folder, 'ca.pem'), 'utf8'),
    certificate: readFileSync(join(folder, 'server.pem')),
    key: readFileSync(join(folder, 'server.key')),
  }
}

export const startTlsServer = (
  certificates: { readonly certificate: Buffer; readonly key: Buffer },
  handler: RequestListener,
): Promise<LocalServer> => listen(createTlsServer({ cert: certificates.certificate, key: certificates.key }, handler), 'https')

/** A proxy that writes down what went through it: absolute addresses for http, `host:port` for tunnels. */
export const startProxy = async (): Promise<LocalServer & { readonly seen: string[] }> => {
  const seen: string[] = []
  const server = createServer((incoming, outgoing) => {
    seen.push(incoming.url ?? '')
    const onward = request(incoming.url ?? '', { method: incoming.method, headers: incoming.headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(outgoing)
    })
    onward.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(onward)
  })
  server.on('connect', (incoming, client: Socket, head: Buffer) => {
    seen.push(incoming.url ?? '')
    const [host, port] = (incoming.url ?? '').split(':')
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    client.on('error', () => upstream.destroy())
  })
  return { ...(await listen(server)), seen }
}
