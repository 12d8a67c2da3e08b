import type { ProfileRegistry } from '#core/profiles/profile-registry'
import { statusAfter } from '#core/profiles/profile-registry'
import type { ProfileTest } from '#shared/contract/profiles'
import { PatchbayError, type ErrorCode } from '#shared/errors'
import { inEnglish, say, sayError, sayNext, type Sentence, sentencesOf, type Words } from '#shared/sentence'
import { checkCallback } from './callback-check.ts'
import type { NangoClient } from './nango-client.ts'

type Check = ProfileTest['checks'][number]

const check = (id: string, status: Check['status'], summary: Words, fix: Sentence | null): Check => ({
  id,
  status,
  summary: inEnglish(summary),
  fix: fix === null ? null : inEnglish(fix),
  said: { summary: sentencesOf(summary), fix: fix === null ? null : sentencesOf(fix) },
})

/** What is looked at, in order. A failed one makes those after it `skipped`, except that all rights are tried. */
const STEPS = ['profile', 'server', 'connections', 'integrations', 'sessions', 'callback'] as const

const RIGHTS = {
  connections: { run: (client: NangoClient) => client.listConnections({ limit: 1 }), scope: 'environment:connections:list' },
  integrations: { run: (client: NangoClient) => client.listIntegrations(), scope: 'environment:integrations:list' },
  sessions: { run: (client: NangoClient) => client.probeConnectSessions(), scope: 'environment:connect_sessions:write' },
} as const

const REASONS: Readonly<Record<string, Sentence>> = {
  ECONNREFUSED: say('test.refused'),
  ENOTFOUND: say('test.name-unknown'),
  EAI_AGAIN: say('test.name-not-now'),
  ERR_PROXY_TUNNEL: say('test.proxy-closed'),
  proxy_setting_invalid: say('test.proxy-setting'),
  proxy_authentication_required: say('test.proxy-password'),
  ERR_TLS_CERT_ALTNAME_INVALID: say('test.other-name'),
  CERT_HAS_EXPIRED: say('test.certificate-over'),
  private_certificate_invalid: say('test.certificate-file'),
  EPROTO: say('test.no-tls'),
}

const failed = (id: string, error: PatchbayError, scope?: string): Check => {
  const reason = typeof error.data['reason'] === 'string' ? REASONS[error.data['reason']] : undefined
  const isScope = error.code === 'nango.scope_missing'
  const named = typeof error.data['scope'] === 'string' ? error.data['scope'] : scope
  const fix = isScope && named !== undefined ? say('test.give-scope', { scope: named }) : sayNext(error.code)
  return check(id, 'fail', [sayError(error), ...(reason === undefined ? [] : [reason])], fix)
}

const asPatchbayError = (error: unknown): PatchbayError => {
  if (error instanceof PatchbayError) return error
  throw error
}

const insecureWarning = (origin: string): Check => check('transport', 'warn', say('test.in-the-clear', { origin }), say('test.use-https'))

/**
 * Tries a profile: its address, its key and the rights the product needs, and notes the outcome as the profile's status. A callback
 * address that does not lead to Nango fails the test where it was asked for; Nango's own, which may be closed to this computer and
 * open to browsers, is a warning.
 */
export const createProfileTest =
  (deps: {
    readonly registry: ProfileRegistry
    readonly clientFor: (profileId: string) => Promise<NangoClient>
    readonly now: () => number
  }) =>
  async (profileId: string, callbackUrl?: string): Promise<ProfileTest> => {
    const { registry } = deps
    const checks: Check[] = []
    const failures: ErrorCode[] = []
    const attempt = async (
      id: Exclude<(typeof STEPS)[number], 'callback'>,
      work: () => Promise<unknown>,
      scope?: string,
    ): Promise<boolean> => {
      try {
        await work()
        checks.push(check(id, 'ok', say(`test.${id}`), null))
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
    // An older Nango may let a made-up sign-in wait: the key is tried meanwhile.
    const callback = goesOn && reached !== null ? checkCallback(reached.visit, reached.host, callbackUrl) : null
    for (const id of ['connections', 'integrations', 'sessions'] as const) {
      if (goesOn && reached !== null) goesOn = await attempt(id, () => RIGHTS[id].run(reached), RIGHTS[id].scope)
    }
    if (callback !== null) {
      const { summary, fix } = await callback
      checks.push(check('callback', fix === null ? 'ok' : callbackUrl === undefined ? 'warn' : 'fail', summary, fix))
    }
    for (const id of STEPS) {
      if (!checks.some((one) => one.id === id)) {
        checks.push(check(id, 'skipped', say('test.skipped'), null))
      }
    }
    const failure = failures[0] ?? null
    registry.setStatus(profileId, failure === null ? 'connected' : statusAfter(failure), failure)
    return { profileId, isWorking: failure === null, failure, checks, testedAt: new Date(deps.now()).toISOString() }
  }
