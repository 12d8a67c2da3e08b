import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SocketPeer } from '../transports/socket-peer.ts'

/** A host in a process of its own. */
export interface SpawnedHost {
  readonly child: ChildProcess
  readonly ready: { readonly url?: string; readonly port?: number; readonly socket: string; readonly pid: number }
  /** Everything it printed so far. */
  readonly output: () => string
  /** A proven command line client; it calls itself `name`. */
  readonly connect: (name?: string) => Promise<SocketPeer>
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>
}

export interface SpawnHostOptions {
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** A script of test/helpers. */
  readonly script?: 'host-process' | 'faulty-host-process'
  /** The bundle of a script instead, which starts faster. */
  readonly program?: string
}

/** Starts a host on `folder` and waits for its ready line. */
export const spawnHost = async ({ folder, environment, script = 'host-process', program }: SpawnHostOptions): Promise<SpawnedHost> => {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [program ?? fileURLToPath(new URL(`./${script}.ts`, import.meta.url))], {
    env: { PATH, HOME, PATCHBAY_HOME: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  child.stderr?.on('data', (text: Buffer) => (printed += text.toString()))
  const lines = createInterface({ input: child.stdout ?? process.stdin })
  lines.on('line', (line) => (printed += `${line}\n`))
  const ended = once(child, 'exit').then(() => {
    throw new Error(`The host ended before it was ready: ${printed}`)
  })
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string]
  ended.catch(() => {})
  const ready = JSON.parse(line) as SpawnedHost['ready']
  return {
    child,
    ready,
    output: () => printed,
    connect: async (name) => {
      const peer = await SocketPeer.connectAsCli({ socketPath: ready.socket, folder }, undefined, name)
      // The peer keeps its half open: without this it would wait for a host that is gone.
      child.once('exit', () => peer.socket.destroy())
      return peer
    },
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      child.kill(signal)
      await once(child, 'exit')
      return child.exitCode
    },
  }
}
