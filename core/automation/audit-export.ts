import { AuditEntry } from '#shared/contract/audit'
import { csvCell } from '../bulk/connection-export.ts'

const COLUMNS = Object.keys(AuditEntry.shape) as readonly (keyof AuditEntry)[]

/** Text of one part: the caller's transport carries 8 MiB, and what is escaped in it is longer there. */
const LARGEST_PART_BYTES = 2 * 1_048_576

/** As many of the lines as one part holds, at least one, and how many they are. What programs call themselves is fit to be shown. */
export const exportPart = (
  format: 'ndjson' | 'csv',
  entries: readonly AuditEntry[],
  isFirst: boolean,
): { readonly text: string; readonly count: number } => {
  const parts: string[] = format === 'csv' && isFirst ? [`${COLUMNS.join(',')}\r\n`] : []
  let bytes = 0
  let count = 0
  for (const entry of entries) {
    const shown = AuditEntry.parse(entry)
    const text = format === 'csv' ? `${COLUMNS.map((name) => csvCell(shown[name])).join(',')}\r\n` : `${JSON.stringify(shown)}\n`
    bytes += Buffer.byteLength(text)
    if (count > 0 && bytes > LARGEST_PART_BYTES) break
    parts.push(text)
    count += 1
  }
  return { text: parts.join(''), count }
}
