import { z } from 'zod'
import { listedConnection } from './stand-in-connection-view.ts'
import type { Handler } from './stand-in-context.ts'
import type { StoredConnection } from './stand-in-records.ts'
import { parseOrRefuse } from './stand-in-reply.ts'
import { ConnectionTags } from './stand-in-schemas.ts'

const MAX_WITHOUT_LIMIT = 10_000

const ListQuery = z.strictObject({
  connectionId: z.string().min(1).max(255).optional(),
  search: z.string().min(1).max(255).optional(),
  endUserId: z.string().max(255).min(1).optional(),
  integrationId: z.string().min(1).optional(),
  endUserOrganizationId: z.string().max(255).min(1).optional(),
  tags: ConnectionTags.optional(),
  limit: z.coerce.number().min(1).max(2000).optional(),
  page: z.coerce.number().min(0).optional(),
})
type ListQuery = z.output<typeof ListQuery>

const filterOf = (query: ListQuery): ((row: StoredConnection) => boolean) | null => {
  const tests: ((row: StoredConnection) => boolean)[] = []
  if (query.connectionId !== undefined) tests.push((row) => row.connectionId === query.connectionId)
  if (query.integrationId !== undefined) {
    const wanted = new Set(query.integrationId.split(',').map((key) => key.trim()))
    tests.push((row) => wanted.has(row.integrationKey))
  }
  const tags = Object.entries(query.tags ?? {})
  if (tags.length > 0) tests.push((row) => tags.every(([key, value]) => row.tags[key] === value))
  if (query.endUserId !== undefined) tests.push((row) => row.endUser?.id === query.endUserId)
  if (query.endUserOrganizationId !== undefined) tests.push((row) => row.endUser?.organization?.id === query.endUserOrganizationId)
  if (query.search !== undefined) {
    const wanted = query.search.toLowerCase()
    tests.push((row) =>
      [row.connectionId, row.endUser?.display_name, row.endUser?.email].some((text) => text?.toLowerCase().includes(wanted) === true),
    )
  }
  return tests.length === 0 ? null : (row) => tests.every((test) => test(row))
}

/** GET /connections: newest first, offset pages, no total and no cursor (nango-api.md section 7). */
export const listConnections: Handler = (call, context) => {
  const query = parseOrRefuse('invalid_query_params', ListQuery, call.query)
  const limit = Math.floor(query.limit ?? MAX_WITHOUT_LIMIT)
  const rows = context.state.page(filterOf(query), Math.floor(query.page ?? 0) * limit, limit)
  const entries = rows.map((row) => context.state.listed(row, (one) => listedConnection(one, context)))
  return { status: 200, text: `{"connections":[${entries.join(',')}]}` }
}
