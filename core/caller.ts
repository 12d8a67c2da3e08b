/** Who asks. A transport makes it once it knows; nothing else may. */
export type Caller =
  | { readonly kind: 'ui' }
  /** `isTrusted`: a headless host started with the Nango key in its environment trusts its own command line. */
  | { readonly kind: 'cli'; readonly isTrusted: boolean; readonly terminal: string | null }
  | { readonly kind: 'automation'; readonly grantId: string }
  | { readonly kind: 'unproven' }
