import type { Connector } from '#shared/contract/catalogue'

const MODES: Readonly<Record<string, string>> = {
  OAUTH2: 'OAuth',
  OAUTH1: 'OAuth 1',
  OAUTH2_CC: 'Client credentials',
  API_KEY: 'API key',
  BASIC: 'User name and password',
  TWO_STEP: 'Two step',
  JWT: 'Signed token',
  APP: 'App installation',
  CUSTOM: 'App installation',
  INSTALL_PLUGIN: 'Plugin',
  MCP_OAUTH2: 'OAuth for MCP',
  MCP_OAUTH2_GENERIC: 'OAuth for any MCP server',
  SIGNATURE: 'Signature',
  AWS_SIGV4: 'AWS signature',
  TBA: 'Token based',
  BILL: 'Bill session',
  NONE: 'No sign-in',
  UNKNOWN: 'Way to sign in not known',
}

/** The way to sign in, in words. */
export const modeWords = (authMode: string): string => MODES[authMode] ?? authMode

const CATEGORIES: Readonly<Record<string, string>> = {
  'dev-tools': 'Developer tools',
  'e-commerce': 'E-commerce',
  'knowledge-base': 'Knowledge base',
  ats: 'Recruiting',
  crm: 'CRM',
  cms: 'Content',
  erp: 'ERP',
  hr: 'HR',
  iam: 'Identity',
  mcp: 'MCP',
}

/** A category of the catalogue, in words. */
export const categoryWords = (category: string): string =>
  CATEGORIES[category] ?? `${category.charAt(0).toUpperCase()}${category.slice(1).replace(/-/g, ' ')}`

/** What stands under a connector's name: the first telling category and the way to sign in. */
export const metaWords = (connector: Pick<Connector, 'categories' | 'authMode'>): string => {
  const category = connector.categories.find((one) => one !== 'popular' && one !== 'other')
  return category === undefined ? modeWords(connector.authMode) : `${categoryWords(category)} · ${modeWords(connector.authMode)}`
}
