import type { ChildProcess } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import type { GrantReach } from '#shared/contract/grants'
import { type Client, openClient, reconcile, type Stand, untilQuiet, withAwakeProcessors } from './bench-host.ts'
import { median, quantile, report } from './bench-report.ts'

/** A paired program that speaks bare lines: nothing of the client library is in what is measured. */
export interface BenchProgram {
  readonly call: <T = unknown>(method: string, params: object) => Promise<T>
  /** Sends calls with so many on their way at once. Resolves to the time of each from its sending to its answer, milliseconds. */
  readonly pipeline: (calls: number, atOnce: number, call: (index: number) => readonly [string, object]) => Promise<number[]>
  readonly close: () => void
  /** A further connection of the same program. */
  readonly another: () => Promise<Omit<BenchProgram, 'another'>>
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly message: string; readonly data?: { readonly code?: string } }
}

interface Wire extends Omit<BenchProgram, 'another'> {
  readonly path: string
}

const openWire = async (folder: string): Promise<Wire> => {
  const path = join(folder, 'patchbay.sock')
  const socket: Socket = connect(path)
  await once(socket, 'connect')
  let ids = 0
  let rest = ''
  const waiting = new Map<number, (answer: Answer) => void>()
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const answer = JSON.parse(line) as Answer
      const take = waiting.get(answer.id)
      waiting.delete(answer.id)
      take?.(answer)
    }
  })
  const send = (method: string, params: object): Promise<Answer> => {
    ids += 1
    const id = ids
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve))
    socket.write(`{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${JSON.stringify(params)}}\n`)
    return answered
  }
  const call = async <T>(method: string, params: object): Promise<T> => {
    const { result, error } = await send(method, params)
    if (error !== undefined) throw new Error(`${method}: ${error.data?.code ?? ''} ${error.message}`)
    return result as T
  }
  const pipeline: BenchProgram['pipeline'] = async (calls, atOnce, next) => {
    const times: number[] = []
    let index = 0
    const worker = async (): Promise<void> => {
      while (index < calls) {
        const [method, params] = next(index)
        index += 1
        const begun = performance.now()
        const { error } = await send(method, params)
        if (error !== undefined) throw new Error(`${method}: ${error.message}`)
        times.push(performance.now() - begun)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    return times
  }
  return { path, call, pipeline, close: () => socket.destroy() }
}

/** Pairs a program over the socket of a host; `person` says yes. */
export const pairBenchProgram = async (
  folder: string,
  person: Client,
  verbs: readonly string[],
  connections: GrantReach,
): Promise<BenchProgram> => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const client = { name: 'bench', version: '1', publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') }
  const prove = async (wire: Wire): Promise<Wire> => {
    const { nonce } = await wire.call<{ nonce: string }>('system.hello', { client })
    await wire.call('system.prove', {
      signature: sign(null, Buffer.from(`patchbay-prove\n${nonce}\n${wire.path}`), privateKey).toString('base64'),
    })
    return wire
  }
  const wire = await openWire(folder)
  await wire.call('system.hello', { client })
  const asked = wire.call('grants.request', { name: 'bench', purpose: 'Measures.', verbs, connections, term: 'twelve_hours' })
  let grantId: string | undefined
  while (grantId === undefined) {
    // Nobody can say yes before a card was readable.
    await new Promise((resolve) => setTimeout(resolve, 900))
    grantId = (await person.call<{ grants: { grantId: string }[] }>('grants.list', { state: 'waiting' })).grants[0]?.grantId
  }
  await new Promise((resolve) => setTimeout(resolve, 900))
  await person.call('grants.approve', { grantId })
  await asked
  await prove(wire)
  return { ...wire, another: async () => prove(await openWire(folder)) }
}

const GETS = 30_000
const AT_ONCE = 32

/** A program that asks for one connection after the other without waiting, its grants looked at, each call written down. */
export const benchPipeline = async (folder: string, host: ChildProcess, count: number): Promise<void> => {
  const person = await openClient(folder)
  await reconcile(person, count)
  await untilQuiet(host)
  const program = await pairBenchProgram(folder, person, ['read'], { kind: 'connectors', connectorIds: ['n8n'] })
  const { connections } = await program.call<{ connections: { connectionId: string }[] }>('connections.list', { limit: 500 })
  const get = (index: number): readonly [string, object] => [
    'connections.get',
    { connectionId: connections[index % connections.length]?.connectionId ?? '' },
  ]
  await program.pipeline(5000, AT_ONCE, get)
  const begun = performance.now()
  const times = await program.pipeline(GETS, AT_ONCE, get)
  const tookMs = performance.now() - begun
  program.close()
  person.close()
  const perSecond = (GETS / tookMs) * 1000
  report(
    'automation-10000-gets',
    (tookMs / GETS) * 10_000,
    1000,
    'ms',
    `${perSecond.toFixed(0)} a second, ${AT_ONCE} on their way at once; of more than 3,000 a minute the audit counts the rest`,
  )
  report('automation-get-p99', quantile(times, 0.99), 5, 'ms', `median ${median(times).toFixed(2)} ms`)
}

const REQUESTS = 400

/** One call through a connection, against the same call to Nango's proxy by hand. */
export const benchRequest = async (stand: Stand, folder: string): Promise<void> => {
  const person = await openClient(folder)
  const program = await pairBenchProgram(folder, person, ['read', 'request'], { kind: 'connectors', connectorIds: ['n8n'] })
  const { connections } = await program.call<{ connections: { connectionId: string; nangoConnectionId: string }[] }>('connections.list', {
    limit: 1,
  })
  const [connection] = connections
  const timed = async (act: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now()
    await act()
    return performance.now() - begun
  }
  const ours: number[] = []
  const bare: number[] = []
  await withAwakeProcessors(async () => {
    for (let round = 0; round < REQUESTS; round += 1) {
      const [one, other] = [
        await timed(() => program.call('connections.request', { connectionId: connection?.connectionId ?? '', path: '/workflows' })),
        await timed(async () => {
          const reply = await fetch(`${stand.url}/proxy/workflows`, {
            headers: {
              authorization: `Bearer ${stand.secretKey}`,
              'provider-config-key': 'n8n',
              'connection-id': connection?.nangoConnectionId ?? '',
            },
          })
          await reply.text()
        }),
      ]
      if (round < REQUESTS / 4) continue
      ours.push(one)
      bare.push(other)
    }
  })
  program.close()
  person.close()
  report(
    'automation-request-over-proxy',
    median(ours) - median(bare),
    2,
    'ms',
    `median ${median(ours).toFixed(2)} ms against ${median(bare).toFixed(2)} ms at Nango's proxy; p95 ${quantile(ours, 0.95).toFixed(2)} and ${quantile(bare, 0.95).toFixed(2)} ms`,
  )
}

const PROGRAMS = 200
const CALLS_EACH = 50

/** Reads of the person while 200 programs ask all at once. */
export const benchCrowd = async (folder: string): Promise<void> => {
  const person = await openClient(folder)
  const first = await pairBenchProgram(folder, person, ['read'], { kind: 'connectors', connectorIds: ['n8n'] })
  const programs = await Promise.all(Array.from({ length: PROGRAMS }, () => first.another()))
  const { connections } = await first.call<{ connections: { connectionId: string }[] }>('connections.list', { limit: 500 })
  const times: number[] = []
  let isOver = false
  const looking = (async () => {
    while (!isOver) {
      const begun = performance.now()
      await person.call('connections.list', { limit: 100 })
      times.push(performance.now() - begun)
    }
  })()
  const begun = performance.now()
  await Promise.all(
    programs.map((program, at) =>
      program.pipeline(CALLS_EACH, 4, (index) => [
        'connections.get',
        { connectionId: connections[(at + index) % connections.length]?.connectionId ?? '' },
      ]),
    ),
  )
  const tookMs = performance.now() - begun
  isOver = true
  await looking
  for (const program of [first, ...programs]) program.close()
  person.close()
  report(
    'crowd-200-person-read-p95',
    quantile(times, 0.95),
    50,
    'ms',
    `a page of 100 over the socket, ${times.length} times while ${PROGRAMS} programs made ${PROGRAMS * CALLS_EACH} calls in ${tookMs.toFixed(0)} ms`,
  )
}
