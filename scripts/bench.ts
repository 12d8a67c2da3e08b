import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createConnectorCatalogue } from '#core/catalogue/connector-catalogue'
import { createCore } from '#core/create-core'
import { createNodePlatform } from '#cli/serve/platform-node'
import { root, say } from './tool.ts'

// Every figure is printed as `name measured/limit unit`, beside what a person would use instead. Times are taken from the
// bundled files with a warm page cache, by a clock that never jumps.

const CLI = join(root, 'out/cli/patchbay.cjs')
const CONNECTIONS = 10_000

interface Stand {
  readonly url: string
  readonly secretKey: string
}

let hasFailed = false

const report = (name: string, measured: number, limit: number, unit: string, beside = ''): void => {
  const isWithin = measured <= limit
  hasFailed ||= !isWithin
  say(
    `${name} ${Number(measured.toFixed(measured < 10 ? 2 : 0))}/${limit} ${unit}${isWithin ? '' : '  OVER'}${beside === '' ? '' : `  (${beside})`}`,
  )
}

const quantile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}
const median = (values: readonly number[]): number => quantile(values, 0.5)

const firstLine = async (child: ChildProcess): Promise<string> => {
  const lines = createInterface({ input: child.stdout ?? process.stdin })
  const [line] = (await once(lines, 'line')) as [string]
  return line
}

const startStand = async (): Promise<{ stand: Stand; stop: () => void }> => {
  const child = fork(join(root, 'scripts/bench-stand-in.ts'), [String(CONNECTIONS)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const stand = JSON.parse(await firstLine(child)) as Stand
  return { stand, stop: () => child.kill('SIGKILL') }
}

const environmentOf = (stand: Stand, folder: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  PATCHBAY_HOME: folder,
  NANGO_HOST: stand.url,
  NANGO_SECRET_KEY: stand.secretKey,
})

/** A client of the socket that does nothing but the protocol. */
const openClient = async (folder: string): Promise<{ call: (method: string, params: object) => Promise<unknown>; close: () => void }> => {
  const path = join(folder, 'patchbay.sock')
  const socket: Socket = connect(path)
  await once(socket, 'connect')
  const waiting = new Map<number, (answer: { result?: unknown; error?: { message: string } }) => void>()
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const answer = JSON.parse(line) as { id: number; result?: unknown; error?: { message: string } }
      waiting.get(answer.id)?.(answer)
      waiting.delete(answer.id)
    }
  })
  let ids = 0
  const call = async (method: string, params: object): Promise<unknown> => {
    ids += 1
    const id = ids
    const answered = new Promise<{ result?: unknown; error?: { message: string } }>((resolve) => waiting.set(id, resolve))
    socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
    const { result, error } = await answered
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result
  }
  const key = createPrivateKey(readFileSync(join(folder, 'cli.key')))
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
  const { nonce } = (await call('system.hello', { client: { name: 'bench', version: '1', publicKey } })) as { nonce: string }
  await call('system.prove', { signature: sign(null, Buffer.from(`patchbay-prove\n${nonce}\n${path}`), key).toString('base64') })
  return { call, close: () => socket.destroy() }
}

const startHost = (stand: Stand, folder: string): ChildProcess =>
  spawn(process.execPath, [CLI, 'serve', '--json'], { env: environmentOf(stand, folder), stdio: ['ignore', 'pipe', 'inherit'] })

