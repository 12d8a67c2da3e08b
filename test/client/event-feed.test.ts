import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { feedFrom } from '#client/event-feed'
import { HostWire } from '#client/host-wire'
import { temporaryFolder } from '#test/transports/socket-peer'

/** Stores events and sends those that come, as the host does; counts what was read from its store. */
const startStore = async (path: string) => {
  let last = 0
  const sockets: Socket[] = []
  const store = { pagesRead: 0, subscriptions: 0, isDenied: false, breaksAfterPages: Number.POSITIVE_INFINITY }
  const eventOf = (sequence: number) => ({ sequence, type: 'sync.completed', at: '2026-01-01T00:00:00.000Z', data: {} })
  const answer = (socket: Socket, line: string): void => {
    const { id, method, params } = JSON.parse(line) as { id: number; method: string; params: { afterSequence: number; limit: number } }
    if (method === 'events.list' && store.pagesRead === store.breaksAfterPages) return void socket.destroy()
    if (method === 'events.list') store.pagesRead += 1
    else store.subscriptions += 1
    if (store.isDenied) {
      const error = { code: -32000, message: 'This caller may not do that.', data: { code: 'automation.denied' } }
      return void socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`)
    }
    const count = Math.max(0, Math.min(params.limit, last - params.afterSequence))
    const events = Array.from({ length: method === 'events.list' ? count : 0 }, (_, index) => eventOf(params.afterSequence + index + 1))
    socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: { lastSequence: last, events } })}\n`)
  }
  const server = createServer((socket) => {
    sockets.push(socket)
    let rest = ''
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) answer(socket, line)
    })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return {
    store,
    happen: (count: number): void => {
      const lines: string[] = []
      for (let index = 0; index < count; index += 1) {
        last += 1
        lines.push(`${JSON.stringify({ jsonrpc: '2.0', method: 'event', params: eventOf(last) })}\n`)
      }
      for (const socket of sockets) socket.write(lines.join(''))
    },
    stop: async (): Promise<void> => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('following events over one connection', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let host: Awaited<ReturnType<typeof startStore>>
  let wire: HostWire
  beforeEach(async () => {
    folder = temporaryFolder()
    host = await startStore(join(folder.path, 'host.sock'))
    wire = await HostWire.open(join(folder.path, 'host.sock'))
  })
  afterEach(async () => {
    wire.close()
    await host.stop()
    folder.remove()
  })

  const never = new AbortController().signal
  const follow = (after?: number, begins = (_sequence: number): void => {}) => feedFrom(wire, after, begins, never)
  const take = async (feed: AsyncGenerator<{ readonly sequence: number }>, count: number): Promise<number[]> => {
    const taken: number[] = []
    while (taken.length < count) {
      const { value, done } = await feed.next()
      if (done === true) break
      taken.push((value as { readonly sequence: number }).sequence)
    }
    return taken
  }
  const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index)

  test('a reader who is slow reads what it missed from the store: nothing is lost, doubled or kept for it without an end', async () => {
    const feed = follow(0)
    const first = take(feed, 1)
    host.happen(1)
    expect(await first).toEqual([1])
    host.happen(25_000)
    // Another call is answered after the events that were sent before.
    await wire.call('events.list', { afterSequence: 30_000, limit: 1 })
    const pagesBefore = host.store.pagesRead
    expect(await take(feed, 25_000)).toEqual(numbers(2, 25_001))
    expect(host.store.pagesRead - pagesBefore).toBeGreaterThan(10)
    const next = take(feed, 2)
    host.happen(2)
    expect(await next).toEqual([25_002, 25_003])
    await feed.return()
  })

  test('two readers of one connection share its subscription, each from where it begins', async () => {
    host.happen(5)
    const began: number[] = []
    const [early, late] = [follow(3), follow(undefined, (sequence) => began.push(sequence))]
    const reads = [take(early, 3), take(late, 1)]
    await wire.call('events.list', { afterSequence: 5, limit: 1 })
    host.happen(1)
    expect(await Promise.all(reads)).toEqual([[4, 5, 6], [6]])
    expect([began, host.store.subscriptions]).toEqual([[5], 1])
    await Promise.all([early.return(), late.return()])
  })

  test('a refusal is told to those who wait for it, and is not the last word: the next reader asks again', async () => {
    host.store.isDenied = true
    const refused = [follow(), follow(0)].map((feed) => feed.next())
    for (const each of refused) await expect(each).rejects.toMatchObject({ code: 'automation.denied' })
    expect(host.store.subscriptions).toBe(1)
    host.store.isDenied = false
    const taken = take(follow(), 1)
    await wire.call('events.list', { afterSequence: 0, limit: 1 })
    host.happen(1)
    expect(await taken).toEqual([1])
    expect(host.store.subscriptions).toBe(2)
  })

  test('a connection that ends in the middle of the store ends the reading without an error, after what was read', async () => {
    host.happen(2500)
    host.store.breaksAfterPages = 1
    expect(await take(follow(0), 2500)).toEqual(numbers(1, 1000))
  })
})
