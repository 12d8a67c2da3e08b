import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest'
import { WebSocket } from 'ws'
import { type OidcUpstream, startOidcUpstream } from '#test/helpers/oidc-upstream'
import { callStandIn, pick, pickText, rowsOf } from '../core/sandbox/call-stand-in.ts'
import { openFlowSocket } from '../core/sandbox/flow-socket.ts'
import { statement, useConformanceServer } from './conformance-server.ts'

let upstream: OidcUpstream

beforeAll(async () => {
  upstream = await startOidcUpstream()
})
afterAll(() => upstream.stop())
beforeEach(() => {
  upstream.tokenFault = null
})

const server = useConformanceServer(() => ({
  upstream,
  providers: {
    tenant: {
      display_name: 'Tenant',
      auth_mode: 'OAUTH2',
      authorization_url: `\${connectionConfig.idpUrl}/auth`,
      token_url: `\${connectionConfig.idpUrl}/token`,
    },
  },
}))

const connectUrl = (token: string, more = '', integration = server.keys.oauth) =>
  `${server.url}/oauth/connect/${integration}?connect_session_token=${token}${more}`

/** Where the server says that its WebSocket is. */
const socketUrl = async (): Promise<string> => {
  const told = await server.withToken(await server.openSession(), 'GET', '/connect/session')
  const path = pick(told.json, 'data', 'websocketsPath')
  return `${server.url}${typeof path === 'string' ? path : '/'}`
}

const start = async (token: string, more = '', integration = server.keys.oauth) => {
  const path = connectUrl(token, more, integration).slice(server.url.length)
  return callStandIn(server.url, 'GET', path)
}

describe('starting a flow', () => {
  statement('answers 302 with PKCE S256, the callback, a state and a cookie for it', 'provider', async () => {
    const answer = await start(await server.openSession())
    const url = new URL(String(answer.headers['location']))
    const state = url.searchParams.get('state') ?? ''
    expect(answer.status).toBe(302)
    expect(`${url.origin}${url.pathname}`).toBe(upstream.authorizationUrl)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: upstream.clientId,
      redirect_uri: `${server.url}/oauth/callback`,
      scope: 'openid profile email offline_access',
      state,
      prompt: 'consent',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect(state).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-/)
    expect(answer.headers['set-cookie']).toEqual([`oauth2-${state}=1; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax`])
  })

  statement('leads to the provider with PKCE S256, its own callback, a state and a cookie for it', async () => {
    const answer = await start(await server.openSession())
    const url = new URL(String(answer.headers['location']))
    const state = url.searchParams.get('state') ?? ''
    expect(answer.status).toBe(302)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      redirect_uri: expect.stringMatching(/\/oauth\/callback$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: 'S256',
    })
    expect(state).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[14][0-9a-f]{3}-/)
    expect(String(answer.headers['set-cookie'])).toContain(`oauth2-${state}=1; Max-Age=3600; Path=/; HttpOnly`)
  })

  statement('adds the session’s authorization_params and lets oauth_scopes_override replace the scopes', async () => {
    const token = await server.openSession({
      tags: {},
      integrations_config_defaults: {
        [server.keys.oauth]: {
          authorization_params: { login_hint: 'ada' },
          connection_config: { oauth_scopes_override: 'openid,email' },
        },
      },
    })
    const url = new URL(String((await start(token)).headers['location']))
    expect([url.searchParams.get('login_hint'), url.searchParams.get('scope')]).toEqual(['ada', 'openid email'])
  })

  statement('refuses a bad token, a barred integration and a connection id as plain JSON, with nothing on the socket', async () => {
    const socket = await openFlowSocket(await socketUrl())
    const listen = `&ws_client_id=${socket.id}`
    expect((await start('nango_connect_session_zz', listen)).status).toBe(401)
    const narrow = await server.openSession({ tags: {}, allowed_integrations: [server.keys.apiKey] })
    const barred = await start(narrow, listen)
    expect([barred.status, barred.json]).toEqual([400, { error: { code: 'integration_not_allowed' } }])
    const named = await start(await server.openSession(), `${listen}&connection_id=mine`)
    expect([named.status, pick(named.json, 'error', 'code')]).toEqual([400, 'invalid_query_params'])
    expect(socket.received).toEqual([])
    socket.socket.terminate()
  })

  statement(
    'tells the socket and shows a page when connection configuration is missing, and takes it from the session’s defaults',
    'provider',
    async () => {
      await server.call('POST', '/integrations', {
        unique_key: 'tenant',
        provider: 'tenant',
        credentials: { type: 'OAUTH2', client_id: upstream.clientId, client_secret: upstream.clientSecret },
      })
      const socket = await openFlowSocket(await socketUrl())
      const told = socket.next()
      const missing = await start(await server.openSession(), `&ws_client_id=${socket.id}`, 'tenant')
      expect([missing.status, missing.headers['content-type']]).toEqual([400, 'text/html'])
      expect(await told).toMatchObject({
        message_type: 'error',
        error_type: 'url_param_err',
        error_desc: expect.stringContaining('Missing Connection Config param(s)'),
      })
      const given = await start(await server.openSession(), `&params[idpUrl]=${encodeURIComponent(upstream.issuer)}`, 'tenant')
      expect(String(given.headers['location'])).toContain(`${upstream.issuer}/auth?`)
      const byDefault = await server.openSession({
        tags: {},
        integrations_config_defaults: { tenant: { connection_config: { idpUrl: upstream.issuer } } },
      })
      expect((await start(byDefault, '', 'tenant')).status).toBe(302)
      socket.socket.terminate()
    },
  )
})

