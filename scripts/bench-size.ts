import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import type { Connection } from '#shared/contract/connections'
import { ConnectionSort } from '#shared/contract/connections'
import { type Client, memoryOf, type Stand } from './bench-host.ts'
import { median, ms, quantile, report } from './bench-report.ts'

interface Page {
  readonly connections: readonly Connection[]
  readonly nextCursor: string | null
}

const timesOf = async (rounds: number, act: (round: number) => Promise<unknown>): Promise<number[]> => {
  const times: number[] = []
  for (let round = 0; round < rounds + 3; round += 1) {
    const begun = performance.now()
    await act(round)
    // The first ones fill the caches.
    if (round >= 3) times.push(performance.now() - begun)
  }
  return times
}

/** The slowest of several kinds, by the 95th percentile. */
const worstOf = (kinds: ReadonlyMap<string, readonly number[]>): { readonly name: string; readonly p95: number; readonly all: string } => {
  const p95s = [...kinds].map(([name, times]) => ({ name, p95: quantile(times, 0.95) })).toSorted((left, right) => right.p95 - left.p95)
  const worst = p95s[0] ?? { name: '', p95: Number.NaN }
  return { ...worst, all: p95s.map(({ name, p95 }) => `${name} ${ms(p95)}`).join(', ') }
}

/** Nango's own list call, with or without a search, over HTTP. */
const askNango = async (stand: Stand, query: string): Promise<void> => {
  const reply = await fetch(`${stand.url}/connections?${query}`, { headers: { authorization: `Bearer ${stand.secretKey}` } })
  await reply.json()
}

/** A page of 100 by each order, first and deep inside, over the socket of a host with 100,000 connections. */
export const benchListPage = async (stand: Stand, client: Client): Promise<void> => {
  const kinds = new Map<string, number[]>()
  for (const sort of ConnectionSort.options) {
    for (const descending of [false, true]) {
      let cursor: string | null = null
      // Forty pages on end and the first one in between: what scrolling asks for.
      const times = await timesOf(40, async (round) => {
        const from = round % 4 === 0 || cursor === null ? {} : { cursor }
        const page = await client.call<Page>('connections.list', { sort, descending, limit: 100, ...from })
        cursor = page.nextCursor
        if (page.connections.length !== 100) throw new Error(`A page by ${sort} has ${page.connections.length}.`)
      })
      kinds.set(`${sort}${descending ? ' down' : ''}`, times)
    }
  }
  const nango = await timesOf(15, (round) => askNango(stand, `limit=100&page=${round * 40}`))
  const worst = worstOf(kinds)
  report(
    'list-page-100000-p95',
    worst.p95,
    20,
    'ms',
    `over the socket, the slowest order (${worst.name}): ${worst.all}`,
    `Nango's list over HTTP, a page of 100: p95 ${ms(quantile(nango, 0.95))}`,
  )
}

/** What is looked for, by what makes it hard; each kind in several words. */
const SEARCHES: Readonly<Record<string, readonly string[]>> = {
  rare: ['4999.', 'bench-077', 'ada.123456', 'p49 katarzyna'],
  frequent: ['example', 'hoffmann', 'sales', 'com'],
  'two words': ['grace billing', 'liu brandt', 'team 5'],
  'two letters': ['jo', 'xq', '77'],
  'one letter': ['a', 'z', '9'],
  'no match': ['qqqq', 'zz top zz', 'hoffmann9'],
}

const FIELDS = ['handle', 'label', 'mail', 'tags', 'notes'] as const

/** The same rows in a plain table, as a script of one's own would keep them. */
const plainTable = async (client: Client): Promise<DatabaseSync> => {
  const table = new DatabaseSync(':memory:')
  table.exec(`CREATE TABLE connections (id TEXT PRIMARY KEY, ${FIELDS.map((name) => `${name} TEXT`).join(', ')}) STRICT`)
  const insert = table.prepare('INSERT INTO connections VALUES (?, ?, ?, ?, ?, ?)')
  table.exec('BEGIN')
  let cursor: string | null = null
  do {
    const page: Page = await client.call<Page>('connections.list', { limit: 500, sort: 'createdAt', ...(cursor !== null && { cursor }) })
    for (const { connectionId, handle, label, identity, tags, notes } of page.connections)
      insert.run(connectionId, handle, label, identity?.email ?? null, JSON.stringify(tags), notes)
    cursor = page.nextCursor
  } while (cursor !== null)
  table.exec('COMMIT')
  return table
}

/** The first 50 matches of searches of every kind, over the socket. */
export const benchSearch = async (stand: Stand, client: Client): Promise<void> => {
  const kinds = new Map<string, number[]>()
  const scans: number[] = []
  const nango: number[] = []
  const table = await plainTable(client)
  const scan = table.prepare(
    `SELECT * FROM connections WHERE ${FIELDS.map((name) => `${name} LIKE ?`).join(' OR ')} ORDER BY label LIMIT 50`,
  )
  for (const [kind, words] of Object.entries(SEARCHES)) {
    const wordOf = (round: number): string => words[round % words.length] ?? ''
    kinds.set(kind, await timesOf(30, (round) => client.call<Page>('connections.list', { search: wordOf(round), limit: 50 })))
    scans.push(...(await timesOf(2, async (round) => scan.all(...FIELDS.map(() => `%${wordOf(round)}%`)))))
    nango.push(...(await timesOf(3, (round) => askNango(stand, `limit=50&search=${encodeURIComponent(wordOf(round))}`))))
  }
  table.close()
  const worst = worstOf(kinds)
  report(
    'search-first-50-100000-p95',
    worst.p95,
    20,
    'ms',
    `over the socket, the slowest kind (${worst.name}): ${worst.all}`,
    `LIKE over the same rows in a plain SQLite table, no socket: median ${ms(median(scans))}, p95 ${ms(quantile(scans, 0.95))}`,
    `Nango's own search, which knows id, name and mail, over HTTP: median ${ms(median(nango))}, p95 ${ms(quantile(nango, 0.95))}`,
  )
}

/** Runs something while the host counts how long its event loop stands still; the host has bench-loop-delay.mjs loaded. */
export const withLoopDelay = async (host: ChildProcess, act: () => Promise<void>): Promise<{ longestMs: number; p99Ms: number }> => {
  host.send('begin')
  await act()
  const told = once(host, 'message')
  host.send('end')
  const [delay] = (await told) as [{ longestMs: number; p99Ms: number }]
  return delay
}

/** What a host has in use, by VmRSS: the highest of a few looks. */
export const settledMemory = async (host: ChildProcess): Promise<number> => {
  const looks: number[] = []
  for (let look = 0; look < 5; look += 1) {
    looks.push(memoryOf(host.pid))
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return Math.max(...looks)
}
