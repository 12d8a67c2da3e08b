import type { ListRows } from './list-rows.ts'

/** The height of the head of a group in px; every other line has the height that was chosen. */
export const HEAD_HEIGHT = 28

/** How many heads lie before a line. */
const headsBefore = ({ heads }: Pick<ListRows, 'heads'>, index: number): number => heads.filter((head) => head < index).length

/** Where a line begins, in px from the first. */
export const topOf = (rows: Pick<ListRows, 'heads'>, index: number, rowHeight: number): number =>
  index * rowHeight - headsBefore(rows, index) * (rowHeight - HEAD_HEIGHT)

/** The line at so many px from the first; the first or the last one beyond the ends. */
export const lineAt = (rows: Pick<ListRows, 'heads' | 'length'>, px: number, rowHeight: number): number => {
  let heads = 0
  for (const head of rows.heads) {
    const top = topOf(rows, head, rowHeight)
    if (px < top) break
    if (px < top + HEAD_HEIGHT) return head
    heads += 1
  }
  const line = Math.floor((px + heads * (rowHeight - HEAD_HEIGHT)) / rowHeight)
  return Math.max(0, Math.min(rows.length - 1, line))
}
