import type { AuditEntry } from '#shared/contract/audit'

/** A line of the list: the head of a day, or what was called. All have one height. */
export type AuditRow = { readonly kind: 'day'; readonly at: string } | { readonly kind: 'entry'; readonly entry: AuditEntry }

/** The entries with a head before the first of each day, as days are here. */
export const auditRows = (entries: readonly AuditEntry[]): readonly AuditRow[] => {
  const rows: AuditRow[] = []
  let day = ''
  for (const entry of entries) {
    const ofDay = new Date(entry.at).toDateString()
    if (ofDay !== day) rows.push({ kind: 'day', at: entry.at })
    day = ofDay
    rows.push({ kind: 'entry', entry })
  }
  return rows
}

/** The row with an entry that lies so many steps from another, the heads of days not counted; the last one there where the list ends. */
export const entryFrom = (rows: readonly AuditRow[], from: number, step: number): number | null => {
  let found: number | null = null
  let left = Math.abs(step)
  for (let index = from + Math.sign(step); index >= 0 && index < rows.length && left > 0; index += Math.sign(step)) {
    if (rows[index]?.kind !== 'entry') continue
    found = index
    left -= 1
  }
  return found
}
