const KEPT = 8
let recent: readonly string[] = []

/** Remembers that a connection was opened; for this window's life only. */
export const noteOpened = (connectionId: string): void => {
  recent = [connectionId, ...recent.filter((one) => one !== connectionId)].slice(0, KEPT)
}

/** The connections that were opened lately, the last one first. */
export const recentConnections = (): readonly string[] => recent
