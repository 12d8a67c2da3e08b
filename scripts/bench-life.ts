import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCore } from '#core/create-core'
import { createNodePlatform } from '#cli/serve/platform-node'
import type { Bulk } from '#shared/contract/bulk'
import type { Flow } from '#shared/contract/connect'
import {
  type Client,
  environmentOf,
  firstLine,
  memoryOf,
  openClient,
  reconcile,
  startHost,
  startStand,
  type StartedStand,
  stopHost,
} from './bench-host.ts'
import { median, ms, quantile, report } from './bench-report.ts'
import { root } from './tool.ts'

// What happens to connections after they are made: a sign-in begins, many are looked at, labelled, kept true.

const COUNT = 10_000
const LOOKED_AT = 500
const ENDED = 10
/** A window of Nango's limit as it is, but for its length. */
const REQUESTS = 200

/** Programs that open a browser, with nothing behind them. */
const emptyBrowser = (folder: string): NodeJS.ProcessEnv => {
  const programs = join(folder, 'programs')
  mkdirSync(programs, { recursive: true })
  for (const name of ['xdg-open', 'open', 'xdg-settings', 'xdg-mime']) {
    const file = join(programs, name)
    writeFileSync(file, '#!/bin/sh\nexit 0\n')
    chmodSync(file, 0o755)
  }
  return { PATH: `${programs}:${process.env['PATH'] ?? ''}`, DISPLAY: ':0' }
}

const elapsed = async (act: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now()
  await act()
  return performance.now() - begun
}

const SIGN_INS = 20

/** From the wish to sign in to the end of the program that opens the browser, all that is looked at before included. */
const benchPreflight = async ({ stand }: StartedStand, client: Client): Promise<void> => {
  const times: number[] = []
  const bare: number[] = []
  for (let round = 0; round < SIGN_INS; round += 1) {
    let flowId = ''
    const took = await elapsed(async () => {
      const flow = await client.call<Flow>('connect.start', {
        connectorId: 'github',
        label: `sign-in ${round}`,
        // There is no program to put in its place on Windows.
        open: process.platform !== 'win32',
      })
      if (flow.state !== 'waiting') throw new Error(`The flow is ${flow.state}: ${flow.error?.message ?? ''}`)
      flowId = flow.flowId
    })
    times.push(took)
    await client.call('connect.cancel', { flowId })
    bare.push(
      await elapsed(async () => {
        const reply = await fetch(`${stand.url}/connect/sessions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${stand.secretKey}`, 'content-type': 'application/json' },
          body: JSON.stringify({ end_user: { id: 'bench' }, allowed_integrations: ['github'] }),
        })
        if (reply.status !== 201) throw new Error(await reply.text())
      }),
    )
  }
  report(
    'preflight-to-browser-p95',
    quantile(times, 0.95),
    300,
    'ms',
    `of ${SIGN_INS}; median ${ms(median(times))}. Nothing looked at, POST /connect/sessions alone: median ${ms(median(bare))}`,
  )
}

/** Pages of 100 by several orders, the first and deep ones, until `isOver`; at least so many. */
const listPages = async (client: Client, least: number, isOver: () => boolean): Promise<number[]> => {
  const times: number[] = []
  const cursors = new Map<string, string | null>()
  for (let round = 0; round < least || !isOver(); round += 1) {
    const sort = ['status', 'createdAt', 'name'][round % 3] ?? 'status'
    const cursor = round % 4 === 0 ? null : (cursors.get(sort) ?? null)
    times.push(
      await elapsed(async () => {
        const { nextCursor } = await client.call<{ nextCursor: string | null }>('connections.list', {
          sort,
          limit: 100,
          ...(cursor !== null && { cursor }),
        })
        cursors.set(sort, nextCursor)
      }),
    )
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return times
}

interface Run {
  readonly bulk: Bulk
  readonly took: number
  readonly pages: readonly number[]
  readonly most: number
}

/** A run over many from its start to its end, with somebody who scrolls through the list meanwhile. */
const runWith = async (client: Client, other: Client, pid: number | undefined, params: object): Promise<Run> => {
  const begun = performance.now()
  const { bulk } = await client.call<{ bulk: Bulk | null }>('bulk.start', params)
  if (bulk === null) throw new Error('Nothing was started.')
  let isOver = false
  let most = 0
  const pages = listPages(other, 1, () => isOver)
  let now = bulk
  while (now.endedAt === null) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    most = Math.max(most, memoryOf(pid))
    now = await client.call<Bulk>('bulk.get', { bulkId: bulk.bulkId })
  }
  const took = performance.now() - begun
  isOver = true
  return { bulk: now, took, pages: await pages, most }
}

/** The same looks by a script that paces nothing: how many Nango refuses. */
const benchUnpaced = async ({ stand, asked }: StartedStand): Promise<number> => {
  const before = await asked()
  await Promise.all(
    Array.from({ length: LOOKED_AT }, async (_, index) => {
      const reply = await fetch(`${stand.url}/proxy/v1/models`, {
        headers: {
          authorization: `Bearer ${stand.secretKey}`,
          'connection-id': `bench-${String(index * 20).padStart(6, '0')}`,
          'provider-config-key': 'openai',
        },
      })
      await reply.text()
    }),
  )
  return (await asked()).tooMany - before.tooMany
}

