import { PatchbayError } from '#shared/errors'
import { Secret } from '../vault/secret.ts'
import type { HeldCredential } from './use-backend.ts'

/** A credential taken apart: its fields by the names they have at Nango, and the one that goes into a request. */
export interface CredentialParts {
  readonly token: Secret | null
  readonly fields: Readonly<Record<string, Secret>>
}

/** What is no credential: facts about one, and what would renew it, which never leaves Nango. */
const LEFT_OUT = new Set([
  'type',
  'raw',
  'expires_at',
  'expires_in',
  'refresh_token',
  'refresh_token_expires_at',
  'config_override',
  'scope',
  'token_type',
])

/** The field that goes into a request, in modes that have one such: OAuth 2 and apps; client credentials, JWT, two steps, signatures; keys. */
const TOKEN_FIELDS = ['access_token', 'token', 'apiKey'] as const

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Texts and numbers; one level down under `outer.inner`, as an app with its user's token has it. */
const fieldsIn = (value: Readonly<Record<string, unknown>>, prefix = ''): [string, Secret][] =>
  Object.entries(value).flatMap(([name, inner]): [string, Secret][] => {
    if (LEFT_OUT.has(name)) return []
    if (typeof inner === 'string' && inner !== '') return [[`${prefix}${name}`, new Secret(inner)]]
    if (typeof inner === 'number') return [[`${prefix}${name}`, new Secret(String(inner))]]
    return isObject(inner) && prefix === '' ? fieldsIn(inner, `${name}.`) : []
  })

/**
 * Takes a credential apart. A mode with several parts, such as a user name with a password or a signed request, has no single token.
 * Throws `connection.no_credential` where there is none.
 */
export const credentialParts = ({ credentials }: HeldCredential): CredentialParts => {
  const value: unknown = JSON.parse(credentials.reveal())
  const fields = Object.fromEntries(isObject(value) ? fieldsIn(value) : [])
  const names = Object.keys(fields)
  if (names.length === 0) throw new PatchbayError('connection.no_credential')
  const named = [...TOKEN_FIELDS, 'user.access_token', 'app.access_token'].find((name) => Object.hasOwn(fields, name))
  const [only] = names.length === 1 ? names : []
  return { token: fields[named ?? only ?? ''] ?? null, fields }
}
