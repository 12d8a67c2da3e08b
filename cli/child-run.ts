import { constants } from 'node:os'
import { foreignEnvironment } from './foreign-environment.ts'

/** What a terminal sends to all of its foreground processes itself is not sent on a second time. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']
const PASSED_ON: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', ...FROM_TERMINAL]

const NOT_STARTED: Readonly<Record<string, number>> = { ENOENT: 127, EACCES: 126, ENOEXEC: 126 }

/** How a program ended: the exit code to pass on, and why it was not started where it was not. */
export interface ChildEnd {
  readonly code: number
  readonly failure: string | null
}

/**
 * Runs a program in this one's place: its input, output and terminal are these, and signals go on to it. One that a signal ended has
 * the code that shells give it, 128 and the signal's number; one that cannot be started 127 or 126. `secrets` are in its environment
 * and nowhere else; of our own only those that they name.
 */
export const runChild = async (
  command: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  secrets: Readonly<Record<string, string>>,
  hasTerminal: boolean,
): Promise<ChildEnd> => {
  const [program = '', ...args] = command
  // Node's own words for such a value would quote it.
  const unfit = Object.entries(secrets).find(([, value]) => value.includes('\0'))
  if (unfit !== undefined) return { code: 126, failure: `The value for ${unfit[0]} cannot stand in an environment.` }
  // Only here: the bundle would load it for every command.
  const { spawn } = await import('node:child_process')
  const child = spawn(program, args, { stdio: 'inherit', env: { ...foreignEnvironment(environment), ...secrets } })
  const handlers = PASSED_ON.map((signal) => {
    const handler = (): void => {
      if (!(hasTerminal && FROM_TERMINAL.includes(signal))) child.kill(signal)
    }
    process.on(signal, handler)
    return [signal, handler] as const
  })
  const { promise, resolve } = Promise.withResolvers<ChildEnd>()
  child.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
    const failure = code === 'ENOENT' ? `There is no program ${program}.` : `${program} cannot be started: ${code}.`
    resolve({ code: NOT_STARTED[code] ?? 126, failure })
  })
  child.once('exit', (code, signal) => {
    resolve({ code: code ?? 128 + (signal === null ? 0 : (constants.signals[signal] ?? 0)), failure: null })
  })
  try {
    return await promise
  } finally {
    for (const [signal, handler] of handlers) process.off(signal, handler)
  }
}