const benchMany = async (started: StartedStand, pid: number | undefined, client: Client, other: Client): Promise<void> => {
  const quiet = await listPages(other, 60, () => true)
  await started.limit(REQUESTS, 1)
  // What a service answers through Nango tells nothing of Nango's own limit: the next page of its list does.
  await client.call('sync.run', {})
  const before = await started.asked()
  const looks = await runWith(client, other, pid, { action: 'verify', connectorId: 'openai', all: true })
  const after = await started.asked()
  const { done, failed } = looks.bulk.counts
  if (failed !== ENDED || done + failed !== LOOKED_AT)
    throw new Error(`Of ${LOOKED_AT} looks there were ${JSON.stringify(looks.bulk.counts)}.`)
  // In the middle of a window that the run has left behind.
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const unpaced = await benchUnpaced(started)
  report(
    'bulk-verify-500-429s',
    after.tooMany - before.tooMany,
    0,
    'answers',
    `${ms(looks.took)} with ${REQUESTS} requests allowed in a second (Nango: in a minute), half of them for a run; ${failed} of ${ENDED} that have ended were found`,
    `a script that asks for all at once: ${unpaced} of ${LOOKED_AT} refused with 429`,
  )
  await started.limit(10_000, 1)
  const labels: Run[] = []
  for (let round = 0; round < 4; round += 1)
    labels.push(await runWith(client, other, pid, { action: 'label', all: true, label: `${round} {connection_id}` }))
  const pages = [...looks.pages, ...labels.flatMap((run) => run.pages)]
  report(
    'list-page-while-bulk-p95',
    quantile(pages, 0.95),
    20,
    'ms',
    `${pages.length} pages while 500 are looked at (p95 ${ms(quantile(looks.pages, 0.95))}) and 10,000 labelled four times (${ms(median(labels.map(({ took }) => took)))} each); without: ${ms(quantile(quiet, 0.95))}`,
  )
  // The first ones fill the caches of the database.
  const [, second, , last] = labels
  report(
    'bulk-memory-growth',
    (last?.most ?? Number.NaN) - (second?.most ?? Number.NaN),
    MEMORY_LIMIT,
    'MB',
    `VmRSS at its highest, in MiB: ${labels.map(({ most }) => most.toFixed(0)).join(', ')} in four runs over 10,000`,
  )
}

const MEMORY_LIMIT = 20
/** A minute of the host, in fast motion. */
const MINUTE_MS = 2_000
const MINUTES = 3

/** What a host asks in a minute while nobody does anything: the list, and looks at services. */
const benchKeptTrue = async ({ stand, limit, asked }: StartedStand, folder: string): Promise<void> => {
  await limit(REQUESTS, MINUTE_MS / 1000)
  const platform = createNodePlatform({ version: '0', isHeadless: true, environment: environmentOf(stand, folder) })
  const core = createCore(platform, {
    catalogueFile: join(root, 'resources/catalogue.json'),
    idleIntervalMs: MINUTE_MS,
    probeTurnMs: MINUTE_MS,
  })
  await core.start()
  try {
    const reply = await core.dispatch({ kind: 'cli', isTrusted: true, terminal: null }, 'sync.run', {})
    if (!reply.ok || (reply.value as { seen: number }).seen !== COUNT) throw new Error(JSON.stringify(reply))
    const before = await asked()
    const took = await elapsed(() => new Promise((resolve) => setTimeout(resolve, MINUTES * MINUTE_MS)))
    const after = await asked()
    report(
      'kept-true-10000-requests',
      ((after.requests - before.requests) * MINUTE_MS) / took,
      50,
      'a minute',
      `${MINUTES} minutes at ${60_000 / MINUTE_MS} times their pace: the list in pages of 2,000, and 20 looks at services; ${after.tooMany - before.tooMany} answers of 429`,
      `a request for each connection, as a script without the list would make them: ${COUNT}, at 200 a minute once in ${COUNT / 200} minutes`,
    )
  } finally {
    await core.stop()
  }
}

/** The figures of the life of a connection; `folder` is taken away by whoever gave it. */
export const benchLife = async (
  newFolder: () => string,
  attempt: (name: string, act: () => Promise<void>) => Promise<void>,
): Promise<void> => {
  const started = await startStand(COUNT, 'life')
  const folder = newFolder()
  const host = startHost(started.stand, folder, [], emptyBrowser(newFolder()))
  try {
    await firstLine(host)
    const client = await openClient(folder)
    const other = await openClient(folder)
    await reconcile(client, COUNT)
    await attempt('preflight-to-browser-p95', () => benchPreflight(started, client))
    await attempt('bulk-verify-500-429s', () => benchMany(started, host.pid, client, other))
    client.close()
    other.close()
    await stopHost(host)
    await attempt('kept-true-10000-requests', () => benchKeptTrue(started, newFolder()))
  } finally {
    await stopHost(host)
    started.stop()
  }
}
