/** What an integration may be asked for; secrets among them go in and never come out again. */
export type IntegrationFieldName = 'clientId' | 'clientSecret' | 'scopes' | 'appId' | 'appLink' | 'privateKey'

/** One input of the form that sets an integration up. */
export interface IntegrationField {
  readonly name: IntegrationFieldName
  readonly kind: 'text' | 'url' | 'scopes' | 'secret' | 'pem'
  readonly isOptional: boolean
}

/** What a way to sign in needs of its integration; `dashboard` where Nango takes it in its dashboard only. */
export interface IntegrationForm {
  readonly fields: readonly IntegrationField[]
  readonly isDashboardOnly: boolean
  /** The address at Nango that the provider must know: where a sign-in comes back to, or where an installation does. */
  readonly returnsTo: 'callback' | 'installation' | null
}

const needed = (name: IntegrationFieldName, kind: IntegrationField['kind']): IntegrationField => ({ name, kind, isOptional: false })

const CLIENT = [needed('clientId', 'text'), needed('clientSecret', 'secret')]
const APP = [needed('appId', 'text'), needed('appLink', 'url'), needed('privateKey', 'pem')]
const SCOPES: IntegrationField = { name: 'scopes', kind: 'scopes', isOptional: true }

const form = (fields: readonly IntegrationField[], returnsTo: IntegrationForm['returnsTo'] = null): IntegrationForm => ({
  fields,
  returnsTo,
  isDashboardOnly: false,
})

const DASHBOARD_ONLY: IntegrationForm = { fields: [], returnsTo: null, isDashboardOnly: true }

/** By auth mode (nango-api.md section 4, and the credentials that the API's own types name); never by provider. */
const FORMS: Readonly<Record<string, IntegrationForm>> = {
  OAUTH2: form([...CLIENT, SCOPES], 'callback'),
  OAUTH1: form(CLIENT, 'callback'),
  TBA: form(CLIENT),
  APP: form(APP, 'installation'),
  CUSTOM: form([...CLIENT, ...APP], 'callback'),
  // The client of an MCP server registers itself or is described by fields that the API has no names for.
  MCP_OAUTH2_GENERIC: DASHBOARD_ONLY,
  INSTALL_PLUGIN: DASHBOARD_ONLY,
}

const NOTHING_NEEDED = form([])

/** The form of an integration for a way to sign in; one that is not named here needs nothing but its name. */
export const integrationFormOf = (authMode: string): IntegrationForm => FORMS[authMode] ?? NOTHING_NEEDED

/** What an integration id may look like: `^[a-zA-Z0-9~:.@ _-]+$`, at most 255 characters (nango-api.md section 4). */
export const INTEGRATION_ID = /^[a-zA-Z0-9~:.@ _-]{1,255}$/

/** One scope: neither space nor comma, which Nango would take for two (nango-api.md section 4). */
export const INTEGRATION_SCOPE = /^[^\s,]{1,500}$/

/** The scopes in a text: separated by spaces, commas or lines, each once. */
export const scopesIn = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter((scope) => scope !== ''))]
