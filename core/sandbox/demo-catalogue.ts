import type { StandInIntegration, StandInProvider } from './stand-in-provider.ts'

const DEMO_OAUTH = { auth_mode: 'OAUTH2', authorization_url: '/demo-provider/authorize', token_url: '/demo-provider/token' }

const verified = (endpoint: string) => ({ verification: { method: 'GET', endpoints: [endpoint] } })

/**
 * The sandbox's providers under the names Nango gives them, so that a catalogue shows them as configured. OAuth goes to the demo
 * provider; the form fields are those of the real definitions.
 */
export const DEMO_PROVIDERS: Readonly<Record<string, StandInProvider>> = {
  github: { ...DEMO_OAUTH, display_name: 'GitHub (User OAuth)', categories: ['dev-tools', 'support', 'ticketing'] },
  slack: { ...DEMO_OAUTH, display_name: 'Slack', categories: ['popular', 'productivity'], scope_separator: ',' },
  notion: {
    ...DEMO_OAUTH,
    display_name: 'Notion',
    categories: ['knowledge-base', 'popular', 'productivity'],
    authorization_params: { response_type: 'code', owner: 'user' },
  },
  'google-mail': {
    ...DEMO_OAUTH,
    display_name: 'Gmail',
    categories: ['popular', 'productivity'],
    authorization_params: { response_type: 'code', access_type: 'offline', prompt: 'consent' },
  },
  linear: {
    ...DEMO_OAUTH,
    display_name: 'Linear',
    categories: ['popular', 'productivity', 'ticketing'],
    scope_separator: ',',
    authorization_params: { prompt: 'consent' },
  },
  openai: {
    display_name: 'OpenAI',
    categories: ['productivity', 'dev-tools', 'popular'],
    auth_mode: 'API_KEY',
    proxy: { base_url: 'https://api.openai.com', ...verified('/v1/models') },
    docs_connect: 'https://nango.dev/docs/integrations/all/openai/connect',
    credentials: { apiKey: { type: 'string', title: 'API Key', description: 'The API key for your OpenAI account' } },
  },
  anthropic: {
    display_name: 'Anthropic',
    categories: ['productivity', 'dev-tools', 'popular'],
    auth_mode: 'API_KEY',
    proxy: { base_url: 'https://api.anthropic.com', ...verified('v1/models') },
    docs: 'https://nango.dev/docs/integrations/all/anthropic',
    connection_config: {
      version: {
        type: 'string',
        title: 'API Version',
        description: 'The version of the Anthropic API to use',
        pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
        example: '2023-06-01',
      },
    },
    credentials: { apiKey: { type: 'string', title: 'API Key', description: 'The API key for your Anthropic account' } },
  },
  n8n: {
    display_name: 'n8n',
    categories: ['productivity', 'dev-tools'],
    auth_mode: 'API_KEY',
    proxy: { base_url: '${connectionConfig.baseUrl}/api' },
    docs: 'https://nango.dev/docs/api-integrations/n8n',
    docs_connect: 'https://nango.dev/docs/api-integrations/n8n/connect',
    connection_config: {
      baseUrl: {
        type: 'string',
        title: 'Base URL',
        description: "Your n8n instance's base URL.",
        format: 'uri',
        pattern: '^https?://[^\\s]+[^/\\s]$',
        example: 'https://your-instance.app.n8n.cloud',
        order: 1,
        suffix: '/api',
        doc_section: '#step-1-finding-your-base-url',
      },
    },
    credentials: {
      apiKey: {
        type: 'string',
        title: 'API Key',
        description: 'Your n8n API key.',
        doc_section: '#step-2-generating-your-api-key',
      },
    },
  },
  'jira-basic': {
    display_name: 'Jira (Basic Auth)',
    categories: ['productivity', 'ticketing'],
    auth_mode: 'BASIC',
    proxy: { base_url: 'https://${connectionConfig.subdomain}.atlassian.net', ...verified('/rest/api/3/myself') },
    docs_connect: 'https://nango.dev/docs/integrations/all/jira-basic/connect',
    connection_config: {
      subdomain: {
        type: 'string',
        title: 'Jira Domain',
        description: 'The subdomain of your Jira account',
        pattern: '^[a-z0-9_-]+$',
        example: 'domain',
        suffix: '.atlassian.net',
        prefix: 'https://',
        order: 1,
        doc_section: '#step-2-finding-your-atlassian-domain',
      },
    },
    credentials: {
      username: {
        type: 'string',
        title: 'Email Address',
        description: 'The Email Address of your Jira account',
        format: 'email',
        doc_section: '#step-3-finding-your-user-name',
      },
      password: {
        type: 'string',
        title: 'API Key',
        description: 'The API Key of your Jira account',
        doc_section: '#step-1-finding-atlassian-api-key',
      },
    },
  },
  ashby: {
    display_name: 'Ashby',
    categories: ['ats', 'popular'],
    auth_mode: 'BASIC',
    proxy: { base_url: 'https://api.ashbyhq.com', ...verified('apiKey.info') },
    docs_connect: 'https://nango.dev/docs/integrations/all/ashby/connect',
    credentials: {
      username: { type: 'string', title: 'API Key', description: 'The API Key of your Ashby account' },
      password: { type: 'string', title: '', description: '', default_value: '', hidden: true },
    },
  },
  'jira-data-center-basic': {
    display_name: 'Jira Data Center (Basic Auth)',
    categories: ['productivity', 'ticketing'],
    auth_mode: 'BASIC',
    proxy: { base_url: '${connectionConfig.baseUrl}' },
    docs_connect: 'https://nango.dev/docs/integrations/all/jira-data-center-basic/connect',
    connection_config: {
      baseUrl: {
        type: 'string',
        title: 'Instance Base Url',
        description: 'The base Url for your Jira Data Center instance',
        pattern: '^(https?:\\/\\/)?[A-Za-z0-9.-]+(:\\d+)?(\\/[A-Za-z0-9._-]*)?$',
        example: 'https://foobar.atlassian.net',
        order: 1,
        doc_section: '#step-1-finding-your-instance-base-url',
      },
    },
    credentials: {
      username: { type: 'string', title: 'Username', description: 'The username for your Jira Data Center' },
      password: { type: 'string', title: 'Password', description: 'The password for your Jira Data Center' },
    },
  },
}

const oauth = (provider: string, displayName: string, scopes: string): StandInIntegration => ({
  uniqueKey: provider,
  provider,
  displayName,
  clientId: `demo-${provider}`,
  clientSecret: `demo-${provider}-client`,
  scopes,
})

/** The integrations a sandbox begins with. Their client secrets only open the demo provider, which guards nothing. */
export const DEMO_INTEGRATIONS: readonly StandInIntegration[] = [
  oauth('github', 'GitHub', 'repo,read:user'),
  oauth('slack', 'Slack', 'chat:write,channels:read'),
  oauth('notion', 'Notion', ''),
  oauth('google-mail', 'Gmail', 'https://www.googleapis.com/auth/gmail.readonly'),
  oauth('linear', 'Linear', 'read,write'),
  { uniqueKey: 'openai', provider: 'openai', displayName: 'OpenAI' },
  { uniqueKey: 'anthropic', provider: 'anthropic', displayName: 'Anthropic' },
  { uniqueKey: 'n8n', provider: 'n8n', displayName: 'n8n' },
  { uniqueKey: 'jira-basic', provider: 'jira-basic', displayName: 'Jira' },
  { uniqueKey: 'ashby', provider: 'ashby', displayName: 'Ashby' },
]
