import type { Settings } from '#shared/contract/settings'
import type { LogLevel } from '../log.ts'
import type { SettingsFile } from '../platform.ts'

/** How long a log tells everything once somebody asked for it, milliseconds. */
export const DEBUG_LASTS_MS = 3_600_000

/** The level of the log as it is chosen while the host runs; `debug` ends by itself after an hour, and with the host. */
export class ChosenLogLevel {
  readonly #file: SettingsFile
  readonly #fromEnvironment: LogLevel
  readonly #onEnd: () => void
  #chosen: Settings['logLevel']
  #timer: NodeJS.Timeout | null = null

  constructor(file: SettingsFile, fromEnvironment: LogLevel, onEnd: () => void) {
    this.#file = file
    this.#fromEnvironment = fromEnvironment
    this.#onEnd = onEnd
    const { logLevel } = file.read()
    // A detailed log that outlived its host was forgotten, not wanted.
    this.#chosen = logLevel === 'debug' ? 'environment' : logLevel
  }

  current(): LogLevel {
    return this.#chosen === 'environment' ? this.#fromEnvironment : this.#chosen
  }

  /** Takes over what was chosen. */
  apply(logLevel: Settings['logLevel']): void {
    this.stop()
    this.#chosen = logLevel
    if (logLevel !== 'debug') return
    this.#timer = setTimeout(() => this.#end(), DEBUG_LASTS_MS)
    this.#timer.unref()
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #end(): void {
    this.#chosen = 'environment'
    this.#file.write({ logLevel: 'environment' })
    this.#onEnd()
  }
}
