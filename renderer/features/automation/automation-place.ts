/** The tabs of the page. */
export const TABS = ['grants', 'waiting', 'calls', 'audit'] as const
export type Tab = (typeof TABS)[number]

/** What of the audit is shown from the start, as its address says. */
export interface AuditOf {
  readonly kind: 'client' | 'grant' | 'connection' | 'outcome'
  readonly id: string
}

/** Where on the page an address leads: its tab, the grant whose panel is open, what the audit is kept to, and whether all is to be taken back. */
export interface Place {
  readonly tab: Tab
  readonly grantId: string | null
  readonly auditOf: AuditOf | null
  readonly asksTakeBackAll: boolean
}

const KINDS = ['client', 'grant', 'connection', 'outcome'] as const

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** Reads the address of the page. */
export const placeOf = (location: string): Place => {
  const [, , first = '', second = '', third = ''] = location.split('/')
  const nowhere: Place = { tab: 'grants', grantId: null, auditOf: null, asksTakeBackAll: false }
  if (first === 'grant') return { ...nowhere, grantId: decoded(second) }
  if (first === 'take-back-all') return { ...nowhere, asksTakeBackAll: true }
  const tab = TABS.find((one) => one === first) ?? 'grants'
  const kind = KINDS.find((one) => one === second)
  const id = decoded(third)
  return { ...nowhere, tab, auditOf: tab === 'audit' && kind !== undefined && id !== null && id !== '' ? { kind, id } : null }
}
