/** What the connect engine does with a connection of Nango's list that is not known here yet. */
export type FlowClaim =
  /** An open flow took it: its pending row is now this connection. */
  | { readonly kind: 'activated' }
  /** It belongs to a cancelled flow and is being removed at Nango again. */
  | { readonly kind: 'rejected' }
  /** An ended flow of ours made it: list it, with what the flow knew. */
  | { readonly kind: 'late'; readonly label: string | null; readonly scopes: readonly string[] | null }
  | { readonly kind: 'foreign' }
