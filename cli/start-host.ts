import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fromWire, isErrorCode, PatchbayError } from '#shared/errors'
import { withoutLoaders } from '#shared/safe-start'
import { findHostRuntime } from './node-runtime.ts'

export interface BackgroundHostOptions {
  readonly dataFolder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The file that is run again as `serve`. */
  readonly program: string
}

const START_MS = 20_000
/** How often a command looks whether the host that another command starts is there. */
const LOOK_MS = 40

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Takes the right to start a host; null while another living command has it. */
const takeTurn = (file: string): (() => void) | null => {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const descriptor = openSync(file, 'wx', 0o600)
      writeSync(descriptor, String(process.pid))
      closeSync(descriptor)
      return () => rmSync(file, { force: true })
    } catch {
      const owner = Number.parseInt(readText(file), 10)
      const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0)
      if (age < START_MS && (Number.isNaN(owner) || isAlive(owner))) return null
      rmSync(file, { force: true })
    }
  }
  return null
}

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** The error that a host wrote as its last words, or a general one that says where its words are. */
const lastWords = (file: string, exitCode: number | null): PatchbayError => {
  for (const line of readText(file).trim().split('\n').toReversed()) {
    try {
      const { error } = JSON.parse(line) as {
        readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly data?: object }
      }
      if (error !== undefined && isErrorCode(error.code))
        return fromWire({ code: error.code, message: String(error.message), data: { ...error.data } })
    } catch {
      // An ordinary line.
    }
  }
  return new PatchbayError('host.not_running', {
    message: 'Patchbay did not start.',
    data: { next: `Read ${file}, then try \`patchbay serve\`.`, exitCode },
  })
}

/** Starts a headless host that outlives this command. Resolves when it answers; throws the error that kept it from starting. */
const launch = async ({ dataFolder, environment, program }: BackgroundHostOptions): Promise<void> => {
  const [runtime, { spawn }] = await Promise.all([findHostRuntime(environment), import('node:child_process')])
  const logFolder = join(dataFolder, 'logs')
  mkdirSync(logFolder, { recursive: true, mode: 0o700 })
  const words = join(logFolder, 'host-start.log')
  writeFileSync(words, '', { mode: 0o600 })
  const descriptor = openSync(words, 'a', 0o600)
  const { PATCHBAY_PARENT_IPC: _ours, ...inherited } = environment
  try {
    const child = spawn(runtime, [program, 'serve', '--json'], {
      detached: true,
      cwd: dataFolder,
      env: withoutLoaders(inherited),
      stdio: ['ignore', 'pipe', descriptor],
      windowsHide: true,
    })
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(lastWords(words, null)), START_MS)
      const settle = (act: () => void): void => {
        clearTimeout(late)
        act()
      }
      child.once('error', (error) => settle(() => reject(error)))
      child.once('exit', (code) => settle(() => reject(lastWords(words, code))))
      // The first line says that it is ready. What is in it stays unread: it would open a window.
      child.stdout?.once('data', () => settle(resolve))
    })
    child.removeAllListeners('exit')
    child.stdout?.destroy()
    child.unref()
  } finally {
    closeSync(descriptor)
  }
}

/** Makes sure that a host is there: starts one, or waits for the one that another command starts. `isThere` looks for it. */
export const startBackgroundHost = async <T>(options: BackgroundHostOptions, isThere: () => Promise<T | null>): Promise<T> => {
  mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 })
  const deadline = Date.now() + START_MS
  for (;;) {
    const endTurn = takeTurn(join(options.dataFolder, 'starting.lock'))
    const found = await isThere()
    if (found !== null) {
      endTurn?.()
      return found
    }
    if (endTurn !== null) {
      try {
        await launch(options).catch((error: unknown) => {
          // Somebody else was faster, and it is theirs that is used.
          if (!(error instanceof PatchbayError) || error.code !== 'host.already_running') throw error
        })
      } finally {
        endTurn()
      }
    } else await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    if (Date.now() > deadline) throw new PatchbayError('host.not_running', { message: 'Patchbay did not start in time.' })
  }
}
