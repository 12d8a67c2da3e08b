import { authWayOf, type Refusal } from '#shared/auth-ways'
import type { Connector } from '#shared/contract/catalogue'
import { integrationFormOf } from '#shared/integration-forms'
import type { CatalogueEntry } from './normalize-provider.ts'
import type { ResolvedIntegration } from './resolve-integration.ts'

type Readiness = Pick<Connector, 'readiness' | 'readinessReason'>

/** Stands for the auth mode of a provider that neither the snapshot nor Nango described. */
export const UNKNOWN_MODE = 'UNKNOWN'

const DASHBOARD = 'Connect it in the Nango dashboard; it appears here then.'

const REFUSAL_WORDS: Readonly<Record<Refusal, string>> = {
  outbound_installation: 'It is installed from its own side, and Nango hears of it only afterwards.',
  no_endpoint: 'It signs in with APP_STORE, for which Nango has no endpoint any more.',
  unknown_mode: 'How it signs in is not known here.',
}

/** Why it cannot be connected from here, in two sentences. */
export const refusalReason = (refusal: Refusal): string => `${REFUSAL_WORDS[refusal]} ${DASHBOARD}`

/** What setting an integration up needs, by mode; it ends the sentence. */
const setUpWords = (name: string, authMode: string): string => {
  const { fields, isDashboardOnly } = integrationFormOf(authMode)
  if (isDashboardOnly) return `Nango has no integration for ${name} yet. Nango takes what it needs in its dashboard only.`
  const names = new Set(fields.map((field) => field.name))
  const needs = names.has('privateKey')
    ? `the id, the link and the private key of an app at ${name}`
    : names.has('clientId')
      ? `the client id and the client secret of an OAuth app at ${name}`
      : 'nothing but a name'
  return `Nango has no integration for ${name} yet. Set it up: it needs ${needs}.`
}

/** For a connector that the manifest `file` takes out of Nango. */
export const withoutNango = (file: string): Readiness => ({
  readiness: 'not_from_here',
  readinessReason: `${file} takes it out of Nango, and connecting without Nango is not possible yet.`,
})

/** Whether a connector can be connected now, and in one or two sentences what is missing. */
export const readinessOf = (
  name: string,
  { authMode, isOutbound }: Pick<CatalogueEntry, 'authMode' | 'isOutbound'>,
  resolved: ResolvedIntegration,
  profile: { readonly usesNango: boolean; readonly isKnown: boolean },
): Readiness => {
  // Of an integration that is not there nobody knows how it signs in: that it is missing is then what counts.
  const isUnseen = authMode === UNKNOWN_MODE && resolved.missing !== null
  const way = authWayOf(authMode, isOutbound)
  if (way.kind === 'refused' && !isUnseen) return { readiness: 'not_from_here', readinessReason: refusalReason(way.refusal) }
  if (resolved.chosen !== null) return { readiness: 'ready', readinessReason: null }
  const missing = (readinessReason: string): Readiness => ({ readiness: 'needs_integration', readinessReason })
  if (!profile.usesNango) return missing('No profile is in use. Add one first.')
  if (!profile.isKnown) return missing('Nango has not answered yet, so its integrations are not known.')
  if (resolved.missing !== null) {
    const { namedBy, integrationId } = resolved.missing
    return missing(`${namedBy} names the integration ${integrationId}, which Nango does not have.`)
  }
  return missing(setUpWords(name, authMode))
}
