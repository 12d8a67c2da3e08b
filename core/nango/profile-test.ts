import type { ProfileRegistry } from '#core/profiles/profile-registry'
import { statusAfter } from '#core/profiles/profile-registry'
import type { ProfileTest } from '#shared/contract/profiles'
import { ERRORS, PatchbayError, type ErrorCode } from '#shared/errors'
import type { NangoClient } from './nango-client.ts'

type Check = ProfileTest['checks'][number]

/** What is looked at, in order. A failed one makes those after it `skipped`, except that all rights are tried. */
const STEPS = [
  { id: 'profile', passed: 'The profile has an address and a key for it.' },
  { id: 'server', passed: 'The address answers as Nango does.' },
  { id: 'connections', passed: 'The key may list connections.' },
  { id: 'integrations', passed: 'The key may list integrations.' },
  { id: 'sessions', passed: 'The key may open sign-in pages.' },
] as const

const RIGHTS = {
  connections: { run: (client: NangoClient) => client.listConnections({ limit: 1 }), scope: 'environment:connections:list' },
  integrations: { run: (client: NangoClient) => client.listIntegrations(), scope: 'environment:integrations:list' },
  sessions: { run: (client: NangoClient) => client.probeConnectSessions(), scope: 'environment:connect_sessions:write' },
} as const

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens at that address and port.',
  ENOTFOUND: 'The name of the server is not known.',
  EAI_AGAIN: 'The name of the server cannot be looked up now.',
  ERR_PROXY_TUNNEL: 'The proxy did not let the call through.',
  proxy_setting_invalid: 'HTTPS_PROXY or HTTP_PROXY is not an http address.',
  proxy_authentication_required: 'The proxy wants a user name and a password.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate is for another name.',
  CERT_HAS_EXPIRED: 'The certificate has expired.',
  private_certificate_invalid: 'The certificate file of this profile cannot be read.',
  EPROTO: 'No TLS is spoken at that port; a server there may speak http.',
}

const failed = (id: string, error: PatchbayError, scope?: string): Check => {
  const reason = typeof error.data['reason'] === 'string' ? REASONS[error.data['reason']] : undefined
  const isScope = error.code === 'nango.scope_missing'
  const named = typeof error.data['scope'] === 'string' ? error.data['scope'] : scope
  return {
    id,
    status: 'fail',
    summary: reason === undefined ? error.message : `${error.message} ${reason}`,
    fix: isScope && named !== undefined ? `Give the key the scope ${named} at Nango, or use another key.` : ERRORS[error.code].next,
  }
}

const asPatchbayError = (error: unknown): PatchbayError => {
  if (error instanceof PatchbayError) return error
  throw error
}

const insecureWarning = (origin: string): Check => ({
  id: 'transport',
  status: 'warn',
  summary: `The key travels to ${origin} in the clear: everybody on the way can read it.`,
  fix: 'Use an https address.',
})

/** Tries a profile: its address, its key and the rights the product needs, and notes the outcome as the profile's status. */
export const createProfileTest =
  (deps: {
    readonly registry: ProfileRegistry
    readonly clientFor: (profileId: string) => Promise<NangoClient>
    readonly now: () => number
  }) =>
  async (profileId: string): Promise<ProfileTest> => {
    const { registry } = deps
    const checks: Check[] = []
    const failures: ErrorCode[] = []
    const attempt = async (id: (typeof STEPS)[number]['id'], work: () => Promise<unknown>, scope?: string): Promise<boolean> => {
      try {
        await work()
        checks.push({ id, status: 'ok', summary: STEPS.find((step) => step.id === id)?.passed ?? '', fix: null })
        return true
      } catch (error) {
        const known = asPatchbayError(error)
        checks.push(failed(id, known, scope))
        failures.push(known.code)
        return known.code === 'nango.scope_missing'
      }
    }

    const profile = registry.get(profileId)
    let client: NangoClient | null = null
    const isReady = await attempt('profile', async () => {
      client = await deps.clientFor(profileId)
    })
    const reached = client as NangoClient | null
    if (profile.allowsInsecureHttp && profile.nangoHost?.startsWith('http:')) checks.push(insecureWarning(profile.nangoHost))
    // The key goes out only once the address has shown that it is a Nango.
    let goesOn = isReady && reached !== null && (await attempt('server', () => reached.health()))
    for (const id of ['connections', 'integrations', 'sessions'] as const) {
      if (goesOn && reached !== null) goesOn = await attempt(id, () => RIGHTS[id].run(reached), RIGHTS[id].scope)
    }
    for (const { id } of STEPS) {
      if (!checks.some((check) => check.id === id)) {
        checks.push({ id, status: 'skipped', summary: 'Not looked at, because an earlier check failed.', fix: null })
      }
    }
    const failure = failures[0] ?? null
    registry.setStatus(profileId, failure === null ? 'connected' : statusAfter(failure), failure)
    return { profileId, isWorking: failure === null, failure, checks, testedAt: new Date(deps.now()).toISOString() }
  }
