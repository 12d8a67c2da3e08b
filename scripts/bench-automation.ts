import type { ChildProcess } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import type { GrantReach } from '#shared/contract/grants'
import { type Client, openClient, reconcile, untilQuiet, withAwakeProcessors } from './bench-host.ts'
import { median, quantile, report } from './bench-report.ts'

/** A paired program that speaks bare lines: nothing of the client library is in what is measured. */
export interface BenchProgram {
  readonly call: <T = unknown>(method: string, params: object) => Promise<T>
  /** Sends calls with so many on their way at once. Resolves to the time of each from its sending to its answer, milliseconds. */
  readonly pipeline: (calls: number, atOnce: number, call: (index: number) => readonly [string, object]) => Promise<number[]>
  readonly close: () => void
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly message: string; readonly data?: { readonly code?: string } }
}

/** Pairs a program over the socket of a host; `person` says yes. */
export const pairBenchProgram = async (
  folder: string,
  person: Client,
  verbs: readonly string[],
  connections: GrantReach,
): Promise<BenchProgram> => {
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
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const hello = (): Promise<{ nonce: string }> =>
    call('system.hello', {
      client: { name: 'bench', version: '1', publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') },
    })
  await hello()
  const asked = call('grants.request', { name: 'bench', purpose: 'Measures.', verbs, connections, term: 'twelve_hours' })
  let grantId: string | undefined
  while (grantId === undefined) {
    // Nobody can say yes before a card was readable.
    await new Promise((resolve) => setTimeout(resolve, 900))
    grantId = (await person.call<{ grants: { grantId: string }[] }>('grants.list', { state: 'waiting' })).grants[0]?.grantId
  }
  await new Promise((resolve) => setTimeout(resolve, 900))
  await person.call('grants.approve', { grantId })
  await asked
  const { nonce } = await hello()
  await call('system.prove', { signature: sign(null, Buffer.from(`patchbay-prove\n${nonce}\n${path}`), privateKey).toString('base64') })

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
  return { call, pipeline, close: () => socket.destroy() }
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
  const { times, tookMs } = await withAwakeProcessors(async () => {
    const begun = performance.now()
    const measured = await program.pipeline(GETS, AT_ONCE, get)
    return { times: measured, tookMs: performance.now() - begun }
  })
  program.close()
  person.close()
  const perSecond = (GETS / tookMs) * 1000
  report('automation-10000-gets', (tookMs / GETS) * 10_000, 1000, 'ms', `${perSecond.toFixed(0)} a second, ${AT_ONCE} on their way at once`)
  report('automation-get-p99', quantile(times, 0.99), 5, 'ms', `median ${median(times).toFixed(2)} ms`)
}
