import type { Caller } from '#core/caller'
import { METHODS } from '#shared/contract/contract'
import { startFakeNango } from '#test/helpers/fake-nango'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import type { FuzzTarget } from './method-fuzz.ts'

/** Somebody who may call a method at all. */
const callerOf = (method: string): Caller =>
  METHODS.get(method)?.callers.includes('ui') === true ? { kind: 'ui' } : { kind: 'cli', isTrusted: true, terminal: null }

/** A core with 20 connections and everything it logs, to be fuzzed through its one door. */
export const startFuzzTarget = async (): Promise<FuzzTarget & { readonly core: TestCore; readonly stop: () => Promise<void> }> => {
  const nango = await startFakeNango({ rateLimitPerMinute: 10_000_000 })
  nango.fillConnections(20)
  const core = await makeCore({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey, LOG_LEVEL: 'debug' } })
  await core.cli.sync.run({})
  return {
    core,
    folder: core.platform.dataFolder,
    settings: () => core.platform.settings.read(),
    call: (method, params) => core.core.dispatch(callerOf(method), method, params),
    stop: async () => {
      await core.stop()
      await nango.stop()
    },
  }
}
