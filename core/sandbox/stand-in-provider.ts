import { z } from 'zod'
import type { FormMode } from '#shared/auth-ways'
import type { StoredCredentials } from './stand-in-records.ts'

/** One input of a provider's form, in Nango's YAML shape. */
export interface StandInField {
  readonly type: 'string'
  readonly title: string
  readonly description: string
  readonly format?: string
  readonly pattern?: string
  readonly example?: string
  readonly order?: number
  readonly prefix?: string
  readonly suffix?: string
  readonly enum?: readonly string[]
  readonly optional?: boolean
  readonly default_value?: string
  readonly hidden?: boolean
  readonly secret?: boolean
  readonly doc_section?: string
}

/** A provider definition: the part of Nango's YAML shape that the stand-in acts on. Paths like `/demo-provider/token` mean the stand-in itself. */
export interface StandInProvider {
  readonly display_name: string
  readonly auth_mode: string
  readonly categories?: readonly string[]
  readonly authorization_url?: string
  readonly token_url?: string
  readonly authorization_params?: Readonly<Record<string, string>>
  readonly token_params?: Readonly<Record<string, string>>
  readonly refresh_params?: Readonly<Record<string, string>>
  readonly token_request_auth_method?: 'basic'
  readonly scope_separator?: string
  readonly disable_pkce?: boolean
  readonly proxy?: {
    readonly base_url?: string
    readonly verification?: { readonly method: string; readonly endpoints: readonly string[] }
  }
  readonly connection_config?: Readonly<Record<string, StandInField>>
  readonly credentials?: Readonly<Record<string, StandInField>>
  readonly docs?: string
  readonly docs_connect?: string
}

/** An integration the stand-in starts with. */
export interface StandInIntegration {
  readonly uniqueKey: string
  readonly provider: string
  readonly displayName?: string
  readonly clientId?: string
  readonly clientSecret?: string
  /** Comma separated, as Nango keeps them. */
  readonly scopes?: string
}

/** What a person gave for an account. */
export type GivenCredentials =
  | { readonly type: 'API_KEY'; readonly apiKey: string }
  | { readonly type: 'BASIC'; readonly username: string; readonly password: string }
  | { readonly type: OtherFormMode; readonly values: Readonly<Record<string, string>> }

/** What credentials may be of besides OAuth 2, a key, and a user name with a password. */
export type OtherFormMode = Exclude<FormMode, 'API_KEY' | 'BASIC'> | 'OAUTH1' | 'APP' | 'CUSTOM'

/** What was given for credentials that are kept, OAuth's aside. */
export const givenFor = (credentials: Exclude<StoredCredentials, { type: 'OAUTH2' }>): GivenCredentials => {
  if (credentials.type === 'API_KEY' || credentials.type === 'BASIC') return credentials
  const texts = Object.entries(credentials).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return { type: credentials.type, values: Object.fromEntries(texts.filter(([name]) => name !== 'type')) }
}

/** Whether the service behind a provider would accept credentials. */
export type VerifyCredentials = (provider: string, credentials: GivenCredentials, params: Readonly<Record<string, unknown>>) => boolean

const isDemoKey = (value: string): boolean => value.startsWith('demo-') && value.length >= 12

const isPem = (value: string): boolean => value.startsWith('-----BEGIN ')

/**
 * The demo services know keys that start with `demo-` and have 12 characters or more, and every key that is PEM; any one of the values
 * may be it.
 */
export const acceptDemoCredentials: VerifyCredentials = (_provider, credentials) => {
  if (credentials.type === 'API_KEY') return isDemoKey(credentials.apiKey)
  if (credentials.type === 'BASIC') return isDemoKey(credentials.password) || isDemoKey(credentials.username)
  return Object.values(credentials.values).some((value) => isDemoKey(value) || isPem(value))
}

const Replacements = z.record(z.string(), z.unknown())

/** Fills `${connectionConfig.x}` of a template (`a || b`: the first that can be filled whole); null when a value is missing. */
export const interpolate = (template: string, config: z.output<typeof Replacements>): string | null => {
  for (const part of template.split('||')) {
    let missing = false
    const filled = part.trim().replace(/\$\{(?:connectionConfig\.)?([^{}]*)\}/g, (_match, name: string) => {
      const value = config[name]
      if (typeof value === 'string' && value !== '') return value
      missing = true
      return ''
    })
    if (!missing) return filled
  }
  return null
}

/** The definitions with the stand-in's own origin before paths that begin with a slash. */
export const resolveProviders = (
  definitions: Readonly<Record<string, StandInProvider>>,
  origin: string,
): ReadonlyMap<string, StandInProvider> => {
  const absolute = (url: string): string => (url.startsWith('/') ? origin + url : url)
  return new Map(
    Object.entries(definitions).map(([name, definition]) => [
      name,
      {
        ...definition,
        ...(definition.authorization_url === undefined ? {} : { authorization_url: absolute(definition.authorization_url) }),
        ...(definition.token_url === undefined ? {} : { token_url: absolute(definition.token_url) }),
      },
    ]),
  )
}
