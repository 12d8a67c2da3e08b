/** How a tile shows a connector: the path of its mark on a 24 grid, or the family it belongs to. */
export type ConnectorIcon =
  | { readonly kind: 'mark'; readonly path: string; readonly isWide: boolean }
  | { readonly kind: 'glyph'; readonly name: string }

/** Reads an entry of `resources/connector-icons.json`. */
export const readIcon = (entry: string): ConnectorIcon => {
  if (entry.startsWith('@')) return { kind: 'glyph', name: entry.slice(1) }
  const isWide = entry.startsWith('~')
  return { kind: 'mark', path: isWide ? entry.slice(1) : entry, isWide }
}
