import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchCrowd, benchPipeline, benchRequest } from './bench-automation.ts'
import { benchCatalogue, benchCommand, benchGet, benchReconcile, benchStart } from './bench-command.ts'
import { firstLine, openClient, reconcile, type Stand, startHost, startStand, stopHost, untilQuiet } from './bench-host.ts'
import { benchLife } from './bench-life.ts'
import { benchOpening } from './bench-opening.ts'
import { benchMcp } from './bench-mcp.ts'
import { failureCount, ms, report, reportMissing } from './bench-report.ts'
import { benchListPage, benchSearch, settledMemory, withLoopDelay } from './bench-size.ts'
import { benchToken } from './bench-token.ts'
import { benchPalette, benchScroll } from './bench-window.ts'
import { root, say } from './tool.ts'

// The promised figures, each taken from the bundled files with a warm page cache, by a clock that never jumps. Names given as
// arguments choose parts: `npm run bench -- window size`.

const PARTS = ['command', 'automation', 'life', 'window', 'size', 'reconcile'] as const
const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('-'))
const isWanted = (part: (typeof PARTS)[number]): boolean => wanted.length === 0 || wanted.includes(part)

/** A figure that cannot be taken is told, and the others are taken all the same. */
const attempt = async (name: string, act: () => Promise<void> | void): Promise<void> => {
  try {
    await act()
  } catch (error) {
    reportMissing(name, error)
  }
}

const folders: string[] = []
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-bench-'))
  folders.push(folder)
  return folder
}

/** A folder that knows all connections of a Nango; its host has ended. */
const filledFolder = async (stand: Stand, count: number): Promise<string> => {
  const folder = newFolder()
  const host = startHost(stand, folder)
  try {
    await firstLine(host)
    const client = await openClient(folder)
    await reconcile(client, count)
    client.close()
    await untilQuiet(host)
  } finally {
    await stopHost(host)
  }
  return folder
}

const SETTLED_MS = 60_000

interface Watched {
  readonly host: ChildProcess
  readonly folder: string
  readonly since: number
  readonly delay: { readonly longestMs: number; readonly p99Ms: number }
  readonly took: number
}

/** A new host that has just read so many connections for the first time. */
const watchedHost = async (stand: Stand, count: number): Promise<Watched> => {
  const folder = newFolder()
  const host = startHost(stand, folder, ['--import', join(root, 'scripts/bench-loop-delay.mjs')])
  await firstLine(host)
  const client = await openClient(folder)
  const begun = performance.now()
  const delay = await withLoopDelay(host, () => reconcile(client, count))
  client.close()
  return { host, folder, since: performance.now(), delay, took: performance.now() - begun }
}

const reportMemory = async ({ host, since }: Watched, name: string, limit: number): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, SETTLED_MS - (performance.now() - since))))
  report(name, await settledMemory(host), limit, 'MB', '60 s after the first comparison; VmRSS, in MiB')
}

const benchSize = async (few: Stand): Promise<void> => {
  const many = await startStand(100_000, 'mixed')
  const hosts: ChildProcess[] = []
  try {
    await attempt('host-rss', async () => {
      const small = await watchedHost(few, 10_000)
      hosts.push(small.host)
      const large = await watchedHost(many.stand, 100_000)
      hosts.push(large.host)
      report(
        'reconcile-100000-longest-block',
        large.delay.longestMs,
        50,
        'ms',
        `event loop of the host over ${ms(large.took)} of its first comparison; p99 ${ms(large.delay.p99Ms)}; with 10,000: ${ms(small.delay.longestMs)}`,
      )
      // The two wait side by side, and the window is looked at meanwhile.
      if (isWanted('window')) await benchWindow(few)
      await attempt('host-rss-10000', () => reportMemory(small, 'host-rss-10000', 200))
      await attempt('host-rss-100000', () => reportMemory(large, 'host-rss-100000', 350))
      await stopHost(small.host)
      const client = await openClient(large.folder)
      await attempt('list-page-100000-p95', () => benchListPage(many.stand, client))
      await attempt('search-first-50-100000-p95', () => benchSearch(many.stand, client))
      client.close()
      await stopHost(large.host)
      await attempt('scroll-100000', () => benchScroll(many.stand, large.folder))
    })
  } finally {
    for (const host of hosts) await stopHost(host)
    many.stop()
  }
}

const benchWindow = async (stand: Stand): Promise<void> => {
  await attempt('window-10000', async () => {
    const folder = await filledFolder(stand, 10_000)
    await attempt('window-interactive-10000', () => benchOpening(stand, folder))
    await attempt('palette-keystroke-p95', () => benchPalette(stand, folder))
  })
}

const benchCommands = async (stand: Stand): Promise<void> => {
  const folder = await filledFolder(stand, 10_000)
  await attempt('node-host-ready-10000', () => benchStart(stand, folder))
  const host = startHost(stand, folder)
  try {
    await firstLine(host)
    await attempt('connections-get', () => benchGet(stand, folder, host))
    await attempt('cli-connections-list', () => benchCommand(stand, folder))
  } finally {
    await stopHost(host)
  }
  await attempt('catalogue-search', () => benchCatalogue())
}

const benchAutomation = async (stand: Stand): Promise<void> => {
  const folder = await filledFolder(stand, 10_000)
  const host = startHost(stand, folder)
  try {
    await firstLine(host)
    await attempt('automation-10000-gets', () => benchPipeline(folder, host, 10_000))
    await attempt('automation-request-over-proxy', () => benchRequest(stand, folder))
    await attempt('crowd-200-person-read-p95', () => benchCrowd(folder))
    await attempt('token-over-empty-script', () => benchToken(stand, folder))
    await attempt('mcp-tool-over-socket', () => benchMcp(folder))
  } finally {
    await stopHost(host)
  }
}

const started = performance.now()
const { stand, stop } = await startStand(10_000)
try {
  if (isWanted('command')) await attempt('command', () => benchCommands(stand))
  if (isWanted('automation')) await attempt('automation', () => benchAutomation(stand))
  if (isWanted('life')) await attempt('life', () => benchLife(newFolder, attempt))
  if (isWanted('reconcile')) await attempt('first-reconciliation-10000-added', () => benchReconcile(stand))
  if (isWanted('size')) await attempt('size', () => benchSize(stand))
  else if (isWanted('window')) await benchWindow(stand)
} finally {
  stop()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}
const load = loadavg().map((value) => value.toFixed(1))
say(
  `${failureCount()} over their limits. It took ${((performance.now() - started) / 1000).toFixed(0)} s; load ${load.join(' ')} on ${cpus().length} processors.`,
)
process.exitCode = failureCount() > 0 ? 1 : 0
