import type { Connector } from '#shared/contract/catalogue'
import type { ResolvedIntegration } from './resolve-integration.ts'

type Readiness = Pick<Connector, 'readiness' | 'readinessReason'>

/** The ways to sign in that `connect.start` knows. */
export const CONNECTABLE_MODES: ReadonlySet<string> = new Set(['OAUTH2', 'API_KEY', 'BASIC'])

/** Stands for the auth mode of a provider that neither the snapshot nor Nango described. */
export const UNKNOWN_MODE = 'UNKNOWN'

const DASHBOARD = 'Connect it in the Nango dashboard; it appears here then.'

const MODE_WORDS: Readonly<Record<string, string>> = {
  OAUTH1: 'It signs in with OAuth 1, which is not possible from here yet.',
  OAUTH2_CC: 'It signs in with client credentials instead of an account, which is not possible from here yet.',
  TWO_STEP: 'It signs in in two steps of its own, which is not possible from here yet.',
  MCP_OAUTH2: 'It signs in to an MCP server, which is not possible from here yet.',
  MCP_OAUTH2_GENERIC: 'It signs in to an MCP server, which is not possible from here yet.',
  JWT: 'It signs in with a signed token, which is not possible from here yet.',
  APP: 'It is connected by installing an app, which is not possible from here yet.',
  CUSTOM: 'It is connected by installing an app, which is not possible from here yet.',
  INSTALL_PLUGIN: 'It is connected by installing a plugin, which is not possible from here yet.',
  NONE: 'It needs no sign-in, and connections without one cannot be made from here yet.',
  [UNKNOWN_MODE]: 'How it signs in is not known here.',
}

const modeReason = (authMode: string): string =>
  `${MODE_WORDS[authMode] ?? `It signs in with ${authMode}, which is not possible from here yet.`} ${DASHBOARD}`

/** For a connector that the manifest `file` takes out of Nango. */
export const withoutNango = (file: string): Readiness => ({
  readiness: 'not_from_here',
  readinessReason: `${file} takes it out of Nango, and connecting without Nango is not possible yet.`,
})

/** Whether a connector can be connected now, and in one or two sentences what is missing. */
export const readinessOf = (
  name: string,
  authMode: string,
  resolved: ResolvedIntegration,
  profile: { readonly usesNango: boolean; readonly isKnown: boolean },
): Readiness => {
  // Of an integration that is not there nobody knows how it signs in: that it is missing is then what counts.
  const isUnseen = authMode === UNKNOWN_MODE && resolved.missing !== null
  if (!CONNECTABLE_MODES.has(authMode) && !isUnseen) return { readiness: 'not_from_here', readinessReason: modeReason(authMode) }
  if (resolved.chosen !== null) return { readiness: 'ready', readinessReason: null }
  const missing = (readinessReason: string): Readiness => ({ readiness: 'needs_integration', readinessReason })
  if (!profile.usesNango) return missing('No profile is in use. Add one first.')
  if (!profile.isKnown) return missing('Nango has not answered yet, so its integrations are not known.')
  if (resolved.missing !== null) {
    const { namedBy, integrationId } = resolved.missing
    return missing(`${namedBy} names the integration ${integrationId}, which Nango does not have.`)
  }
  return missing(
    authMode === 'OAUTH2'
      ? `Nango has no integration for ${name} yet. Set it up: it needs the client id and the client secret of an OAuth app at ${name}.`
      : `Nango has no integration for ${name} yet. Set it up: it needs nothing but a name.`,
  )
}
