import { PatchbayError } from '#shared/errors'
import { isForDevelopment, unsafeStartOf } from '#shared/safe-start'
import type { Log } from './log.ts'
import { nativeCalls, nativeCallsFailure } from './native-calls.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The first thing a host does: throws `host.unsafe_start` where it was started with code of somebody else or with a debugger, and takes
 * from others the signal that opens one later.
 */
export const requireSafeStart = (environment: Environment, options: readonly string[]): void => {
  const name = unsafeStartOf(environment, options)
  if (name !== null) {
    throw new PatchbayError('host.unsafe_start', {
      message: `Patchbay does not start with ${name}: it lets others into it.`,
      data: { name },
    })
  }
  // Node opens an inspector at this signal for as long as nobody listens to it.
  if (!isForDevelopment(environment)) process.on('SIGUSR1', () => {})
}

/**
 * Once a host answers: from the next turn on no other process of its user can read its memory and environment (Linux), and a crash leaves
 * no core file. Loads the native library, 15 ms that the start has not got. Resolves when done; what cannot be had is in the log.
 */
export const hardenHost = async ({ log, environment }: { readonly log: Log; readonly environment: Environment }): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve))
  const calls = nativeCalls()
  const failure = nativeCallsFailure()
  if (failure !== null) log.warn('host.native_calls_missing', { error: failure })
  if (calls === null || isForDevelopment(environment)) return
  const isUnreadable = calls.forbidReading()
  const hasNoCoreFiles = calls.forbidCoreFiles()
  const isComplete = hasNoCoreFiles && (isUnreadable || process.platform !== 'linux')
  log[isComplete ? 'info' : 'warn']('host.hardened', { isUnreadable, hasNoCoreFiles })
}
