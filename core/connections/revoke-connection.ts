import type { RevocationOutcome, RevocationReport, RevocationScope } from '#shared/contract/connection-life'
import { PatchbayError } from '#shared/errors'
import { say, type Sentence } from '#shared/sentence'
import { z } from 'zod'
import type { ReadableDb, WritableDb } from '../database/sql.ts'
import type { Journal } from '../events/journal.ts'
import type { Http } from '../http.ts'
import type { CallOptions, NangoClient } from '../nango/nango-client.ts'
import { isPutOff } from '../nango/nango-errors.ts'
import { Secret } from '../vault/secret.ts'
import type { ConnectionRow } from './connection-row.ts'
import { getConnection, updateConnection } from './connection-store.ts'
import {
  connectedAppsPage,
  HOST_PARTS,
  revocationOf,
  type RevocationEndpoint,
  type RevocationWay,
  type TokenKind,
} from './revocation-endpoints.ts'
import { outcomeOfFailure, outcomeOfReply, tokenOutcome } from './revocation-outcome.ts'

export interface RevocationDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  /** The way out to providers' own revocation endpoints. */
  readonly http: Http
  /** Where a profile's demo provider revokes; null for a profile with real providers. */
  readonly demoEndpoint: (profileId: string, client: NangoClient) => string | null
  readonly now: () => number
}

/** Ends access at the provider. Throws `connection.not_found`, `connection.pending`, and what keeps Nango from being asked. */
export type Revoke = (connectionId: string, call?: CallOptions) => Promise<Report>

type Report = z.input<typeof RevocationReport>
type Token = Report['tokens'][number]

/** The modes whose tokens a provider may end. */
export const TOKEN_MODES: ReadonlySet<string> = new Set(['OAUTH2', 'OAUTH2_CC', 'MCP_OAUTH2', 'MCP_OAUTH2_GENERIC', 'CUSTOM'])

const token = (kind: Token['token'], outcome: RevocationOutcome, words: Sentence): Token => ({
  token: kind,
  ...tokenOutcome(outcome, words),
})

const TIMEOUT_MS = 15_000

const Credentials = z.object({ access_token: z.string().min(1).optional(), refresh_token: z.string().min(1).optional() })

/** What is sent, as secrets; none where the key may not read them. */
const readTokens = async (client: NangoClient, row: ConnectionRow, call: CallOptions) => {
  const key = { connectionId: row.nango_connection_id ?? '', providerConfigKey: row.provider_config_key }
  const detail = await client.getConnection({ ...key, withRefreshToken: true }, call)
  const parsed = Credentials.safeParse(detail.credentials === null ? {} : JSON.parse(detail.credentials.reveal()))
  const { access_token: access, refresh_token: refresh } = parsed.success ? parsed.data : {}
  return {
    access_token: access === undefined ? null : new Secret(access),
    refresh_token: refresh === undefined ? null : new Secret(refresh),
    config: detail.connectionConfig,
  }
}

/** The address with its parts filled in; null where one is missing or does not fit. */
export const revocationUrl = (template: string, clientId: string | null, config: Readonly<Record<string, unknown>>): string | null => {
  let isWhole = true
  const url = template.replace(
    /\$\{(?:(clientId)|connectionConfig\.([^{}]+))\}/g,
    (_whole, _client: string | undefined, name: string | undefined) => {
      const value = name === undefined ? clientId : config[name]
      if (typeof value === 'string' && value !== '' && (name === undefined || HOST_PARTS[name]?.has(value) === true))
        return name === undefined ? encodeURIComponent(value) : value
      isWhole = false
      return ''
    },
  )
  return isWhole ? url : null
}

type EndpointWay = Extract<RevocationWay, { via: 'endpoint' }>

