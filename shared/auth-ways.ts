// How an account of each auth mode is connected through Nango from outside, with a session token. Code exists per mode, never per
// provider: what one provider needs stands in its definition.

/** The modes whose account is connected on a page: Nango's `GET /oauth/connect/{integration}` leads there (nango-api.md section 9). */
export const PAGE_MODES = ['OAUTH2', 'OAUTH1', 'APP', 'CUSTOM', 'MCP_OAUTH2', 'MCP_OAUTH2_GENERIC', 'INSTALL_PLUGIN'] as const
export type PageMode = (typeof PAGE_MODES)[number]

/** The modes whose account is connected by a form that is sent to Nango in one call (nango-api.md section 6). */
export const FORM_MODES = ['API_KEY', 'BASIC', 'OAUTH2_CC', 'TWO_STEP', 'JWT', 'SIGNATURE', 'TBA', 'BILL', 'AWS_SIGV4', 'NONE'] as const
export type FormMode = (typeof FORM_MODES)[number]

/** Why a connector cannot be connected from here. */
export const REFUSALS = ['outbound_installation', 'no_endpoint', 'unknown_mode'] as const
export type Refusal = (typeof REFUSALS)[number]

/** How an account is connected: on a page, by a form, or not from here, for a named reason. */
export type AuthWay =
  | { readonly kind: 'page'; readonly mode: PageMode }
  | { readonly kind: 'form'; readonly mode: FormMode }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

const PAGES: ReadonlySet<string> = new Set(PAGE_MODES)
const FORMS: ReadonlySet<string> = new Set(FORM_MODES)

const isPageMode = (authMode: string): authMode is PageMode => PAGES.has(authMode)
const isFormMode = (authMode: string): authMode is FormMode => FORMS.has(authMode)

/** The way of an auth mode. `isOutbound` marks a provider that is installed from its own side (`installation: outbound`). */
export const authWayOf = (authMode: string, isOutbound = false): AuthWay => {
  if (isOutbound) return { kind: 'refused', refusal: 'outbound_installation' }
  if (isPageMode(authMode)) return { kind: 'page', mode: authMode }
  if (isFormMode(authMode)) return { kind: 'form', mode: authMode }
  return { kind: 'refused', refusal: authMode === 'APP_STORE' ? 'no_endpoint' : 'unknown_mode' }
}
