/** What a transport knows of a program that is connected. */
interface Connected {
  /** What it called itself when it connected: its own word. */
  readonly client?: string
  /** Calls back once it has hung up, at once if it has; returns the end of that. */
  readonly onGone?: (listener: () => void) => () => void
}

/** Who asks. A transport makes it once it knows; nothing else may. */
export type Caller =
  | { readonly kind: 'ui' }
  /** `isTrusted`: a headless host started with the Nango key in its environment trusts its own command line. */
  | ({ readonly kind: 'cli'; readonly isTrusted: boolean; readonly terminal: string | null } & Connected)
  | ({ readonly kind: 'automation'; readonly grantId: string } & Connected)
  | { readonly kind: 'unproven' }
