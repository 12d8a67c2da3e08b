import { ATLASSIAN_CONNECTORS, GOOGLE_CONNECTORS, MICROSOFT_CONNECTORS } from './connector-families.ts'

/** A rule by which a service ends access although nothing in its answers says so. */
export interface LifetimeRule {
  readonly rule: string
  readonly connectors: readonly string[]
  /** `fixed` counts from when access was given, `idle` from the last renewal or use. */
  readonly kind: 'fixed' | 'idle'
  readonly days: number
  /** When it holds: whether it does for this app is not known here. */
  readonly condition: string
  readonly sourceUrl: string
}

/** What is published about lifetimes. A rule is a hint: it is told as one, and never changes a status. */
export const LIFETIME_RULES: readonly LifetimeRule[] = [
  {
    rule: 'google_testing',
    connectors: GOOGLE_CONNECTORS,
    kind: 'fixed',
    days: 7,
    condition: 'If your app at Google is still in testing, Google ends access 7 days after it was given.',
    sourceUrl: 'https://developers.google.com/identity/protocols/oauth2#expiration',
  },
  {
    rule: 'google_idle',
    connectors: GOOGLE_CONNECTORS,
    kind: 'idle',
    days: 182,
    condition: 'Google ends access that was not used for six months.',
    sourceUrl: 'https://developers.google.com/identity/protocols/oauth2#expiration',
  },
  {
    rule: 'microsoft_idle',
    connectors: MICROSOFT_CONNECTORS,
    kind: 'idle',
    days: 90,
    condition: 'Microsoft ends access that was not renewed for 90 days.',
    sourceUrl: 'https://learn.microsoft.com/entra/identity-platform/refresh-tokens',
  },
  {
    rule: 'xero_idle',
    connectors: ['xero'],
    kind: 'idle',
    days: 60,
    condition: 'Xero ends access that was not renewed for 60 days.',
    sourceUrl: 'https://developer.xero.com/documentation/guides/oauth2/token-types',
  },
  {
    rule: 'box_idle',
    connectors: ['box'],
    kind: 'idle',
    days: 60,
    condition: 'Box ends access that was not renewed for 60 days.',
    sourceUrl: 'https://developer.box.com/guides/authentication/tokens/refresh/',
  },
  {
    rule: 'quickbooks_idle',
    connectors: ['quickbooks', 'quickbooks-sandbox'],
    kind: 'idle',
    days: 100,
    condition: 'QuickBooks ends access that was not renewed for 100 days.',
    sourceUrl: 'https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0',
  },
  {
    rule: 'quickbooks_cap',
    connectors: ['quickbooks', 'quickbooks-sandbox'],
    kind: 'fixed',
    days: 1_826,
    condition: 'QuickBooks ends every access five years after it was given.',
    sourceUrl: 'https://github.com/intuit/QuickBooks-V3-DotNET-SDK/releases/tag/V14.7.1.4',
  },
  {
    rule: 'atlassian_idle',
    connectors: ATLASSIAN_CONNECTORS,
    kind: 'idle',
    days: 90,
    condition: 'Atlassian ends access that was not renewed for 90 days.',
    sourceUrl: 'https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/',
  },
  {
    rule: 'airtable_idle',
    connectors: ['airtable'],
    kind: 'idle',
    days: 60,
    condition: 'Airtable ends access that was not renewed for 60 days.',
    sourceUrl: 'https://airtable.com/developers/web/api/oauth-reference',
  },
  {
    rule: 'zoom_idle',
    connectors: ['zoom'],
    kind: 'idle',
    days: 90,
    condition: 'Zoom ends access that was not renewed for 90 days.',
    sourceUrl: 'https://developers.zoom.us/docs/integrations/oauth/',
  },
  {
    rule: 'pipedrive_idle',
    connectors: ['pipedrive'],
    kind: 'idle',
    days: 60,
    condition: 'Pipedrive ends access that was not renewed for 60 days.',
    sourceUrl: 'https://pipedrive.readme.io/docs/marketplace-oauth-authorization',
  },
  {
    rule: 'linkedin_cap',
    connectors: ['linkedin'],
    kind: 'fixed',
    days: 365,
    condition: 'LinkedIn ends access a year after it was given; without refresh tokens after 60 days.',
    sourceUrl: 'https://learn.microsoft.com/linkedin/shared/authentication/programmatic-refresh-tokens',
  },
]