const stopHost = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** Resolves when the socket takes a connection. */
const untilAnswered = async (folder: string): Promise<void> => {
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(join(folder, 'patchbay.sock'))
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

const benchStart = async (stand: Stand, folder: string): Promise<void> => {
  const times: number[] = []
  for (let run = 0; run < 9; run += 1) {
    const begun = performance.now()
    const child = startHost(stand, folder)
    const line = firstLine(child)
    await untilAnswered(folder)
    times.push(performance.now() - begun)
    await line
    await stopHost(child)
  }
  const empty = join(folder, 'empty.mjs')
  writeFileSync(empty, '')
  const bare = Array.from({ length: 9 }, () => timed([empty], {}))
  report('node-host-ready-10000', median(times.slice(1)), 400, 'ms', `an empty script on the same Node ${median(bare).toFixed(0)} ms`)
}

const timed = (args: readonly string[], environment: NodeJS.ProcessEnv): number => {
  const begun = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(stderr.toString())
  return performance.now() - begun
}

const benchGet = async (stand: Stand, folder: string): Promise<void> => {
  const client = await openClient(folder)
  const { connections } = (await client.call('connections.list', { limit: 500 })) as {
    connections: { connectionId: string; nangoConnectionId: string }[]
  }
  const times: number[] = []
  for (let round = 0; round < 12_000; round += 1) {
    const { connectionId } = connections[round % connections.length] ?? { connectionId: '' }
    const begun = performance.now()
    await client.call('connections.get', { connectionId })
    if (round >= 2000) times.push((performance.now() - begun) * 1000)
  }
  client.close()
  const http: number[] = []
  for (let round = 0; round < 300; round += 1) {
    const { nangoConnectionId } = connections[round % connections.length] ?? { nangoConnectionId: '' }
    const begun = performance.now()
    const reply = await fetch(`${stand.url}/connections/${nangoConnectionId}?provider_config_key=n8n`, {
      headers: { authorization: `Bearer ${stand.secretKey}` },
    })
    await reply.text()
    http.push((performance.now() - begun) * 1000)
  }
  report('connections-get-p50', median(times), 150, 'us', `the same read at Nango's API ${median(http).toFixed(0)} us`)
  report('connections-get-p99', quantile(times, 0.99), 1000, 'us', `the same read at Nango's API ${quantile(http, 0.99).toFixed(0)} us`)
}

const benchCommand = (stand: Stand, folder: string): void => {
  const empty = join(folder, 'empty.mjs')
  writeFileSync(empty, '')
  const ours: number[] = []
  const bare: number[] = []
  for (let run = 0; run < 25; run += 1) {
    bare.push(timed([empty], {}))
    ours.push(timed([CLI, 'connections', 'list', '--json', '--no-autostart'], environmentOf(stand, folder)))
  }
  report(
    'cli-connections-list-over-empty-script',
    median(ours) / median(bare),
    1.5,
    'times',
    `${median(ours).toFixed(0)} ms against ${median(bare).toFixed(0)} ms`,
  )
}

/** A search as it is typed, letter by letter, over the whole catalogue. */
const benchSearch = (): void => {
  const catalogue = createConnectorCatalogue({ catalogueFile: join(root, 'resources/catalogue.json'), environment: {} })
  const view = { usesNango: false, integrations: [], isKnown: false, definitions: new Map() }
  const words = ['google calendar', 'salesforce', 'saleforce', 'api', 'e-commerce', 'zzzz', 'mcp']
  const typed = words.flatMap((word) => Array.from(word, (_, index) => word.slice(0, index + 1)))
  const times: number[] = []
  for (let round = 0; round < 6; round += 1) {
    for (const search of typed) {
      const begun = performance.now()
      catalogue.list({ search }, view)
      if (round > 0) times.push(performance.now() - begun)
    }
  }
  report('catalogue-search-1013-p95', quantile(times, 0.95), 10, 'ms', `median ${median(times).toFixed(1)} ms`)
}

const PAGE = 2000

const benchReconcile = async (stand: Stand): Promise<void> => {
  const { Nango } = await import('@nangohq/node')
  const sdk = new Nango({ host: stand.url, secretKey: stand.secretKey })
  const readBare = async (): Promise<number> => {
    const begun = performance.now()
    for (let page = 0; ; page += 1) {
      const { connections } = await sdk.listConnections({ limit: PAGE, page } as Parameters<typeof sdk.listConnections>[0] & object)
      if (connections.length < PAGE) return performance.now() - begun
      if (page > 50) throw new Error('The SDK does not page.')
    }
  }
  const readOurs = async (): Promise<number> => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-bench-'))
    const platform = createNodePlatform({ version: '0', isHeadless: true, environment: { ...environmentOf(stand, folder) } })
    const core = createCore(platform, { catalogueFile: join(root, 'resources/catalogue.json'), idleIntervalMs: 3_600_000 })
    await core.start()
    const begun = performance.now()
    const reply = await core.dispatch({ kind: 'cli', isTrusted: true, terminal: null }, 'sync.run', {})
    const took = performance.now() - begun
    if (!reply.ok || (reply.value as { seen: number }).seen !== CONNECTIONS) throw new Error(JSON.stringify(reply))
    await core.stop()
    rmSync(folder, { recursive: true, force: true })
    return took
  }
  const bare: number[] = []
  const added: number[] = []
  for (let run = 0; run < 7; run += 1) {
    const reading = await readBare()
    const ours = await readOurs()
    if (run === 0) continue
    bare.push(reading)
    added.push(ours - reading)
  }
  report(
    'first-reconciliation-10000-added',
    median(added),
    300,
    'ms',
    `the bare page requests of @nangohq/node ${median(bare).toFixed(0)} ms`,
  )
}

const folder = mkdtempSync(join(tmpdir(), 'patchbay-bench-'))
const { stand, stop } = await startStand()
try {
  const first = startHost(stand, folder)
  await firstLine(first)
  const client = await openClient(folder)
  await client.call('sync.run', {})
  client.close()
  await stopHost(first)
  await benchStart(stand, folder)
  const host = startHost(stand, folder)
  await firstLine(host)
  await benchGet(stand, folder)
  benchCommand(stand, folder)
  await stopHost(host)
  await benchReconcile(stand)
  benchSearch()
} finally {
  stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = hasFailed ? 1 : 0
