import { type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { z } from 'zod'
import type { StandInProvider } from './stand-in-provider.ts'
import type { StoredIntegration, StoredOauth2 } from './stand-in-records.ts'

const TIMEOUT_MS = 20_000
const MAX_BYTES = 1_048_576

const TokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.coerce.number().positive().optional(),
})

/** A token endpoint that did not give a token; `description` is what Nango puts into `error_desc`. */
export class TokenEndpointError extends Error {
  readonly payload: unknown

  constructor(message: string, payload?: unknown) {
    super(message)
    this.payload = payload
  }

  get description(): string {
    return JSON.stringify(
      { name: 'Error', message: this.message, ...(this.payload === undefined ? {} : { provider_error_payload: this.payload }) },
      null,
      2,
    )
  }
}

interface RawAnswer {
  readonly status: number
  readonly statusText: string
  readonly text: string
}

const read = async (response: IncomingMessage): Promise<RawAnswer> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw new TokenEndpointError('Response Error: the answer is too large')
    chunks.push(chunk)
  }
  return { status: response.statusCode ?? 0, statusText: response.statusMessage ?? '', text: Buffer.concat(chunks).toString('utf8') }
}

const post = async (url: string, form: URLSearchParams, headers: Readonly<Record<string, string>>): Promise<RawAnswer> => {
  const target = new URL(url)
  const body = form.toString()
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise<RawAnswer>((resolve, reject) => {
    const request = send(
      target,
      {
        method: 'POST',
        headers: {
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      },
      (response) => {
        read(response).then(resolve, (error: unknown) =>
          reject(error instanceof TokenEndpointError ? error : new TokenEndpointError('Client request error: the answer was cut')),
        )
      },
    )
    request.on('error', (error) => reject(new TokenEndpointError(`Client request error: ${error.message}`)))
    request.end(body)
  })
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const requestToken = async (
  url: string,
  form: URLSearchParams,
  headers: Readonly<Record<string, string>>,
  now: number,
): Promise<StoredOauth2> => {
  const got = await post(url, form, headers)
  const json = parseJson(got.text)
  if (got.status < 200 || got.status > 299)
    throw new TokenEndpointError(`Response Error: ${got.status} ${got.statusText}`, typeof json === 'object' && json ? json : undefined)
  const token = TokenAnswer.safeParse(json)
  if (!token.success) throw new TokenEndpointError('The token answer has no access_token')
  const { access_token, refresh_token, expires_in } = token.data
  const expiresAt = expires_in === undefined ? undefined : new Date(now + expires_in * 1000).toISOString()
  return {
    type: 'OAUTH2',
    access_token,
    ...(refresh_token === undefined ? {} : { refresh_token }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    raw: { ...token.data, ...(expiresAt === undefined ? {} : { expires_at: expiresAt }) },
  }
}

const clientHeaders = (provider: StandInProvider, integration: StoredIntegration): Record<string, string> =>
  provider.token_request_auth_method === 'basic'
    ? { authorization: `Basic ${Buffer.from(`${integration.clientId}:${integration.clientSecret}`).toString('base64')}` }
    : {}

const clientFields = (integration: StoredIntegration): Record<string, string> => ({
  client_id: integration.clientId ?? '',
  client_secret: integration.clientSecret ?? '',
})

/** Trades an authorization code for a token (RFC 6749 section 4.1.3, RFC 7636 section 4.5). Throws TokenEndpointError. */
export const exchangeCode = (
  tokenUrl: string,
  provider: StandInProvider,
  integration: StoredIntegration,
  given: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string },
  now: number,
): Promise<StoredOauth2> =>
  requestToken(
    tokenUrl,
    new URLSearchParams({
      ...provider.token_params,
      grant_type: 'authorization_code',
      code: given.code,
      redirect_uri: given.redirectUri,
      ...(provider.disable_pkce ? {} : { code_verifier: given.codeVerifier }),
      ...clientFields(integration),
    }),
    clientHeaders(provider, integration),
    now,
  )

/** Asks for a new token with a refresh token (RFC 6749 section 6); the old one is kept when none comes back. Throws TokenEndpointError. */
export const refreshToken = async (
  tokenUrl: string,
  provider: StandInProvider,
  integration: StoredIntegration,
  current: string,
  now: number,
): Promise<StoredOauth2> => {
  const token = await requestToken(
    tokenUrl,
    new URLSearchParams({ ...provider.refresh_params, grant_type: 'refresh_token', refresh_token: current, ...clientFields(integration) }),
    clientHeaders(provider, integration),
    now,
  )
  return token.refresh_token === undefined ? { ...token, refresh_token: current } : token
}
