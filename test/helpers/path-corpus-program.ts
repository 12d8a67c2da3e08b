import { closeSync, openSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { HttpServer } from '#cli/serve/http-server'
import { answerRequest, APP_ORIGIN, AUTH_ORIGIN, contentSecurityPolicy, listServedFiles, type Site } from '#electron/protocol'
import { hostilePaths } from '#test/security/path-corpus'
import { createSmallCore } from '#test/transports/small-core'

// Asks every place that serves files for the whole corpus, in a process of its own that can be watched. Between the two marks
// nothing but requests is handled.

const [folder = '', asset = '', authAsset = ''] = process.argv.slice(2)

const mark = (name: string): void => closeSync(openSync(join(folder, '..', name), 'r'))

interface Answer {
  readonly status: number
  readonly body: string
}

const server = new HttpServer({ core: createSmallCore(), rendererFolder: folder, port: 0, now: () => performance.now() })
await server.start()

/** Sends the path byte for byte as it is; no client has a chance to tidy it up. */
const askServer = (host: string, path: string, cookie: string): Promise<Answer> =>
  new Promise((resolve) => {
    let got = ''
    const socket = connect({ host: '127.0.0.1', port: server.port }, () => {
      const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${cookie === '' ? '' : `Cookie: ${cookie}\r\n`}\r\n`
      socket.write(head)
    })
    socket.on('data', (chunk) => (got += chunk.toString('latin1')))
    socket.on('error', () => {})
    socket.on('close', () => {
      const end = got.indexOf('\r\n\r\n')
      resolve({ status: Number(got.slice(9, 12)), body: end < 0 ? '' : got.slice(end + 4) })
    })
  })

const askSite =
  (site: Site, origin: string) =>
  async (path: string): Promise<Answer> => {
    const response = await answerRequest(site, { url: `${origin}${path}`, method: 'GET' })
    return { status: response.status, body: await response.text() }
  }

const siteOf = (origin: string, start: string): Site => ({
  files: listServedFiles(folder, origin, start),
  contentSecurityPolicy: contentSecurityPolicy(),
  openerPolicy: 'same-origin',
})

const appHost = new URL(server.issueUrl()).host
const authHost = new URL(server.authWindowUrl('x')).host
const opening = new URL(server.issueUrl())
const opened = await new Promise<string>((resolve) => {
  let got = ''
  const socket = connect({ host: '127.0.0.1', port: server.port }, () =>
    socket.write(`GET ${opening.pathname}${opening.search} HTTP/1.1\r\nHost: ${appHost}\r\nConnection: close\r\n\r\n`),
  )
  socket.on('data', (chunk) => (got += chunk.toString('latin1')))
  socket.on('close', () => resolve(got))
})
const cookie = /^set-cookie: ([^;]+)/im.exec(opened)?.[1] ?? ''

const places = [
  { place: 'the window of the Node host', start: '/', asset, ask: (path: string) => askServer(appHost, path, cookie) },
  {
    place: 'the sign-in page of the Node host',
    start: '/auth-window/',
    asset: authAsset,
    ask: (path: string) => askServer(authHost, path, ''),
  },
  { place: 'the window of the desktop app', start: '/', asset, ask: askSite(siteOf(APP_ORIGIN, '/index.html'), APP_ORIGIN) },
  {
    place: 'the sign-in page of the desktop app',
    start: '/',
    asset: authAsset,
    ask: askSite(siteOf(AUTH_ORIGIN, '/auth-window/index.html'), AUTH_ORIGIN),
  },
]

const answers: { place: string; path: string; isHostile: boolean; status: number; body: string }[] = []
// The sign-in page lists its folder when it is first asked for.
await askServer(authHost, '/auth-window/none', '')
mark('begin.mark')
for (const { place, start, asset: own, ask } of places) {
  for (const path of [start, own]) answers.push({ place, path, isHostile: false, ...(await ask(path)) })
  for (const path of hostilePaths(own)) answers.push({ place, path, isHostile: true, ...(await ask(path)) })
}
mark('end.mark')
await server.stop()
process.stdout.write(JSON.stringify(answers))
