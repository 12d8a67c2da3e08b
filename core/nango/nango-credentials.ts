import type { FormMode } from '#shared/auth-ways'

/** What a form gave, sorted by where it goes. */
export interface GivenForm {
  readonly credentials: Readonly<Record<string, string>>
  /** What makes the assertion of a two-step sign-in. */
  readonly assertion: Readonly<Record<string, string>>
}

interface FormEndpoint {
  /** `POST {path}/{integration}`, the session token and `params[...]` in the query. */
  readonly path: string
  /** The JSON body; null where none may be sent. */
  readonly bodyOf: (form: GivenForm) => Readonly<Record<string, unknown>> | null
}

/** Only these members, as far as they are given: the body of most modes is checked strictly. */
const only =
  (...names: readonly string[]) =>
  ({ credentials }: GivenForm): Record<string, string> =>
    Object.fromEntries(Object.entries(credentials).filter(([name]) => names.includes(name)))

/** Everything that is given, with the mode as `type`, as the official client sends it. */
const all =
  (type: FormMode) =>
  ({ credentials, assertion }: GivenForm): Record<string, unknown> => ({
    ...credentials,
    type,
    ...(Object.keys(assertion).length === 0 ? {} : { assertionOption: { ...assertion } }),
  })

/**
 * Where the form of each mode is sent, and as what. API_KEY and BASIC are measured (nango-api.md section 6); the others are read from
 * @nangohq/frontend 0.71.10 and from the server's controllers, which refuse unknown members of SIGNATURE, TBA, BILL and AWS_SIGV4 and
 * any body at all for NONE. APP_STORE (`/app-store-auth` once) has no route any more.
 */
export const FORM_ENDPOINTS: Readonly<Record<FormMode, FormEndpoint>> = {
  API_KEY: { path: '/api-auth/api-key', bodyOf: only('apiKey') },
  BASIC: { path: '/api-auth/basic', bodyOf: only('username', 'password') },
  OAUTH2_CC: { path: '/oauth2/auth', bodyOf: only('client_id', 'client_secret', 'client_certificate', 'client_private_key') },
  TWO_STEP: { path: '/auth/two-step', bodyOf: all('TWO_STEP') },
  JWT: { path: '/auth/jwt', bodyOf: all('JWT') },
  SIGNATURE: {
    path: '/auth/signature',
    bodyOf: (form) => ({ type: 'SIGNATURE', ...only('username', 'password')(form) }),
  },
  TBA: {
    path: '/auth/tba',
    bodyOf: only('token_id', 'token_secret', 'oauth_client_id_override', 'oauth_client_secret_override'),
  },
  BILL: { path: '/auth/bill', bodyOf: only('username', 'password', 'organization_id', 'dev_key') },
  AWS_SIGV4: { path: '/auth/aws-sigv4', bodyOf: only('role_arn', 'region') },
  NONE: { path: '/auth/unauthenticated', bodyOf: () => null },
}

/** Where the page of a sign-in begins: `GET {path}/{integration}` (nango-api.md section 9). */
export const PAGE_ENDPOINT = '/oauth/connect'

/** What Nango says when it could not make credentials of what the form gave, or the service did not take them; all but the first two are read. */
const REFUSED_CREDENTIALS = new Set([
  'connection_test_failed',
  'invalid_credentials',
  'connection_validation_failed',
  'invalid_two_step_credentials',
  'invalid_two_step_credentials_second_request',
  'two_step_credentials_fetch_error',
  'client_credentials_fetch_error',
  'invalid_certificate_or_key_format',
  'invalid_private_key_format',
  'missing_private_key',
  'invalid_bill_credentials',
  'bill_tokens_fetch_error',
  'failed_to_generate',
  'failed_to_generate_assertion',
  'failed_to_generate_jwt_assertion',
  'failed_to_sign',
  'signature_token_generation_error',
  'wsse_token_generation_error',
  'aws_sigv4_sts_request_failed',
])

/** Whether a code of Nango's means that the credentials were not accepted, rather than the request. */
export const isRefusalOfCredentials = (nangoCode: unknown): boolean => typeof nangoCode === 'string' && REFUSED_CREDENTIALS.has(nangoCode)
