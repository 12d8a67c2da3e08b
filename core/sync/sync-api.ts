import type { Implements } from '#shared/contract/contract'
import type { Caller } from '../caller.ts'
import type { SyncRunner } from './sync-runner.ts'

/** The domain `sync`. */
export const createSyncApi = (deps: {
  readonly runner: SyncRunner
  readonly profileIdOf: (profileId: string | undefined) => string
}): Implements<'sync', Caller> => ({
  status: ({ profileId }) => deps.runner.status(deps.profileIdOf(profileId)),
  run: ({ profileId }) => deps.runner.run(deps.profileIdOf(profileId)),
})
