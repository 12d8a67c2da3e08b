// The forms besides API key and password. Their bodies, codes and the order of the checks are read in Nango's controllers and in
// @nangohq/frontend 0.71.10; none of them was measured. What a token endpoint or a signature would say is asked of the demo services.
import { createPrivateKey, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { connectByForm, requireVerified } from './stand-in-api-auth-routes.ts'
import { type Handler, type StandInContext, providerOf } from './stand-in-context.ts'
import { interpolate, type OtherFormMode } from './stand-in-provider.ts'
import type { StoredCredentials, StoredIntegration } from './stand-in-records.ts'
import { parseOrRefuse, refuse, refuseInvalid } from './stand-in-reply.ts'

const TOKEN_SECONDS = 3_600

const Text = z.string().min(1)
const Loose = z.looseObject({})
const SignatureInput = z.strictObject({ username: Text, password: Text, type: Text })
const TbaInput = z.strictObject({
  token_id: Text,
  token_secret: Text,
  oauth_client_id_override: z.string().optional(),
  oauth_client_secret_override: z.string().optional(),
})
const BillInput = z.strictObject({ username: Text, password: Text, organization_id: Text, dev_key: Text })
const AwsInput = z.strictObject({
  role_arn: Text,
  region: Text.max(64)
    .regex(/^[a-z0-9-]+$/, 'AWS region must contain only lowercase letters, digits, and hyphens')
    .optional(),
})
const ClientInput = z.object({
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  client_certificate: z.string().optional(),
  client_private_key: z.string().optional(),
})

/** The texts of a body, one level of nesting taken in (`assertionOption`). */
const textsOf = (body: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => {
      if (typeof value === 'string') return name === 'type' ? [] : [[name, value]]
      return typeof value === 'object' && value !== null ? Object.entries(textsOf({ ...value })) : []
    }),
  )

const newToken = (context: StandInContext, prefix: string): { token: string; expires_at: string } => ({
  token: `${prefix}-${randomBytes(18).toString('base64url')}`,
  expires_at: new Date(context.now() + TOKEN_SECONDS * 1000).toISOString(),
})

/** Asks the service for a token, as Nango does for these modes whether or not there is a verification. */
const requireToken = (
  context: StandInContext,
  integration: StoredIntegration,
  given: { readonly type: OtherFormMode; readonly values: Readonly<Record<string, string>> },
  connectionConfig: Readonly<Record<string, unknown>>,
  refusal: readonly [status: number, code: string, message: string],
): void => {
  const isDown = context.state.misbehaviour.faults.isProviderDown
  if (isDown || !context.verifyCredentials(integration.provider, given, connectionConfig)) throw refuse(...refusal)
}

const isReadableKey = (pem: string): boolean => {
  try {
    return createPrivateKey(pem.replaceAll('\\n', '\n')).type === 'private'
  } catch {
    return false
  }
}

/** POST /oauth2/auth/{integration}: the token is fetched at once; parameters that its address lacks are an error of their own. */
export const connectClientCredentials: Handler = (call, context) => {
  const body = parseOrRefuse('invalid_body', ClientInput, call.body ?? {})
  if (!body.client_id) throw refuse(400, 'missing_client_id', "Missing param 'oauth_client_id'.")
  if (!body.client_secret && !body.client_private_key) throw refuse(500, 'unhandled_missing_client_secret')
  const values = textsOf(body)
  return connectByForm(call, context, {
    type: 'OAUTH2_CC',
    credentialsOf: (integration, connectionConfig) => {
      const tokenUrl = providerOf(context, integration).token_url ?? ''
      if (interpolate(tokenUrl, connectionConfig) === null)
        throw refuse(500, `unhandled_Missing Connection Config param(s) in Auth request to interpolate url ${tokenUrl}.`)
      requireToken(context, integration, { type: 'OAUTH2_CC', values }, connectionConfig, [
        400,
        'client_credentials_fetch_error',
        'Failed to fetch client credentials token: {"code":"401","message":"invalid_client"}',
      ])
      const token = newToken(context, 'cc')
      return { type: 'OAUTH2_CC', ...values, ...token, raw: { access_token: token.token, expires_in: TOKEN_SECONDS } }
    },
  })
}

