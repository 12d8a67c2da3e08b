import type { ParamsOf } from '#renderer/api/use-api.ts'
import { GROUPS } from '#renderer/ui/status-words.ts'
import { PAGE } from './list-pages.ts'
import { NO_FILTER, queryOf } from './use-connection-list.ts'

/** What the list without a filter asks for first. */
export const firstPages = (): readonly ParamsOf<'connections.list'>[] =>
  GROUPS.map((group) => ({ ...queryOf(NO_FILTER), group, at: 0, limit: PAGE }))
