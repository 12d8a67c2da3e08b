import type { IntegrationDescription } from '#shared/contract/integrations'
import { PatchbayError } from '#shared/errors'
import { integrationFormOf, type IntegrationFieldName } from '#shared/integration-forms'
import { Secret } from '../vault/secret.ts'
import type { KnownIntegration } from './integration-store.ts'

/** What an integration signs in with. */
export interface IntegrationSettings {
  readonly clientId?: string | undefined
  readonly clientSecret?: Secret | undefined
  readonly scopes?: readonly string[] | undefined
  readonly appId?: string | undefined
  readonly appLink?: string | undefined
  readonly privateKey?: Secret | undefined
}

/** One integration with what it was set up with. */
export interface IntegrationDetail extends KnownIntegration {
  readonly webhookUrl: string | null
  readonly credentials: IntegrationSettings | null
  readonly isReadable: boolean
}

/** The settings as a caller gave them: plain, sealed on the way in. */
export interface GivenSettings extends Omit<IntegrationSettings, 'clientSecret' | 'privateKey'> {
  readonly clientSecret?: string | undefined
  readonly privateKey?: string | undefined
}

const NAMES: readonly IntegrationFieldName[] = ['clientId', 'clientSecret', 'scopes', 'appId', 'appLink', 'privateKey']

/**
 * The settings for a way to sign in, those given laid over those there are; undefined where it has none, or nothing was given.
 * Throws `integration.dashboard_only`, `integration.field_unknown` and `integration.field_required`, naming the field.
 */
export const settingsFor = (
  authMode: string,
  given: GivenSettings,
  before: IntegrationSettings | null,
): IntegrationSettings | undefined => {
  const { fields, isDashboardOnly } = integrationFormOf(authMode)
  const names = NAMES.filter((name) => given[name] !== undefined)
  const unknown = names.find((name) => !fields.some((field) => field.name === name))
  if (unknown !== undefined) throw new PatchbayError('integration.field_unknown', { data: { field: unknown, authMode } })
  if (isDashboardOnly && before === null) throw new PatchbayError('integration.dashboard_only', { data: { authMode } })
  if (fields.length === 0 || (names.length === 0 && before !== null)) return undefined
  const settings: IntegrationSettings = {
    clientId: given.clientId ?? before?.clientId,
    clientSecret: given.clientSecret === undefined ? before?.clientSecret : new Secret(given.clientSecret),
    scopes: given.scopes ?? before?.scopes,
    appId: given.appId ?? before?.appId,
    appLink: given.appLink ?? before?.appLink,
    privateKey: given.privateKey === undefined ? before?.privateKey : new Secret(given.privateKey),
  }
  const missing = fields.find((field) => !field.isOptional && settings[field.name] === undefined)
  if (missing !== undefined) throw new PatchbayError('integration.field_required', { data: { field: missing.name, authMode } })
  return settings
}

/** Nango's name of a field, at the end of the path it gives with a refusal. */
const FIELD_OF: Readonly<Record<string, string>> = {
  unique_key: 'integrationId',
  uniqueKey: 'integrationId',
  display_name: 'displayName',
  client_id: 'clientId',
  client_secret: 'clientSecret',
  scopes: 'scopes',
  app_id: 'appId',
  app_link: 'appLink',
  private_key: 'privateKey',
}

interface Issue {
  readonly path: string
  readonly message: string
}

const issuesOf = (error: PatchbayError): readonly Issue[] => {
  const { issues } = error.data
  return Array.isArray(issues) ? issues.map((issue: Partial<Issue>) => ({ path: issue.path ?? '', message: issue.message ?? '' })) : []
}

/** A refusal of POST or PATCH /integrations in our words, with the field it is about where Nango's path tells (nango-api.md section 4). */
export const explainRefusal = (error: unknown): unknown => {
  if (!(error instanceof PatchbayError) || error.code !== 'nango.rejected') return error
  const words = typeof error.data['words'] === 'string' ? error.data['words'] : ''
  const issues = issuesOf(error)
  const said = [words, ...issues.map(({ message }) => message)].join(' ')
  if (/unique ?key (?:already exists|is already used)/i.test(said))
    return new PatchbayError('integration.exists', { data: { field: 'integrationId' }, cause: error })
  if (/active connections/i.test(said)) return new PatchbayError('integration.in_use', { data: { field: 'integrationId' }, cause: error })
  const named = issues.map(({ path, message }) => ({ field: FIELD_OF[path.split('.').at(-1) ?? ''], message })).find(({ field }) => field)
  const spoken = named?.message ?? issues[0]?.message ?? ''
  return new PatchbayError('integration.refused', {
    data: { field: named?.field ?? null, words: spoken === '' ? words : spoken, status: error.data['status'] ?? null },
    cause: error,
  })
}

/** An id like the connector's name that no integration of the environment has. */
export const freeId = (wanted: string, taken: readonly KnownIntegration[]): string => {
  const ids = new Set(taken.map(({ integrationId }) => integrationId))
  if (!ids.has(wanted)) return wanted
  let number = 2
  while (ids.has(`${wanted}-${number}`)) number += 1
  return `${wanted}-${number}`
}

/**
 * The address at a Nango that a provider sends people back to: `{address}/oauth/callback` (nango-api.md section 9), and
 * `{address}/app-auth/connect` after the installation of an app.
 */
export const callbackOf = (authMode: string, nangoHost: string): Pick<IntegrationDescription, 'callbackUrl' | 'isCallbackCertain'> => {
  const { returnsTo } = integrationFormOf(authMode)
  const path = returnsTo === 'callback' ? '/oauth/callback' : '/app-auth/connect'
  return {
    callbackUrl: returnsTo === null ? null : `${nangoHost}${path}`,
    isCallbackCertain: new URL(nangoHost).hostname === 'api.nango.dev',
  }
}
