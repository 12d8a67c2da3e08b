import type { CatalogueEntry } from '#core/catalogue/normalize-provider'

/**
 * Products of a brand whose own mark stands for them all, by the beginning of their id. Looked at one by one: a beginning that other
 * brands share (`ring-central` is not Ring, `orange-logic` not Orange, `loop-returns` not Loop) is not here.
 */
const BRANDS: readonly (readonly [begins: string, slug: string])[] = [
  ['adp-', 'adp'],
  ['anthropic-', 'anthropic'],
  ['apple-', 'apple'],
  ['atlassian-', 'atlassian'],
  ['confluence-', 'confluence'],
  ['contentstack', 'contentstack'],
  ['cursor-', 'cursor'],
  ['datto-', 'datto'],
  ['dropbox-', 'dropbox'],
  ['google-', 'google'],
  ['greenhouse-', 'greenhouse'],
  ['hackerrank-', 'hackerrank'],
  ['helpscout-', 'helpscout'],
  ['hibob-', 'hibob'],
  ['jira-', 'jira'],
  ['meta-marketing-api', 'meta'],
  ['next-cloud-', 'nextcloud'],
  ['personio-', 'personio'],
  ['revolut-', 'revolut'],
  ['sage-', 'sage'],
  ['sap-', 'sap'],
  ['shopify-', 'shopify'],
  ['squareup', 'square'],
  ['stripe-', 'stripe'],
  ['tiktok-', 'tiktok'],
  ['twitter', 'x'],
  ['webex', 'webex'],
  ['whatsapp-', 'whatsapp'],
  ['zapier-', 'zapier'],
  ['zendesk-', 'zendesk'],
  ['zoho-', 'zoho'],
]

/** The mark that stands for a connector by its brand, or null. */
export const brandOf = (connectorId: string): string | null => BRANDS.find(([begins]) => connectorId.startsWith(begins))?.[1] ?? null

/** Lettering lower than a third of its width: on a tile of 24 it would be 5 px high and say nothing. Heights measured in Chromium. */
export const WORDMARKS: ReadonlySet<string> = new Set([
  'paychex',
  'intuit',
  'woocommerce',
  'caldotcom',
  'typeform',
  'zoom',
  'egnyte',
  'fillout',
  'garmin',
  'splunk',
  'odoo',
  'adyen',
  'uber',
])

/** Marks from a third to little more than a half as high as wide: drawn nearly as wide as the tile. Measured likewise. */
export const WIDE_MARKS: ReadonlySet<string> = new Set([
  'myob',
  'gusto',
  'ebay',
  'n8n',
  'zoho',
  'cloudflare',
  'adp',
  'hibob',
  'lastpass',
  'box',
  'qualtrics',
])

/** What a connector is, where its name says it better than its categories. */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/mail|outlook|smtp|sendgrid|postmark/, 'mail'],
  [/calendar|calendly/, 'calendar'],
  [/sql|database|dynamodb|snowflake|redshift|mongo|supabase|airtable/, 'database'],
  [/^aws|^amazon-web|azure|digital-?ocean|heroku/, 'cloud'],
  [/teams|slack|discord|chat|intercom/, 'chat'],
  [/drive|sharepoint|dropbox|^box/, 'storage'],
  [/excel|sheet/, 'table'],
  [/word$|note|docs/, 'document'],
]

/** From the most telling category to the least. */
const BY_CATEGORY: readonly (readonly [category: string, glyph: string])[] = [
  ['crm', 'people-card'],
  ['ats', 'briefcase'],
  ['hr', 'people'],
  ['banking', 'bank'],
  ['payment', 'card'],
  ['invoicing', 'receipt'],
  ['accounting', 'receipt'],
  ['e-commerce', 'cart'],
  ['erp', 'boxes'],
  ['iam', 'shield'],
  ['legal', 'scale'],
  ['social', 'share'],
  ['surveys', 'checklist'],
  ['video', 'video'],
  ['storage', 'storage'],
  ['design', 'palette'],
  ['knowledge-base', 'book'],
  ['cms', 'document'],
  ['ticketing', 'ticket'],
  ['support', 'lifebuoy'],
  ['marketing', 'megaphone'],
  ['analytics', 'chart'],
  ['communication', 'chat'],
  ['sports', 'trophy'],
  ['gaming', 'gamepad'],
  ['search', 'search'],
  ['dev-tools', 'code'],
  ['productivity', 'checklist'],
  ['mcp', 'plug'],
]

/** The family a connector without a mark belongs to, as the name of a glyph of the window; every connector has one. */
export const glyphOf = (entry: Pick<CatalogueEntry, 'connectorId' | 'categories'>): string =>
  BY_NAME.find(([pattern]) => pattern.test(entry.connectorId))?.[1] ??
  BY_CATEGORY.find(([category]) => entry.categories.includes(category))?.[1] ??
  'plug'

/** What `resources/most-used-connectors.json` says of itself. */
export const RANKING_RULE =
  "No figures of use are published. Ranked by what Nango's catalogue itself shows of demand: 100 for its category popular; 8 for each further connector of the same brand, at most 40; 5 for each other name it is known by, at most 15; a quarter for each scope, at most 15; 3 for each category; 4 for a check of its credentials. Equal ones by id."

const MOST_USED = 300

/** The connectors that are most used as far as the catalogue tells, by RANKING_RULE. */
export const mostUsed = (entries: readonly CatalogueEntry[]): readonly CatalogueEntry[] => {
  const brand = ({ connectorId }: CatalogueEntry): string => connectorId.split('-')[0] ?? connectorId
  const families = new Map<string, number>()
  for (const entry of entries) families.set(brand(entry), (families.get(brand(entry)) ?? 0) + 1)
  const score = (entry: CatalogueEntry): number =>
    (entry.categories.includes('popular') ? 100 : 0) +
    8 * Math.min((families.get(brand(entry)) ?? 1) - 1, 5) +
    5 * Math.min(entry.legacyNames.length, 3) +
    Math.min(entry.scopes.length, 60) / 4 +
    3 * entry.categories.length +
    (entry.hasVerification ? 4 : 0)
  return [...entries].toSorted((a, b) => score(b) - score(a) || (a.connectorId < b.connectorId ? -1 : 1)).slice(0, MOST_USED)
}
