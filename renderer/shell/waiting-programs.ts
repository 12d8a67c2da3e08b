import type { LiveCall } from '#shared/contract/grants'
import type { SystemStatus } from '#shared/contract/system'
import { useRead } from '#renderer/api/use-api.ts'
import { useIsQuiet } from './on-demand.tsx'

/** How many requests and calls of programs wait for the person, and which calls run; read once the window has come to rest. */
export const useProgramsNow = (status: SystemStatus): { readonly waiting: number; readonly running: readonly LiveCall[] } => {
  const isEnabled = useIsQuiet() && status.vault.state === 'open' && status.storage.state !== 'rescue'
  const grants = useRead('grants.list', { state: 'waiting' }, { isEnabled })
  const calls = useRead('grants.calls', {}, { isEnabled })
  const live = (isEnabled ? calls.data?.calls : undefined) ?? []
  return {
    waiting: (isEnabled ? (grants.data?.grants.length ?? 0) : 0) + live.filter(({ state }) => state === 'waiting').length,
    running: live.filter(({ state }) => state === 'running'),
  }
}
