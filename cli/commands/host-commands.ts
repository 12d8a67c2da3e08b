import { fileURLToPath } from 'node:url'
import { isErrorCode, PatchbayError } from '#shared/errors'
import { type Command, type CommandContext, valueOfFlag, wordsOf } from '../command.ts'
import { canHost, findHostRuntime } from '../node-runtime.ts'
import { usageError } from '../usage-error.ts'

interface HostModule {
  readonly serve: (options: {
    readonly version: string
    readonly mode: 'window' | 'headless'
    readonly open?: boolean
    readonly port?: number
    readonly json?: boolean
  }) => Promise<void>
}

/** The bundle of the host; it lies beside this one. */
const hostFile = (): string => new URL('../host/serve.mjs', import.meta.url).href

/** Runs this command once more on a Node that can host, and ends as it ends. */
const runOnOtherNode = async ({ io }: CommandContext): Promise<void> => {
  const [runtime, { spawn }] = await Promise.all([findHostRuntime(io.environment), import('node:child_process')])
  const child = spawn(runtime, process.argv.slice(1), { stdio: process.connected ? [0, 1, 2, 'ipc'] : [0, 1, 2] })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  process.once('disconnect', () => child.connected && child.disconnect())
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
  if (process.connected) process.disconnect()
}

/** The host's bundle has a PatchbayError class of its own. */
const ourError = (error: unknown): unknown => {
  if (!(error instanceof Error) || error.name !== 'PatchbayError' || !('code' in error) || !isErrorCode(error.code)) return error
  const data = 'data' in error && typeof error.data === 'object' ? { ...error.data } : {}
  return new PatchbayError(error.code, { message: error.message, data, cause: error })
}

type HostOptions = Parameters<HostModule['serve']>[0]

const host = async (context: CommandContext, options: Omit<HostOptions, 'version'>): Promise<void> => {
  if (!canHost()) return runOnOtherNode(context)
  const { serve } = (await import(hostFile())) as HostModule
  try {
    await serve({ version: context.version, ...options })
  } catch (error) {
    throw ourError(error)
  }
  // What the host had open is closed; whatever a library still waits for must not keep the process.
  process.exit()
}

const withOwner = (error: unknown): unknown => {
  if (!(error instanceof PatchbayError) || error.code !== 'host.already_running') return error
  const pid = error.data['pid']
  const owner = typeof pid === 'number' ? ` (process ${pid})` : ''
  return new PatchbayError(error.code, { message: `Another Patchbay${owner} owns this data folder.`, data: error.data, cause: error })
}

/** `patchbay serve`: the headless host in the foreground. */
export const serveCommand: Command = {
  usage: 'serve [--port N] [--open] [--json]',
  summary: 'Runs the headless host in the foreground until it is told to stop.',
  booleans: ['open'],
  values: ['port'],
  run: async (context, args) => {
    wordsOf(args, serveCommand.usage, 0)
    const port = Number(valueOfFlag(args, 'port') ?? 0)
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw usageError('--port wants a number from 0 to 65535.')
    try {
      await host(context, { mode: 'headless', port, open: args.flags.has('open'), json: context.isJson })
    } catch (error) {
      throw withOwner(error)
    }
  },
}

const DISPLAY = ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS']

/** Asks the host that runs already for a window on this person's display. */
const askForWindow = async ({ io, session }: CommandContext): Promise<void> => {
  const environment = Object.fromEntries(
    DISPLAY.flatMap((name) => (io.environment[name] === undefined ? [] : [[name, io.environment[name]]])),
  )
  await session.call('window.open', { environment })
}

const isCode = (error: unknown, code: string): boolean => error instanceof PatchbayError && error.code === code

/** `patchbay`: the window, from the host that runs or from a new one that lives as long as the window. */
export const windowCommand: Command = {
  usage: '',
  summary: 'Opens the window.',
  run: async (context, args) => {
    wordsOf(args, windowCommand.usage, 0)
    try {
      return await askForWindow(context)
    } catch (error) {
      if (!isCode(error, 'host.not_running')) throw error
    }
    try {
      await host(context, { mode: 'window', json: context.isJson })
    } catch (error) {
      throw withOwner(error)
    }
  },
}

/** The file that is run again to start a host in the background. */
export const programFile = (): string => fileURLToPath(new URL('patchbay.cjs', import.meta.url))