/** POST /auth/two-step/{integration}: any members; `assertionOption` makes the assertion and is not kept among the values. */
export const connectTwoStep: Handler = (call, context) => {
  const body = parseOrRefuse('invalid_body', Loose, call.body ?? {})
  return connectByForm(call, context, {
    type: 'TWO_STEP',
    metadata: {},
    credentialsOf: (integration, connectionConfig) => {
      const key = textsOf(body)['privateKey']
      if (key?.startsWith('-----BEGIN') === true && !isReadableKey(key)) throw refuse(500, 'failed_to_generate_jwt_assertion')
      requireToken(context, integration, { type: 'TWO_STEP', values: textsOf(body) }, connectionConfig, [
        400,
        'two_step_credentials_fetch_error',
        'Error fetching Two Step credentials',
      ])
      const token = newToken(context, 'ts')
      return { ...body, type: 'TWO_STEP', ...token, raw: { token: token.token } }
    },
  })
}

/** POST /auth/jwt/{integration}: signs here and now, so a key that is none is refused; then the verification, where there is one. */
export const connectJwt: Handler = (call, context) => {
  const body = parseOrRefuse('invalid_body', Loose, call.body ?? {})
  const values = textsOf(body)
  return connectByForm(call, context, {
    type: 'JWT',
    metadata: {},
    credentialsOf: (integration, connectionConfig) => {
      const key = values['privateKey']
      if (key?.startsWith('-----BEGIN') === true && !isReadableKey(key)) throw refuse(500, 'failed_to_generate')
      requireVerified(context, integration, { type: 'JWT', values }, connectionConfig)
      return { ...values, type: 'JWT', ...newToken(context, 'jwt') }
    },
  })
}

/** A form whose body is checked strictly, and whose credentials are what was given and a token of it. */
const strictForm =
  (type: 'SIGNATURE' | 'TBA' | 'BILL', input: z.ZodType<Record<string, string | undefined>>, tokenPrefix: string | null): Handler =>
  (call, context) => {
    const values = textsOf(parseOrRefuse('invalid_body', input, call.body ?? {}))
    return connectByForm(call, context, {
      type,
      metadata: {},
      credentialsOf: (integration, connectionConfig): StoredCredentials => {
        // BILL signs in at once; the others are only tried where the provider has a verification.
        if (type === 'BILL') requireToken(context, integration, { type, values }, connectionConfig, [500, 'bill_tokens_fetch_error', ''])
        else requireVerified(context, integration, { type, values }, connectionConfig)
        return { type, ...values, ...(tokenPrefix === null ? { config_override: {} } : newToken(context, tokenPrefix)) }
      },
    })
  }

/** POST /auth/signature/{integration}: `type` is part of the body. */
export const connectSignature: Handler = strictForm('SIGNATURE', SignatureInput, 'sig')

/** POST /auth/tba/{integration}. */
export const connectTba: Handler = strictForm('TBA', TbaInput, null)

/** POST /auth/bill/{integration}. */
export const connectBill: Handler = strictForm('BILL', BillInput, 'bill')

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** POST /auth/aws-sigv4/{integration}: an external id that is no UUID is replaced by one, which the role cannot know. */
export const connectAws: Handler = (call, context) => {
  const body = parseOrRefuse('invalid_body', AwsInput, call.body ?? {})
  return connectByForm(call, context, {
    type: 'AWS_SIGV4',
    credentialsOf: (integration, connectionConfig) => {
      const region = body.region ?? connectionConfig['region'] ?? 'us-east-1'
      const externalId = connectionConfig['external_id']
      if (typeof externalId !== 'string' || !UUID.test(externalId))
        throw refuse(400, 'aws_sigv4_sts_request_failed', 'Failed to obtain temporary AWS credentials')
      const values = { role_arn: body.role_arn, external_id: externalId }
      requireVerified(context, integration, { type: 'AWS_SIGV4', values }, connectionConfig)
      return { type: 'AWS_SIGV4', ...values, region, ...newToken(context, 'aws') }
    },
  })
}

/** POST /auth/unauthenticated/{integration}: takes no body at all. */
export const connectUnauthenticated: Handler = (call, context) => {
  const isEmpty = call.body === undefined || (typeof call.body === 'object' && call.body !== null && Object.keys(call.body).length === 0)
  if (!isEmpty) throw refuseInvalid('invalid_body', [{ code: 'unrecognized_keys', message: 'Unrecognized key(s)', path: [] }])
  return connectByForm(call, context, { type: 'NONE', credentialsOf: () => ({ type: 'NONE' }) })
}
