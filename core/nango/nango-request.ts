import type { z } from 'zod'
import { PatchbayError } from '#shared/errors'
import type { SessionDefaults } from './nango-sessions.ts'

/** Takes over a reply, or throws `nango.protocol` naming the places that are not as expected, never their values. */
export const parseReply = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const paths = parsed.error.issues.slice(0, 5).map((issue) => issue.path.join('.'))
  throw new PatchbayError('nango.protocol', { data: { reason: 'unexpected_shape', paths } })
}

/** One segment of a path; the SDK does not encode them. Throws `nango.not_found` for `.` and `..`, which cannot be encoded. */
export const segment = (value: string): string => {
  if (value === '' || value === '.' || value === '..') throw new PatchbayError('nango.not_found')
  return encodeURIComponent(value)
}

/** `integrations_config_defaults` of a session (nango-api.md section 5). */
export const defaultsBody = (defaults: Readonly<Record<string, SessionDefaults>>) =>
  Object.fromEntries(
    Object.entries(defaults).map(([integrationId, given]) => {
      const config = {
        ...given.connectionConfig,
        ...(given.oauthScopesOverride === undefined ? {} : { oauth_scopes_override: given.oauthScopesOverride }),
      }
      return [
        integrationId,
        {
          ...(given.userScopes === undefined ? {} : { user_scopes: given.userScopes.join(',') }),
          ...(given.authorizationParams === undefined ? {} : { authorization_params: { ...given.authorizationParams } }),
          ...(Object.keys(config).length === 0 ? {} : { connection_config: config }),
        },
      ]
    }),
  )

/** An older server knows no `tags` beside `end_user`: it asks for the one or refuses the other. */
export const wantsEndUser = (error: unknown): boolean =>
  error instanceof PatchbayError &&
  error.code === 'nango.rejected' &&
  /\bend_user\b|unrecognized key.*\btags\b/i.test(JSON.stringify(error.data))

/** The SDK renames these two tags on their way out. */
export const hasRenamedTag = (tags: Readonly<Record<string, string>>): boolean => 'displayName' in tags || 'email' in tags
