import { type IncomingMessage, request as httpRequest } from 'node:http'
import { callDemoService } from './demo-services.ts'
import { revokeThroughProxy } from './demo-provider.ts'
import { type Call, type Handler, providerOf } from './stand-in-context.ts'
import { interpolate } from './stand-in-provider.ts'
import type { StoredCredentials } from './stand-in-records.ts'
import { type Reply, answer, refuse } from './stand-in-reply.ts'
import { parseForm } from './stand-in-request.ts'

const TIMEOUT_MS = 20_000

const headerOf = (call: Call, name: string): string => {
  const value = call.headers[name]
  return typeof value === 'string' ? value : ''
}

/** The header that carries a credential, as most of Nango's templates have it (nango-api.md section 8). */
const credentialHeaders = (credentials: StoredCredentials): Record<string, string> => {
  switch (credentials.type) {
    case 'OAUTH2':
      return { authorization: `Bearer ${credentials.access_token}` }
    case 'API_KEY':
      return { authorization: `Bearer ${credentials.apiKey}` }
    case 'BASIC':
      return { authorization: `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}` }
    default:
      return {}
  }
}

const PREFIX = 'nango-proxy-'

const passedOn = (call: Call): Record<string, string> =>
  Object.fromEntries(
    Object.entries(call.headers).flatMap(([name, value]) =>
      name.startsWith(PREFIX) && typeof value === 'string' ? [[name.slice(PREFIX.length), value]] : [],
    ),
  )

/** What a service answers, as it comes (nango-api.md section 8). */
const passedBack = (response: IncomingMessage): Reply => {
  const headers = Object.entries(response.headers).flatMap(([name, value]) =>
    typeof value === 'string' && !/^(?:connection|transfer-encoding|content-length|keep-alive)$/.test(name) ? [[name, value]] : [],
  )
  return { status: response.statusCode ?? 0, headers: Object.fromEntries(headers), stream: response }
}

/** What is sent on: the fields of a form as JSON, anything else as it came (nango-api.md section 8). */
const bodyOf = (call: Call): Buffer => {
  if (!headerOf(call, 'content-type').startsWith('application/x-www-form-urlencoded')) return call.rawBody
  return Buffer.from(JSON.stringify(Object.fromEntries(parseForm(call.rawBody))))
}

/** A call to a server on this computer; what keeps it from answering comes as Nango says it, without an `error` around. */
const forward = (url: string, call: Call, headers: Readonly<Record<string, string>>): Promise<Reply> =>
  new Promise((resolve) => {
    const fail = (error: Error & { code?: string }): void =>
      resolve(answer(500, { message: error.message, code: error.code ?? 'ERR_BAD_REQUEST', method: call.method.toLowerCase() }))
    const body = bodyOf(call)
    const hasBody = body.length > 0
    const sent = httpRequest(
      url,
      {
        method: call.method,
        headers: { ...(hasBody ? { 'content-type': 'application/json', 'content-length': body.length } : {}), ...headers },
      },
      (response) => {
        clearTimeout(timer)
        resolve(passedBack(response))
      },
    )
    const timer = setTimeout(() => sent.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })), TIMEOUT_MS)
    sent.on('close', () => clearTimeout(timer))
    sent.on('error', fail)
    sent.end(hasBody ? body : undefined)
  })

/**
 * ANY /proxy/<path> (nango-api.md section 8). Behind it are the demo services, and servers on this computer where a provider has its
 * base address there. Nothing else is called: a sandbox talks to nobody.
 */
export const proxyCall: Handler = async (call, context) => {
  const integrationKey = headerOf(call, 'provider-config-key')
  const connectionId = headerOf(call, 'connection-id')
  if (integrationKey === '' || connectionId === '') throw refuse(400, 'invalid_headers')
  const integration = context.state.integrations.get(integrationKey)
  if (!integration) throw refuse(404, 'unknown_provider_config', 'Provider does not exists')
  const connection = context.state.findConnection(integrationKey, connectionId)
  if (!connection) throw refuse(400, 'server_error', 'Failed to get connection')
  const provider = providerOf(context, integration)
  const outcome = await context.refresher.prepare(connection, integration, provider, false)
  if (!outcome.isUsable) throw refuse(424, 'connection_refresh_backoff', 'A recent refresh attempt failed. Backing off before retrying.')
  const override = headerOf(call, 'base-url-override')
  const template = override === '' ? provider.proxy?.base_url : override
  const base = template === undefined ? null : interpolate(template, connection.connectionConfig)
  const path = `/${call.params['rest'] ?? ''}${call.search}`
  if (base !== null && URL.parse(base)?.hostname === '127.0.0.1')
    return forward(`${base.replace(/\/+$/, '')}${path}`, call, { ...passedOn(call), ...credentialHeaders(connection.credentials) })
  const demoCall = {
    method: call.method,
    path,
    provider: integration.provider,
    credentials: connection.credentials,
    params: connection.connectionConfig,
  }
  return revokeThroughProxy(demoCall, context) ?? callDemoService(demoCall, context)
}