describe('a flow that ends well', () => {
  statement('says success on the socket before the page, and the connection exists by then', 'provider', async () => {
    const socket = await openFlowSocket(await socketUrl())
    const token = await server.openSession({ tags: { attempt_id: 'a-1' } })
    const order: string[] = []
    const told = socket.next().then(async (message) => {
      order.push('socket')
      expect(rowsOf(await server.call('GET', '/connections?tags[attempt_id]=a-1'))).toHaveLength(1)
      return message
    })
    const page = await upstream.approve(connectUrl(token, `&ws_client_id=${socket.id}`))
    order.push('page')
    const row = rowsOf(await server.call('GET', '/connections'))[0]
    expect(await told).toEqual({
      message_type: 'success',
      provider_config_key: server.keys.oauth,
      connection_id: pick(row, 'connection_id'),
      is_pending: false,
    })
    expect(order).toEqual(['socket', 'page'])
    expect(page.status).toBe(200)
    expect(page.body).toContain('<title>Authorization callback</title>')
    expect(page.body).toContain('Successful connection')
    expect(page.body).toContain('window.__nangoOAuthError = null')
    expect(row).toMatchObject({ tags: { attempt_id: 'a-1' }, metadata: null, errors: [] })
    expect(socket.socket.readyState).toBe(WebSocket.OPEN)
    socket.socket.terminate()
  })

  statement('gives one result a socket: a second flow with the same id succeeds and sends nothing', 'provider', async () => {
    const socket = await openFlowSocket(await socketUrl())
    const token = await server.openSession()
    const told = socket.next()
    await upstream.approve(connectUrl(token, `&ws_client_id=${socket.id}`))
    await told
    expect((await upstream.approve(connectUrl(token, `&ws_client_id=${socket.id}`))).status).toBe(200)
    socket.socket.ping()
    await once(socket.socket, 'pong')
    expect(socket.received).toHaveLength(1)
    expect(rowsOf(await server.call('GET', '/connections'))).toHaveLength(2)
    socket.socket.terminate()
  })

  statement('makes the connection without a socket, with a bogus one and with one that is gone', 'provider', async () => {
    const token = await server.openSession()
    const socket = await openFlowSocket(await socketUrl())
    socket.socket.terminate()
    for (const more of ['', '&ws_client_id=bogus', `&ws_client_id=${socket.id}`])
      expect((await upstream.approve(connectUrl(token, more))).status).toBe(200)
    expect(rowsOf(await server.call('GET', '/connections'))).toHaveLength(3)
  })

  statement('needs none of the cookies that its start set', 'provider', async () => {
    const location = String((await start(await server.openSession())).headers['location'])
    expect((await upstream.approve(location)).status).toBe(200)
    expect(await server.listed()).toHaveLength(1)
  })

  statement('uses a state once', 'provider', async () => {
    const page = await upstream.approve(connectUrl(await server.openSession()))
    const again = await fetch(page.finalUrl)
    expect(again.status).toBe(400)
    expect(await again.text()).toContain('No session found for state: ')
  })

  statement('keeps the tags when the session expired on the way, and loses them when it was deleted', 'provider', async () => {
    const expiring = await server.openSession({ tags: { how: 'expired' } })
    const first = String((await start(expiring)).headers['location'])
    server.clock.advance(31 * 60_000)
    expect((await upstream.approve(first)).status).toBe(200)
    expect(rowsOf(await server.call('GET', '/connections?tags[how]=expired'))).toHaveLength(1)
    const deleted = await server.openSession({ tags: { how: 'deleted' } })
    const second = String((await start(deleted)).headers['location'])
    await callStandIn(server.url, 'DELETE', '/connect/session', { headers: { authorization: `Bearer ${deleted}` } })
    expect((await upstream.approve(second)).status).toBe(200)
    const [orphan] = rowsOf(await server.call('GET', '/connections?limit=1'))
    expect(pick(orphan, 'tags')).toEqual({})
  })
})

