import { hardenHost, requireSafeStart } from '#core/host-hardening'
import { type Host, startHost } from './host.ts'

export interface ServeOptions {
  readonly version: string
  /** `window`: the host lives as long as the window that it opens; `headless`: until it is told to stop. */
  readonly mode: 'window' | 'headless'
  /** Open a window beside a headless host. */
  readonly open?: boolean
  /** 0, or left out: the system chooses. */
  readonly port?: number
  /** One JSON document in the first line of stdout instead of words. */
  readonly json?: boolean
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Whoever started us may be gone: writing to nobody is no reason to end. */
const ignoreBrokenPipes = (): void => {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const announce = (host: Host, { version, json }: ServeOptions): void => {
  const { pid, socketPath } = host.platform
  if (json === true) {
    say(JSON.stringify({ event: 'ready', url: host.issueUrl(), port: host.port, socket: socketPath, pid, version }))
    return
  }
  say(`Patchbay ${version} is running (process ${pid}).`)
  say(`Socket: ${socketPath}`)
  // The address opens the window for whoever has it: only a person may see it, never a log.
  if (process.stdout.isTTY) say(`Window: ${host.issueUrl()} (works once, for 60 seconds)`)
}

/** Resolves at the first signal, also one that comes while the host still starts. */
const untilSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of SIGNALS) process.on(signal, () => resolve())
  })

/** Resolves when a shutdown was asked for over the contract, or the process that started us has ended. */
const untilAskedToStop = (host: Host): Promise<void> =>
  new Promise((resolve) => {
    // A turn later, so that whoever asked still gets an answer.
    host.core.onShutdownRequest(() => setImmediate(resolve))
    if (process.env['PATCHBAY_PARENT_IPC'] !== '1') return
    if (!process.connected) return resolve()
    process.once('disconnect', () => resolve())
    // The channel alone must not keep a host alive that has stopped.
    process.channel?.unref()
  })

/** Opens the host's own window. Resolves when its browser has ended; throws `connect.no_browser` when it never came. */
const untilWindowCloses = async (host: Host): Promise<void> => {
  const window = await host.openWindow()
  await window.closed
}

/** Runs a host in this process until it is told to stop. Throws `host.unsafe_start`, `host.already_running` and whatever keeps a core from starting. */
export const serve = async (options: ServeOptions): Promise<void> => {
  requireSafeStart(process.env, process.execArgv)
  ignoreBrokenPipes()
  const signalled = untilSignal()
  const host = await startHost({
    version: options.version,
    environment: process.env,
    isHeadless: options.mode === 'headless',
    port: options.port ?? 0,
  })
  try {
    const asked = Promise.race([signalled, untilAskedToStop(host)])
    if (options.mode === 'headless' || options.json === true) announce(host, options)
    void hardenHost({ log: host.core.log, environment: process.env })
    if (options.mode === 'window') await Promise.race([asked, untilWindowCloses(host)])
    else {
      const opened = options.open === true ? host.openWindow() : asked
      // A window that does not come is the person's to know; the host itself is well.
      opened.catch((error: unknown) => process.stderr.write(`${error instanceof Error ? error.message : 'No window.'}\n`))
      await asked
    }
  } finally {
    await host.stop()
  }
}
