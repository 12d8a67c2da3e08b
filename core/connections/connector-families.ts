/** Connectors that sign in at Google: one account, one grant, one page, whatever the product. */
export const GOOGLE_CONNECTORS: readonly string[] = [
  'google',
  'google-ads',
  'google-analytics',
  'google-bigquery',
  'google-calendar',
  'google-calendar-mcp',
  'google-chat',
  'google-cloud-storage',
  'google-contacts',
  'google-docs',
  'google-drive',
  'google-forms',
  'google-health',
  'google-mail',
  'google-meet',
  'google-play',
  'google-search-console',
  'google-sheet',
  'google-slides',
  'google-tasks',
  'google-workspace-admin',
  'stitch-mcp',
  'youtube',
]

/** Connectors whose person signs in at Microsoft. Those that an app signs in for itself are not here: no person gave access. */
export const MICROSOFT_CONNECTORS: readonly string[] = [
  'azure-blob-storage',
  'microsoft',
  'microsoft-admin',
  'microsoft-ads',
  'microsoft-dataverse',
  'microsoft-dynamics-365-finance-and-operations',
  'microsoft-entra-id',
  'microsoft-excel',
  'microsoft-people',
  'microsoft-planner',
  'microsoft-power-bi',
  'microsoft-powerpoint',
  'microsoft-teams',
  'microsoft-teams-bot',
  'microsoft-tenant-specific',
  'microsoft-word',
  'one-drive',
  'one-drive-personal',
  'one-note',
  'outlook',
  'sharepoint-online',
]

/** Connectors that sign in at Atlassian's cloud. */
export const ATLASSIAN_CONNECTORS: readonly string[] = ['atlassian', 'confluence', 'jira']

/** Connectors that sign in at Zoho. */
export const ZOHO_CONNECTORS: readonly string[] = [
  'zoho',
  'zoho-bigin',
  'zoho-books',
  'zoho-calendar',
  'zoho-crm',
  'zoho-desk',
  'zoho-inventory',
  'zoho-invoice',
  'zoho-mail',
  'zoho-people',
  'zoho-recruit',
]
