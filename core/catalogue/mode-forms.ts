// What each auth mode is asked for where a definition does not say, and what a definition leaves out although its sign-in needs it.
// By mode, never by provider: the names are those that Nango's endpoints take (nango-api.md section 6).
import type { FieldDefinition } from './connector-fields.ts'

type Definitions = Readonly<Record<string, FieldDefinition>>

/** The parts of a provider's definition that its form is made of. */
export interface FormDefinition {
  readonly auth_mode: string
  readonly authorization_url?: string | undefined
  readonly token_url?: string | Readonly<Record<string, string>> | undefined
  readonly request_url?: string | undefined
  readonly registration_url?: string | undefined
  readonly authorization_params?: Readonly<Record<string, unknown>> | undefined
  readonly redirect_uri_metadata?: unknown
  readonly token_request_auth_method?: string | undefined
  readonly connection_config?: Definitions | undefined
  readonly credentials?: Definitions | undefined
  readonly integration_config?: Definitions | undefined
}

const text = (title: string, more: Partial<FieldDefinition> = {}): FieldDefinition => ({ type: 'string', title, ...more })
const secret = (title: string, more: Partial<FieldDefinition> = {}): FieldDefinition => text(title, { secret: true, ...more })

const CREDENTIALS: Readonly<Record<string, Definitions>> = {
  API_KEY: { apiKey: secret('API key') },
  BASIC: { username: text('Username'), password: secret('Password') },
  OAUTH2_CC: { client_id: text('Client ID'), client_secret: secret('Client secret') },
  SIGNATURE: { username: text('Username'), password: secret('Password') },
  BILL: {
    username: text('Username'),
    password: secret('Password'),
    organization_id: text('Organization ID'),
    dev_key: secret('Developer key'),
  },
  TBA: {
    token_id: text('Token ID'),
    token_secret: secret('Token secret'),
    oauth_client_id_override: text('Consumer key', { optional: true, description: 'Only where the integration is not to use its own.' }),
    oauth_client_secret_override: secret('Consumer secret', {
      optional: true,
      description: 'Only where the integration is not to use its own.',
    }),
  },
  AWS_SIGV4: { role_arn: text('IAM role ARN', { pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$' }) },
}

const PARAMS: Readonly<Record<string, Definitions>> = {
  // Nango would make one up, which the role cannot know yet (server source, postAwsSigV4).
  AWS_SIGV4: {
    external_id: text('External ID', {
      format: 'uuid',
      description: 'The external id that the trust policy of the role names: a UUID of your own.',
      example: '6f1e0c3a-9d2b-4c57-8a41-2f60c1d7b9e5',
    }),
  },
}

const namesIn = (template: string): string[] =>
  template.includes('||') ? [] : [...template.matchAll(/\$\{connectionConfig\.([^{}]+)\}/g)].map(([, name]) => name ?? '')

const textsIn = (...values: readonly unknown[]): string[] =>
  values.flatMap((value) => {
    if (typeof value === 'string') return [value]
    return typeof value === 'object' && value !== null ? Object.values(value).filter((inner) => typeof inner === 'string') : []
  })

/**
 * The parameters without which the sign-in's addresses cannot be built; Nango answers such a flow with an error page
 * (nango-api.md section 9, `url_param_err`). What the provider itself gives on the way back is none of them.
 */
const neededParams = (provider: FormDefinition): ReadonlySet<string> => {
  const { auth_mode: mode, redirect_uri_metadata: fromProvider } = provider
  // An app's own link is the integration's.
  if (mode === 'APP' || mode === 'CUSTOM') return new Set()
  const given = new Set(Array.isArray(fromProvider) ? fromProvider.filter((name) => typeof name === 'string') : [])
  const { authorization_url, token_url, request_url, registration_url, authorization_params } = provider
  const names = textsIn(authorization_url, token_url, request_url, registration_url, authorization_params).flatMap(namesIn)
  return new Set(names.filter((name) => !given.has(name)))
}

const paramsOf = (provider: FormDefinition): Definitions => {
  const needed = neededParams(provider)
  const defined = { ...provider.connection_config, ...PARAMS[provider.auth_mode] }
  const asked = Object.entries(defined).map(([name, field]): [string, FieldDefinition] => {
    if (!needed.has(name) || field.default_value !== undefined) return [name, field]
    return [name, { ...field, automated: false, hidden: false, optional: false }]
  })
  const missing = [...needed].filter((name) => !Object.hasOwn(defined, name)).map((name): [string, FieldDefinition] => [name, text('')])
  return Object.fromEntries([...asked, ...missing])
}

const ofIntegration = (field: FieldDefinition): FieldDefinition => ({
  ...field,
  optional: true,
  description: `${field.description ?? ''} Leave it empty where the integration has it already.`.trim(),
})

const credentialsOf = (provider: FormDefinition): Definitions => {
  const { auth_mode: mode, credentials = {} } = provider
  if (mode === 'TWO_STEP') {
    const others = Object.entries(provider.integration_config ?? {}).filter(([name]) => !Object.hasOwn(credentials, name))
    return { ...credentials, ...Object.fromEntries(others.map(([name, field]) => [name, ofIntegration(field)])) }
  }
  const merged = { ...CREDENTIALS[mode], ...credentials }
  if (mode !== 'OAUTH2_CC' || provider.token_request_auth_method !== 'private_key_jwt') return merged
  // It signs with a key instead of a secret.
  const { client_secret: _unused, ...rest } = merged
  return rest
}

/** The inputs of a provider: what its definition names, laid over what its mode needs. */
export const formDefinitionOf = (provider: FormDefinition): { readonly params: Definitions; readonly credentials: Definitions } => ({
  params: paramsOf(provider),
  credentials: credentialsOf(provider),
})
