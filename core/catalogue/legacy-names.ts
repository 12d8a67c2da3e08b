/** Names that other programs and older lists use, with the provider they mean in Nango's catalogue. */
const LEGACY_NAMES: Readonly<Record<string, string>> = {
  gmail: 'google-mail',
  'google-gmail': 'google-mail',
  gcal: 'google-calendar',
  gdrive: 'google-drive',
  gdocs: 'google-docs',
  'google-sheets': 'google-sheet',
  gsheets: 'google-sheet',
  'google-slide': 'google-slides',
  'google-meets': 'google-meet',
  ga4: 'google-analytics',
  bigquery: 'google-bigquery',
  'google-workspace': 'google-workspace-admin',
  gemini: 'google-gemini',
  'microsoft-outlook': 'outlook',
  'outlook-mail': 'outlook',
  'outlook-calendar': 'outlook',
  office365: 'microsoft',
  'office-365': 'microsoft',
  'microsoft-365': 'microsoft',
  microsoft365: 'microsoft',
  teams: 'microsoft-teams',
  'ms-teams': 'microsoft-teams',
  excel: 'microsoft-excel',
  word: 'microsoft-word',
  powerpoint: 'microsoft-powerpoint',
  'power-bi': 'microsoft-power-bi',
  powerbi: 'microsoft-power-bi',
  'entra-id': 'microsoft-entra-id',
  onedrive: 'one-drive',
  'microsoft-onedrive': 'one-drive',
  onenote: 'one-note',
  sharepoint: 'sharepoint-online',
  whatsapp: 'whatsapp-business',
  x: 'twitter-v2',
  'active-directory': 'microsoft-entra-id',
  activecampaign: 'active-campaign',
  'meta-ads': 'meta-marketing-api',
  'facebook-ads': 'meta-marketing-api',
  dynamics365: 'microsoft-dataverse',
  'dynamics-365': 'microsoft-dataverse',
  'quick-books': 'quickbooks',
  'docu-sign': 'docusign',
  mondaycom: 'monday',
  'monday-com': 'monday',
}

/** The form names are compared in: `Google_Calendar` and `google calendar` become `google-calendar`. */
export const canonicalName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[_\s]+/g, '-')

/** The legacy names of a connector, sorted. */
export const legacyNamesOf = (connectorId: string): string[] =>
  Object.keys(LEGACY_NAMES)
    .filter((name) => LEGACY_NAMES[name] === connectorId)
    .toSorted()

/** Every legacy name with its connector; for tests and for the check at compile time. */
export const allLegacyNames = (): readonly (readonly [name: string, connectorId: string])[] => Object.entries(LEGACY_NAMES)