describe('a flow that ends badly', () => {
  statement('tells denied consent on the socket with an id that never exists, and shows a page with 400', 'provider', async () => {
    const socket = await openFlowSocket(await socketUrl())
    const told = socket.next()
    const page = await upstream.approve(connectUrl(await server.openSession(), `&ws_client_id=${socket.id}`), { deny: true })
    const message = await told
    expect(message).toEqual({
      message_type: 'error',
      provider_config_key: server.keys.oauth,
      connection_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      error_type: 'callback_err',
      error_desc:
        'Did not get authorization code in the callback. Provider error: error: access_denied; error_description: End-User aborted interaction',
    })
    expect(page.status).toBe(400)
    expect(page.body).toContain('Connection failed')
    expect(page.body).toContain('"errorType":"connection_validation_failed"')
    const path = `/connections/${pickText(message, 'connection_id')}?provider_config_key=${server.keys.oauth}`
    expect((await server.call('GET', path)).status).toBe(404)
    expect(rowsOf(await server.call('GET', '/connections'))).toEqual([])
    socket.socket.terminate()
  })

  for (const fault of ['server-error', 'html', 'reset'] as const)
    statement(`tells unknown_err when the token endpoint answers with ${fault}`, 'provider', async () => {
      upstream.tokenFault = fault
      const socket = await openFlowSocket(await socketUrl())
      const told = socket.next()
      const page = await upstream.approve(connectUrl(await server.openSession(), `&ws_client_id=${socket.id}`))
      const message = await told
      expect(page.status).toBe(400)
      expect(pick(message, 'error_type')).toBe('unknown_err')
      expect(JSON.parse(pickText(message, 'error_desc'))).toMatchObject({
        name: 'Error',
        ...(fault === 'server-error' ? { provider_error_payload: { error: 'server_error' } } : {}),
      })
      expect(rowsOf(await server.call('GET', '/connections'))).toEqual([])
      socket.socket.terminate()
    })

  statement('tells on the socket what the provider said instead of a code, and makes no connection', async () => {
    const socket = await openFlowSocket(await socketUrl())
    const told = socket.next()
    const begun = await start(await server.openSession(), `&ws_client_id=${socket.id}`)
    const state = new URL(String(begun.headers['location'])).searchParams.get('state') ?? ''
    const page = await server.bare('GET', `/oauth/callback?state=${state}&error=access_denied`)
    expect([page.status, page.text.includes('Connection failed')]).toEqual([400, true])
    expect(await told).toMatchObject({
      message_type: 'error',
      provider_config_key: server.keys.oauth,
      error_type: 'callback_err',
      error_desc: expect.stringContaining('access_denied') as string,
    })
    expect(await server.listed()).toEqual([])
    socket.socket.terminate()
  })

  statement('knows no state that it has not given out', async () => {
    const page = await server.bare('GET', '/oauth/callback?state=00000000-0000-1000-8000-000000000000&code=x')
    expect([page.status, page.text.includes('No session found for state: ')]).toEqual([400, true])
  })

  statement('escapes what the provider says', async () => {
    const state = new URL(String((await start(await server.openSession())).headers['location'])).searchParams.get('state') ?? ''
    const evil = encodeURIComponent('</pre></script><img src=x onerror=alert(1)>')
    const page = await server.bare('GET', `/oauth/callback?state=${state}&error=${evil}`)
    expect(page.status).toBe(400)
    expect(page.text).not.toContain('<img')
    expect(page.text.match(/<\/script>/g)).toHaveLength(1)
  })
})