/** The request of one token (RFC 7009 section 2.1; the client by RFC 6749 section 2.3.1). */
export const revocationRequest = (
  way: EndpointWay,
  url: string,
  kind: string,
  value: Secret,
  clientId: string | null,
  clientSecret: Secret | null,
) => {
  const fields: Record<string, string> = { [way.tokenField]: value.reveal() }
  if (way.format === 'form') fields['token_type_hint'] = kind
  if (way.client === 'post' && clientId !== null) {
    fields['client_id'] = clientId
    if (clientSecret !== null) fields['client_secret'] = clientSecret.reveal()
  }
  const basic = Buffer.from(`${encodeURIComponent(clientId ?? '')}:${encodeURIComponent(clientSecret?.reveal() ?? '')}`).toString('base64')
  return {
    method: way.method,
    url,
    timeoutMs: TIMEOUT_MS,
    maxBodyBytes: 262_144,
    headers: {
      accept: 'application/json',
      'user-agent': 'patchbay',
      'content-type': way.format === 'form' ? 'application/x-www-form-urlencoded' : 'application/json',
      ...(way.client === 'basic' ? { authorization: `Basic ${basic}` } : {}),
      ...way.headers,
    },
    body: way.format === 'form' ? new URLSearchParams(fields).toString() : JSON.stringify(fields),
  } as const
}

const KINDS = ['refresh_token', 'access_token'] as const

/** Which of the tokens that there are go out: one that ends the whole sign-in, else each that is taken; and what is left over stays good. */
export const planRevocation = (known: Pick<RevocationEndpoint, 'sends' | 'grantBy'>, present: readonly TokenKind[]) => {
  const takes = known.sends.filter((kind) => present.includes(kind))
  const ending = takes.find((kind) => known.grantBy.includes(kind))
  if (ending !== undefined) return { asked: [ending], left: [], isGrant: true }
  const left = present.filter((kind) => !takes.includes(kind)).map((kind) => token(kind, 'not_supported', say('token.undocumented')))
  return { asked: takes, left, isGrant: false }
}

const SUMMARIES: Readonly<Record<RevocationOutcome, string>> = {
  revoked: 'Access was ended at the provider.',
  not_supported: 'Access cannot be ended from here: end it in your account there.',
  failed: 'The provider did not end access.',
  unknown: 'Whether access was ended is not known: look in your account there.',
}

/** The worst that happened to one of the tokens. */
const overall = (tokens: readonly Token[]): RevocationOutcome =>
  (['failed', 'unknown', 'not_supported'] as const).find((outcome) => tokens.some((one) => one.outcome === outcome)) ?? 'revoked'

/** What of a connection's access can be ended from here. Asks nobody. Throws `connection.not_found`. */
export const revocationScope = (db: ReadableDb, connectionId: string): z.input<typeof RevocationScope> => {
  const row = getConnection(db, connectionId)
  if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
  const told = { connectionId, handle: row.handle, pageUrl: connectedAppsPage(row.connector_id) }
  const known = TOKEN_MODES.has(row.auth_mode) ? revocationOf(row.connector_id) : null
  if (known === null) return { ...told, ends: 'nothing', why: TOKEN_MODES.has(row.auth_mode) ? 'no_way' : 'key', readsCredentials: false }
  return { ...told, ends: known.grantBy.length > 0 ? 'sign_in' : 'tokens', why: null, readsCredentials: known.way.via === 'endpoint' }
}

