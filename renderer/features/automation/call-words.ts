import type { LiveCall } from '#shared/contract/grants'
import { t } from '#renderer/messages/translate.ts'

/** What a call does: of one through a connection its method and path, else the name of what was called. */
export const callWhat = ({ target, method }: Pick<LiveCall, 'target' | 'method'>): string => target ?? method

/** For how long a call runs: `1.2 s`, later whole seconds. */
export const runningFor = ({ startedAt }: Pick<LiveCall, 'startedAt'>, now: number): string => {
  const ms = Math.max(0, now - Date.parse(startedAt))
  const minutes = Math.floor(ms / 60_000)
  return minutes === 0 ? t('ui.time.seconds', { count: Math.floor(ms / 1000) }) : t('ui.time.minutes', { count: minutes })
}