describe('reconnecting over OAuth', () => {
  statement('keeps id, created_at, metadata, end user and updated_at, and replaces tags', 'provider', async () => {
    const token = await server.openSession({ end_user: { id: 'eu-1' }, tags: { a: '1' } })
    await upstream.approve(connectUrl(token))
    const [row] = rowsOf(await server.call('GET', '/connections'))
    const connectionId = pickText(row, 'connection_id')
    const path = `/connections/${connectionId}?provider_config_key=${server.keys.oauth}`
    await server.call('POST', '/connections/metadata', {
      connection_id: connectionId,
      provider_config_key: server.keys.oauth,
      metadata: { kept: true },
    })
    const before = await server.call('GET', path)
    server.clock.advance(60_000)
    const session = await server.call('POST', '/connect/sessions/reconnect', {
      connection_id: connectionId,
      integration_id: server.keys.oauth,
    })
    const socket = await openFlowSocket(await socketUrl())
    const told = socket.next()
    await upstream.approve(connectUrl(pickText(session.json, 'data', 'token'), `&ws_client_id=${socket.id}`))
    expect(await told).toMatchObject({ message_type: 'success', connection_id: connectionId })
    const after = await server.call('GET', path)
    const kept = (answer: unknown) => ['id', 'created_at', 'updated_at', 'metadata', 'end_user'].map((name) => pick(answer, name))
    expect(kept(after.json)).toEqual(kept(before.json))
    expect(pick(after.json, 'tags')).toEqual({})
    expect(pick(after.json, 'credentials', 'access_token')).not.toBe(pick(before.json, 'credentials', 'access_token'))
    socket.socket.terminate()
  })

  statement('wants the configuration of the connection again: the stored one is not used', 'provider', async () => {
    await server.call('POST', '/integrations', {
      unique_key: 'tenant',
      provider: 'tenant',
      credentials: { type: 'OAUTH2', client_id: upstream.clientId, client_secret: upstream.clientSecret, scopes: 'openid' },
    })
    const params = `&params[idpUrl]=${encodeURIComponent(upstream.issuer)}`
    await upstream.approve(connectUrl(await server.openSession(), params, 'tenant'))
    const connectionId = pickText(rowsOf(await server.call('GET', '/connections'))[0], 'connection_id')
    const again = async (): Promise<string> =>
      pickText(
        (await server.call('POST', '/connect/sessions/reconnect', { connection_id: connectionId, integration_id: 'tenant' })).json,
        'data',
        'token',
      )
    const without = await start(await again(), '', 'tenant')
    expect([without.status, without.text.includes('Missing Connection Config param(s)')]).toEqual([400, true])
    expect((await start(await again(), params, 'tenant')).status).toBe(302)
  })

  statement('leaves the connection alone when consent is denied, and names the real id', 'provider', async () => {
    await upstream.approve(connectUrl(await server.openSession({ tags: { a: '1' } })))
    const before = await server.call('GET', '/connections')
    const connectionId = pickText(rowsOf(before)[0], 'connection_id')
    const session = await server.call('POST', '/connect/sessions/reconnect', {
      connection_id: connectionId,
      integration_id: server.keys.oauth,
    })
    const socket = await openFlowSocket(await socketUrl())
    const told = socket.next()
    await upstream.approve(connectUrl(pickText(session.json, 'data', 'token'), `&ws_client_id=${socket.id}`), { deny: true })
    expect(await told).toMatchObject({ message_type: 'error', error_type: 'callback_err', connection_id: connectionId })
    expect((await server.call('GET', '/connections')).text).toBe(before.text)
    socket.socket.terminate()
  })
})

describe('the WebSocket', () => {
  statement('acknowledges at once, ignores what it is told and stays open', async () => {
    const socket = await openFlowSocket(await socketUrl())
    expect(socket.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
    socket.socket.send('hello')
    socket.socket.ping()
    await once(socket.socket, 'pong')
    expect([socket.received, socket.socket.readyState]).toEqual([[], WebSocket.OPEN])
    socket.socket.terminate()
  })

  statement('answers 400 on another path', async () => {
    const socket = new WebSocket(`${server.url.replace(/^http/, 'ws')}/elsewhere`)
    const [, response] = await once(socket, 'unexpected-response')
    expect(pick(response, 'statusCode')).toBe(400)
    socket.on('error', () => {})
    socket.terminate()
  })
})
