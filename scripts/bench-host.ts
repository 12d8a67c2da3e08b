import { type ChildProcess, fork, spawn } from 'node:child_process'
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { constants, cpus, setPriority } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from './tool.ts'

/** The built command line, which also starts the host. */
export const CLI = join(root, 'out/cli/patchbay.cjs')

/** A Nango in a process of its own. */
export interface Stand {
  readonly url: string
  readonly secretKey: string
}

/** The line with which a program says that it is ready. */
export const firstLine = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error('The program says nothing.')
  const lines = createInterface({ input: child.stdout })
  const ended = new AbortController()
  child.once('exit', (code) => ended.abort(new Error(`The program ended with ${code} before it was ready.`)))
  const [line] = (await once(lines, 'line', { signal: ended.signal })) as [string]
  return line
}

/** `plain`: all of one connector; `mixed`: of many, with names, mail addresses and troubles; `soak`: what can be refreshed and signed in to; `life`: 500 can be looked at. */
export type StandKind = 'plain' | 'mixed' | 'soak' | 'life'

/** What a Nango was asked: how often, and how often it answered 429. */
export interface Asked {
  readonly requests: number
  readonly tooMany: number
}

export interface StartedStand {
  readonly stand: Stand
  readonly stop: () => void
  /** Lets so many connections go and others come. */
  readonly change: (some: number) => Promise<void>
  /** From now on so many requests are answered in a window of so many seconds. */
  readonly limit: (requests: number, seconds: number) => Promise<void>
  /** Since it started. */
  readonly asked: () => Promise<Asked>
}

/** Starts a Nango with so many connections. */
export const startStand = async (count: number, kind: StandKind = 'plain'): Promise<StartedStand> => {
  const child = fork(join(root, 'scripts/bench-stand-in.ts'), [String(count), kind], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const stand = JSON.parse(await firstLine(child)) as Stand
  const ask = async (message: object): Promise<unknown> => {
    const answered = once(child, 'message')
    child.send(message)
    const [answer] = await answered
    return answer
  }
  return {
    stand,
    stop: () => child.kill('SIGKILL'),
    change: async (some) => void (await ask({ change: some })),
    limit: async (requests, seconds) => void (await ask({ limit: { requests, seconds } })),
    asked: async () => (await ask({ asked: true })) as Asked,
  }
}

/** What a host of this data folder gets to see of the environment. */
export const environmentOf = (stand: Stand, folder: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  PATCHBAY_HOME: folder,
  NANGO_HOST: stand.url,
  NANGO_SECRET_KEY: stand.secretKey,
})

/** Starts a host in the foreground; `nodeArgs` go to Node itself, `more` to its environment. */
export const startHost = (stand: Stand, folder: string, nodeArgs: readonly string[] = [], more: NodeJS.ProcessEnv = {}): ChildProcess =>
  spawn(process.execPath, [...nodeArgs, CLI, 'serve', '--json'], {
    env: { ...environmentOf(stand, folder), ...more },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })

/** Stops a host and waits for its end. */
export const stopHost = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** Resolves when the socket takes a connection. */
export const untilAnswered = async (folder: string): Promise<void> => {
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

/** A client of the socket that does nothing but the protocol. */
export interface Client {
  /** Rejects with the words and the code of an error. */
  readonly call: <T = unknown>(method: string, params: object) => Promise<T>
  readonly close: () => void
}

interface Answer {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string; readonly data?: { readonly code?: string } }
}

/** Opens the socket as the command line does. `onEvent` gets what comes without having been asked for. */
export const openClient = async (folder: string, onEvent: (message: object) => void = () => {}): Promise<Client> => {
  const path = join(folder, 'patchbay.sock')
  const socket: Socket = connect(path)
  await once(socket, 'connect')
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>()
  const parts: string[] = []
  socket.setEncoding('utf8')
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('The host hung up.'))
    waiting.clear()
  })
  socket.on('error', () => {})
  socket.on('data', (text: string) => {
    // A long answer comes in many pieces: they are joined once.
    if (!text.includes('\n')) return void parts.push(text)
    const lines = (parts.splice(0).join('') + text).split('\n')
    const rest = lines.pop() ?? ''
    if (rest !== '') parts.push(rest)
    for (const line of lines) {
      const answer = JSON.parse(line) as Answer
      if (answer.id === undefined) onEvent(answer)
      else waiting.get(answer.id)?.resolve(answer)
      waiting.delete(answer.id ?? -1)
    }
  })
  let ids = 0
  const call = async <T>(method: string, params: object): Promise<T> => {
    ids += 1
    const id = ids
    const answered = new Promise<Answer>((resolve, reject) => waiting.set(id, { resolve, reject }))
    socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
    const { result, error } = await answered
    if (error !== undefined) throw new Error(`${method}: ${error.data?.code ?? ''} ${error.message}`)
    return result as T
  }
  const key = createPrivateKey(readFileSync(join(folder, 'cli.key')))
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
  const { nonce } = await call<{ nonce: string }>('system.hello', { client: { name: 'bench', version: '1', publicKey } })
  await call('system.prove', { signature: sign(null, Buffer.from(`patchbay-prove\n${nonce}\n${path}`), key).toString('base64') })
  return { call, close: () => socket.destroy() }
}

/** Compares with Nango's list once, waiting out a comparison that runs already. */
export const reconcile = async (client: Client, expected: number): Promise<void> => {
  for (;;) {
    await client.call('sync.run', {})
    const { total } = await client.call<{ total: number }>('connections.counts', {})
    if (total === expected) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Seconds that a process has computed for; NaN where /proc does not tell. */
const computedSeconds = (pid: number | undefined): number => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return Number.NaN
  }
}

/** Resolves when a host does next to nothing of its own any more: what follows a start or a first comparison is done. At most a minute. */
export const untilQuiet = async ({ pid }: ChildProcess): Promise<void> => {
  for (let second = 0; second < 60; second += 1) {
    const before = computedSeconds(pid)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    if (computedSeconds(pid) - before <= 0.03) return
  }
}

/** Runs `act` while idle processes keep every processor from sleeping, which to wake takes longer than a short call. */
export const withAwakeProcessors = async <T>(act: () => Promise<T>): Promise<T> => {
  const spinners = cpus().map(() => {
    const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })
    setPriority(child.pid ?? 0, constants.priority.PRIORITY_LOW)
    return child
  })
  try {
    return await act()
  } finally {
    for (const child of spinners) child.kill('SIGKILL')
  }
}

/** The memory that a process has in use, MiB (VmRSS); NaN where /proc does not tell. */
export const memoryOf = (pid: number | undefined): number => {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  } catch {
    return Number.NaN
  }
}

/** What a process has open, by kind, such as `socket` or a path; empty where /proc does not tell. */
export const descriptorsOf = (pid: number | undefined): readonly string[] => {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).flatMap((name) => {
      try {
        return [readlinkSync(join(folder, name)).replace(/:\[\d+\]$/, '')]
      } catch {
        // Closed meanwhile.
        return []
      }
    })
  } catch {
    return []
  }
}
