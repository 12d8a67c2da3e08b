import type { Implements } from '#shared/contract/contract'
import type { Caller } from '../caller.ts'
import type { SyncRunner } from './sync-runner.ts'

/** The domain `sync`. */
export const createSyncApi = (deps: {
  readonly runner: SyncRunner
  readonly activeProfileId: () => string
}): Implements<'sync', Caller> => ({
  status: ({ profileId = deps.activeProfileId() }) => deps.runner.status(profileId),
  run: ({ profileId = deps.activeProfileId() }) => deps.runner.run(profileId),
})
