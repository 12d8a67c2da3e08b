import { isJsonReply } from '../nango/nango-errors.ts'
import { parseForeignJson } from '../http-json.ts'
import type { NangoClient, NangoConnectionKey } from '../nango/nango-client.ts'
import { factFrom, type RawIdentity, valueAt } from '../nango/nango-identity.ts'
import type { ProxyReply } from '../nango/nango-proxy.ts'
import { PatchbayError } from '#shared/errors'
import type { KnownIdentity } from './identity-match.ts'
import { identitySourceOf, type IdentitySource } from './identity-sources.ts'

/** Profiles are small: what is larger is something else. */
const MOST_BYTES = 262_144
const WAIT_MS = 10_000

/** What is read of an account, and from where. */
export interface IdentityQuestion {
  readonly connectorId: string
  readonly key: NangoConnectionKey
  /** What the token answer told. */
  readonly told: RawIdentity | null
  /** The connection's configuration at Nango, where it is known. */
  readonly connectionConfig?: Readonly<Record<string, unknown>>
}

/** The path with the configuration's values in it; null where one is missing. */
const pathOf = ({ path }: IdentitySource, config: Readonly<Record<string, unknown>>): string | null => {
  let isWhole = true
  const filled = path.replace(/\{(\w+)\}/g, (_place, name: string) => {
    const value = config[name]
    if (typeof value === 'string' && /^[\w.-]{1,200}$/.test(value) && !/^\.+$/.test(value)) return encodeURIComponent(value)
    isWhole = false
    return ''
  })
  return isWhole ? filled : null
}

/** The facts of a profile's answer; null where it is none, or holds none. */
export const identityFromAnswer = (source: IdentitySource, reply: ProxyReply): KnownIdentity | null => {
  if (reply.status !== 200 || !isJsonReply(reply) || reply.body.length > MOST_BYTES) return null
  const answer = parseForeignJson(reply.body.toString('utf8'))
  if (source.okAt !== undefined && valueAt(answer, source.okAt) !== true) return null
  const fact = (name: keyof RawIdentity): string | null => {
    for (const place of source.at[name] ?? []) {
      const found = factFrom(name, valueAt(answer, place))
      if (found !== null) return found
    }
    return null
  }
  const identity: RawIdentity = {
    accountId: fact('accountId'),
    displayName: fact('displayName'),
    username: fact('username'),
    email: fact('email'),
    avatarUrl: fact('avatarUrl'),
    workspace: fact('workspace'),
  }
  if (Object.values(identity).every((value) => value === null)) return null
  return identity.accountId === null ? identity : { ...identity, accountIdFrom: 'profile' }
}

const isTelling = (told: RawIdentity | null): boolean =>
  told !== null && told.accountId !== null && (told.displayName ?? told.username ?? told.email) !== null

/** Whether the service of a connector is ever asked. */
export const hasProfile = (connectorId: string): boolean => identitySourceOf(connectorId) !== null

/**
 * Who an account is: what the token answer told, and where that is not enough one read-only call of the service through Nango. What
 * nobody says is null. Throws `nango.*` where Nango was not there and `provider.unreachable` where the service was not: then nobody was
 * asked. A refusal of the service is no news: its account is not known.
 */
export const readIdentity = async (client: NangoClient, question: IdentityQuestion): Promise<KnownIdentity | null> => {
  const { connectorId, key, told, connectionConfig = {} } = question
  const source = isTelling(told) ? null : identitySourceOf(connectorId)
  const path = source === null ? null : pathOf(source, connectionConfig)
  if (source === null || path === null) return told
  const { method, headers, body, baseUrl } = source
  const reply = await client
    .proxy({
      key,
      method,
      path,
      timeoutMs: WAIT_MS,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
      ...(baseUrl === undefined ? {} : { baseUrlOverride: baseUrl }),
    })
    .catch((error: unknown) => {
      if (error instanceof PatchbayError && REFUSED.has(error.code)) return null
      throw error
    })
  if (reply === null) return told
  if (reply.status === 429 || reply.status >= 500) throw new PatchbayError('provider.unreachable', { data: { status: reply.status } })
  const profile = identityFromAnswer(source, reply)
  if (profile === null || told === null) return profile ?? told
  const { accountIdFrom, ...facts } = profile
  return {
    accountId: told.accountId ?? facts.accountId,
    displayName: told.displayName ?? facts.displayName,
    username: told.username ?? facts.username,
    email: told.email ?? facts.email,
    avatarUrl: told.avatarUrl ?? facts.avatarUrl,
    workspace: told.workspace ?? facts.workspace,
    ...(told.accountId === null && accountIdFrom !== undefined ? { accountIdFrom } : {}),
  }
}

/** Nango was there and would not pass the call on: the account stays unknown. */
const REFUSED: ReadonlySet<string> = new Set([
  'nango.scope_missing',
  'nango.rejected',
  'nango.not_found',
  'nango.protocol',
  'nango.too_large',
  'connection.refresh_backoff',
  'connection.refresh_failed',
  'request.invalid',
])