/** Makes the revocation of one engine. */
export const createRevoke = (deps: RevocationDependencies): Revoke => {
  const { db, journal } = deps

  const throughProxy = async (
    client: NangoClient,
    row: ConnectionRow,
    way: Extract<RevocationWay, { via: 'proxy' }>,
    call: CallOptions,
  ) => {
    const key = { connectionId: row.nango_connection_id ?? '', providerConfigKey: row.provider_config_key }
    const { method, path, goodField } = way
    return client.proxy({ key, method, path, timeoutMs: TIMEOUT_MS }, call).then(
      (reply) => (reply.status === 401 ? REFUSED : outcomeOfReply(reply, goodField)),
      (error: unknown) => {
        if (isPutOff(error)) throw error
        return outcomeOfFailure(error)
      },
    )
  }

  const atEndpoint = async (
    client: NangoClient,
    row: ConnectionRow,
    known: RevocationEndpoint,
    given: EndpointWay,
    call: CallOptions,
  ): Promise<Token[]> => {
    const demoUrl = deps.demoEndpoint(row.profile_id, client)
    const way: EndpointWay = demoUrl === null ? given : { ...given, method: 'POST', format: 'form', tokenField: 'token', client: 'post' }
    const tokens = await readTokens(client, row, call).catch((error: unknown) => {
      if (error instanceof PatchbayError && error.code.startsWith('connection.refresh')) return null
      throw error
    })
    if (tokens === null) return [token('grant', 'unknown', say('token.not-renewed'))]
    const present = KINDS.filter((kind) => tokens[kind] !== null)
    if (present.length === 0) return [token('grant', 'not_supported', say('token.key-reads-no-tokens'))]
    const { asked, left, isGrant } = planRevocation(known, present)
    if (asked.length === 0) return left
    const integration = way.client === 'none' ? null : await client.readIntegration(row.provider_config_key, call)
    const clientId = integration?.credentials?.clientId ?? null
    const clientSecret = integration?.credentials?.clientSecret ?? null
    if (way.client !== 'none' && clientId === null) return [token('grant', 'not_supported', say('token.key-reads-no-app'))]
    const url = demoUrl ?? revocationUrl(way.url, clientId, tokens.config)
    if (url === null) return [token('grant', 'not_supported', say('token.no-address'))]
    const report: Token[] = []
    for (const kind of asked) {
      const value = tokens[kind]
      if (value === null) continue
      const reply = deps.http.request(revocationRequest(way, url, kind, value, clientId, clientSecret))
      const told = await reply.then((answer) => outcomeOfReply(answer, undefined), outcomeOfFailure)
      report.push({ ...told, token: isGrant ? 'grant' : kind })
    }
    return [...report, ...left]
  }

  const revokeTokens = async (row: ConnectionRow, call: CallOptions): Promise<Token[]> => {
    if (!TOKEN_MODES.has(row.auth_mode)) return [token('key', 'not_supported', say('token.is-key'))]
    const known = revocationOf(row.connector_id)
    if (known === null) return [token('grant', 'not_supported', say('token.no-way'))]
    const client = await deps.clientFor(row.profile_id)
    if (known.way.via === 'proxy')
      return [{ token: known.grantBy.length > 0 ? 'grant' : 'access_token', ...(await throughProxy(client, row, known.way, call)) }]
    return atEndpoint(client, row, known, known.way, call)
  }

  const revoke = async (connectionId: string, call: CallOptions): Promise<Report> => {
    const row = getConnection(db, connectionId)
    if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
    if (row.nango_connection_id === null) throw new PatchbayError('connection.pending', { data: { connectionId, handle: row.handle } })
    const pageUrl = connectedAppsPage(row.connector_id)
    if (row.status === 'revoked')
      return { connectionId, handle: row.handle, outcome: 'revoked', tokens: [], pageUrl, summary: 'Access was ended before.' }
    const tokens = await revokeTokens(row, call)
    const outcome = overall(tokens)
    if (outcome === 'revoked') {
      const at = new Date(deps.now()).toISOString()
      journal.commit((note) => {
        if (updateConnection(db, connectionId, { status: 'revoked', error: null }, at) === undefined) return
        note.event({ type: 'connection.revoked', profileId: row.profile_id, connectionId, facts: { handle: row.handle, by: 'person' } })
        note.change({ type: 'connections.changed', data: { profileId: row.profile_id, connectionId } })
      })
    }
    return { connectionId, handle: row.handle, outcome, tokens, pageUrl, summary: SUMMARIES[outcome] }
  }

  // A token that is over already is refused by some: who asks meanwhile shares the answer.
  const running = new Map<string, Promise<Report>>()
  return (connectionId, call = {}) => {
    const current = running.get(connectionId)
    if (current !== undefined) return current
    const started = revoke(connectionId, call).finally(() => running.delete(connectionId))
    running.set(connectionId, started)
    return started
  }
}

/** The access token is over; what renews it may be good still. */
const REFUSED = tokenOutcome('unknown', say('token.refused'))
