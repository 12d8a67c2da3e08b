import { PatchbayError } from '#shared/errors'
import type { NangoClient, NangoConnectionSummary } from '../nango/nango-client.ts'

const PAGE_SIZE = 2000
const MOST_PAGES = 1000

/**
 * Reads Nango's whole list (nango-api.md 7): newest first, by offset, without a total. `onPage` gets each row once, while the
 * next page is on its way, and no further page is asked for before it is done. A row inserted meanwhile repeats one, which is told by its id; the first page is read again at the
 * end for what came in. A row deleted meanwhile hides another: who is missing must be looked for once more before it counts.
 * Throws `nango.protocol` for a list that repeats itself or does not end within 1,000 pages.
 */
export const readNangoList = async (
  client: NangoClient,
  onPage: (rows: readonly NangoConnectionSummary[]) => void | Promise<void>,
  options: { readonly signal?: AbortSignal; readonly priority: 'person' | 'background'; readonly pageSize?: number },
): Promise<{ readonly seen: ReadonlySet<number>; readonly pages: number }> => {
  const { pageSize = PAGE_SIZE, ...callOptions } = options
  const seen = new Set<number>()
  const takeNew = async (rows: readonly NangoConnectionSummary[]): Promise<number> => {
    const fresh = rows.filter(({ id }) => {
      const isNew = !seen.has(id)
      seen.add(id)
      return isNew
    })
    if (fresh.length > 0) await onPage(fresh)
    return fresh.length
  }
  const refuse = (reason: string): never => {
    throw new PatchbayError('nango.protocol', { data: { reason, pages } })
  }
  let pages = 0
  const read = (page: number): Promise<NangoConnectionSummary[]> => {
    pages += 1
    return client.listConnections({ limit: pageSize, page }, callOptions)
  }
  let rows = await read(0)
  let page = 0
  // A server that gives more than was asked for knows no pages: that is all there is.
  while (rows.length === pageSize) {
    page += 1
    if (page >= MOST_PAGES) refuse('too_many_pages')
    const next = read(page)
    // The promise is awaited afterwards; taking the rows in meanwhile must not leave a refusal unhandled.
    next.catch(() => {})
    if ((await takeNew(rows)) === 0) refuse('repeated_page')
    rows = await next
  }
  await takeNew(rows)
  if (page > 0) await takeNew(await read(0))
  return { seen, pages }
}
