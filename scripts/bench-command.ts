import { type ChildProcess, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnectorCatalogue } from '#core/catalogue/connector-catalogue'
import { createCore } from '#core/create-core'
import { createNodePlatform } from '#cli/serve/platform-node'
import {
  type Client,
  CLI,
  environmentOf,
  firstLine,
  openClient,
  reconcile,
  type Stand,
  startHost,
  stopHost,
  untilAnswered,
  untilQuiet,
  withAwakeProcessors,
} from './bench-host.ts'
import { median, quantile, report } from './bench-report.ts'
import { root } from './tool.ts'

const CONNECTIONS = 10_000

/** From spawning `serve` to a socket that answers; the folder holds 10,000 connections. */
export const benchStart = async (stand: Stand, folder: string): Promise<void> => {
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
  const bare = Array.from({ length: 9 }, () => timedCommand([empty], {}))
  report('node-host-ready-10000', median(times.slice(1)), 400, 'ms', `an empty script on the same Node ${median(bare).toFixed(0)} ms`)
}

/** How long a command of this Node takes from its start to its end, milliseconds. Throws what it says when it fails. */
export const timedCommand = (args: readonly string[], environment: NodeJS.ProcessEnv): number => {
  const begun = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(stderr.toString())
  return performance.now() - begun
}

const getTimes = async (client: Client, ids: readonly string[]): Promise<number[]> => {
  const times: number[] = []
  for (let round = 0; round < 12_000; round += 1) {
    const begun = performance.now()
    await client.call('connections.get', { connectionId: ids[round % ids.length] })
    if (round >= 2000) times.push((performance.now() - begun) * 1000)
  }
  return times
}

const httpTimes = async (stand: Stand, ids: readonly string[]): Promise<number[]> => {
  const times: number[] = []
  for (let round = 0; round < 300; round += 1) {
    const begun = performance.now()
    const reply = await fetch(`${stand.url}/connections/${ids[round % ids.length]}?provider_config_key=n8n`, {
      headers: { authorization: `Bearer ${stand.secretKey}` },
    })
    await reply.text()
    times.push((performance.now() - begun) * 1000)
  }
  return times
}

/** One connection over the socket of a host that has nothing else to do. */
export const benchGet = async (stand: Stand, folder: string, host: ChildProcess): Promise<void> => {
  const client = await openClient(folder)
  await reconcile(client, CONNECTIONS)
  await untilQuiet(host)
  const { connections } = (await client.call('connections.list', { limit: 500 })) as {
    connections: { connectionId: string; nangoConnectionId: string }[]
  }
  const ids = connections.map(({ connectionId }) => connectionId)
  const asleep = await getTimes(client, ids)
  const { times, http } = await withAwakeProcessors(async () => ({
    times: await getTimes(client, ids),
    http: await httpTimes(
      stand,
      connections.map(({ nangoConnectionId }) => nangoConnectionId),
    ),
  }))
  client.close()
  const us = (values: readonly number[], part: number): string => `${quantile(values, part).toFixed(0)} us`
  const beside = (part: number): string[] => [
    `the same read at Nango's API ${us(http, part)}`,
    `both with processors kept awake; where they sleep between two calls ${us(asleep, part)}`,
  ]
  report('connections-get-p50', median(times), 150, 'us', ...beside(0.5))
  report('connections-get-p99', quantile(times, 0.99), 1000, 'us', ...beside(0.99))
}

/** A whole command against a script that does nothing, on the same Node. */
export const benchCommand = (stand: Stand, folder: string): void => {
  const empty = join(folder, 'empty.mjs')
  writeFileSync(empty, '')
  const ours: number[] = []
  const bare: number[] = []
  for (let run = 0; run < 41; run += 1) {
    bare.push(timedCommand([empty], {}))
    ours.push(timedCommand([CLI, 'connections', 'list', '--json', '--no-autostart'], environmentOf(stand, folder)))
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
export const benchCatalogue = (): void => {
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

/** What the first comparison with 10,000 costs beyond the bare page requests. */
export const benchReconcile = async (stand: Stand): Promise<void> => {
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
