import type { Profile } from '#shared/contract/profiles'

/** Where a profile's sign-ins are kept, in words: `Nango Cloud`, a host name, `Sandbox in this app`. */
export const whereOf = (profile: Pick<Profile, 'kind' | 'nangoHost'>): string => {
  if (profile.kind === 'sandbox') return 'Sandbox in this app'
  if (profile.kind === 'direct' || profile.nangoHost === undefined) return 'This computer'
  try {
    const { host } = new URL(profile.nangoHost)
    return host === 'api.nango.dev' ? 'Nango Cloud' : host
  } catch {
    return profile.nangoHost
  }
}

/** What stands between a provider and this computer: `Nango` or `Sandbox`. */
export const middleOf = (profile: Pick<Profile, 'kind'> | null): string => (profile?.kind === 'sandbox' ? 'Sandbox' : 'Nango')
