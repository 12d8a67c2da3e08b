import { fileURLToPath } from 'node:url'
import type { Caller } from '#core/caller'
import type { Core } from '#core/core'
import { type CoreOptions, createCore } from '#core/create-core'
import { createApiClient } from '#shared/api-client'
import type { Api, ChangeEvent } from '#shared/contract/contract'
import type { PublicEvent } from '#shared/contract/events'
import { createFakePlatform, type FakePlatform, type FakePlatformOptions } from './fake-platform.ts'

export const CATALOGUE_FILE = fileURLToPath(new URL('../../resources/catalogue.json', import.meta.url))

/** Fast enough for tests, slow enough to stay inside the stand-in's budget. */
export const QUICK_PACE = { firstMs: 60, laterMs: 60, quickForMs: 60_000, cleanupMs: 60 }

export interface TestCore {
  readonly core: Core
  readonly platform: FakePlatform
  readonly ui: Api
  readonly cli: Api
  readonly as: (caller: Caller) => Api
  readonly changes: ChangeEvent[]
  readonly events: PublicEvent[]
  readonly stop: () => Promise<void>
}

export interface TestCoreOptions extends FakePlatformOptions {
  readonly platform?: FakePlatform
  readonly core?: Partial<CoreOptions>
}

/** A started core on a fake platform; stopping it keeps the folder of a platform that was given. */
export const makeCore = async (options: TestCoreOptions = {}): Promise<TestCore> => {
  const platform = options.platform ?? createFakePlatform(options)
  const core = createCore(platform, { catalogueFile: CATALOGUE_FILE, pace: QUICK_PACE, idleIntervalMs: 3_600_000, ...options.core })
  const changes: ChangeEvent[] = []
  const events: PublicEvent[] = []
  core.onChange((event) => changes.push(event))
  core.onPublicEvent((event) => events.push(event))
  await core.start()
  const as = (caller: Caller): Api => createApiClient((method, params) => core.dispatch(caller, method, params))
  return {
    core,
    platform,
    ui: as({ kind: 'ui' }),
    cli: as({ kind: 'cli', isTrusted: true, terminal: null }),
    as,
    changes,
    events,
    stop: async () => {
      await core.stop()
      if (options.platform === undefined) platform.dispose()
    },
  }
}

/** Waits until `probe` gives something, looking every 20 ms; fails after `timeoutMs`. */
export const eventually = async <T>(
  probe: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  timeoutMs = 10_000,
): Promise<T> => {
  const end = Date.now() + timeoutMs
  for (;;) {
    const value = await probe()
    if (value !== null && value !== undefined && value !== false) return value
    if (Date.now() > end) throw new Error('It did not come about in time.')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
