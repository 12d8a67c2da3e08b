import type { Connection } from '#shared/contract/connections'

const DAY_MS = 86_400_000

/** What nobody was seen to use for so long is probably not needed. */
export const UNUSED_DAYS = 90

/** Whether nobody was seen to use a connection for so long. */
export const isUnused = ({ createdAt, lastUsedAt }: Pick<Connection, 'createdAt' | 'lastUsedAt'>, now: number): boolean =>
  [createdAt, lastUsedAt ?? createdAt].every((at) => now - Date.parse(at) > UNUSED_DAYS * DAY_MS)
