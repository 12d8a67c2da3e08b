import type { OAuthMethod } from '#shared/contract/connections'
import type { Profile } from '#shared/contract/profiles'
import { t } from '#renderer/messages/translate.ts'

/** Where a profile's sign-ins are kept, in words: `Nango Cloud`, a host name, `in this app`. */
export const whereOf = (profile: Pick<Profile, 'kind' | 'nangoHost'>): string => {
  if (profile.kind === 'sandbox') return t('shell.where.sandbox')
  if (profile.kind === 'direct' || profile.nangoHost === undefined) return t('shell.where.computer')
  try {
    const { host } = new URL(profile.nangoHost)
    return host === 'api.nango.dev' ? 'Nango Cloud' : host
  } catch {
    return profile.nangoHost
  }
}

/** What stands between a provider and this computer: `Nango` or `Sandbox`. */
export const middleOf = (profile: Pick<Profile, 'kind'> | null): string => (profile?.kind === 'sandbox' ? 'Sandbox' : 'Nango')

/** Who holds the credentials of a connection: `Nango, production (Nango Cloud)`, `this computer`, `the sandbox in this app`. */
export const holderOf = (oauthMethod: OAuthMethod, profile: Pick<Profile, 'kind' | 'nangoHost' | 'name'> | null): string => {
  if (oauthMethod === 'direct') return t('shell.holder.computer')
  if (profile?.kind === 'sandbox') return t('shell.holder.sandbox')
  return profile === null ? 'Nango' : t('shell.holder.nango', { profile: profile.name, where: whereOf(profile) })
}
