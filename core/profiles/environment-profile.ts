import { Secret } from '#core/vault/secret'
import { PatchbayError, type ErrorCode } from '#shared/errors'
import { say, sayError, type Sentence, type Words } from '#shared/sentence'
import { acceptNangoAddress, NANGO_CLOUD, parseNangoAddress, type NangoAddress } from './nango-address.ts'
import { readSecretKey } from './secret-key.ts'

/** The id of the profile that comes from the environment. */
export const ENVIRONMENT_PROFILE_ID = 'env'

/** Names of Nango's address; the first that is set wins. */
const HOST_VARIABLES = ['NANGO_HOST', 'NANGO_URL', 'NANGO_BASE_URL', 'NANGO_API_URL', 'NANGO_HOSTPORT'] as const

/** Something about the environment worth saying, for `doctor` and one line of the log. */
export interface EnvironmentFinding {
  readonly id:
    | 'env.host_disagrees'
    | 'env.public_key'
    | 'env.host_without_key'
    | 'env.nango_disabled'
    | 'env.unusable'
    | 'env.webhook_secret'
  readonly words: Words
  readonly fix: Sentence
}

/** The profile of the environment. It is never written to the disk. `failure` says why it cannot be used. */
export interface EnvironmentProfile {
  readonly address: NangoAddress | null
  readonly secretKey: Secret | null
  readonly failure: PatchbayError | null
}

export interface NangoEnvironment {
  /** NANGO_ENABLED=false: nothing is sent to any Nango. */
  readonly isNangoEnabled: boolean
  readonly profile: EnvironmentProfile | null
  /** NANGO_WEBHOOK_SECRET: the key that webhooks are signed with, which is not the secret key. Never written to the disk. */
  readonly webhookSecret: Secret | null
  readonly findings: readonly EnvironmentFinding[]
}

const readProfile = (host: string, key: string): EnvironmentProfile => {
  const failures: PatchbayError[] = []
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof PatchbayError)) throw error
      failures.push(error)
      return null
    }
  }
  const address = attempt(() => parseNangoAddress(host))
  const secretKey = attempt(() => readSecretKey(key))
  if (address !== null) attempt(() => acceptNangoAddress(host, false))
  return { address, secretKey, failure: failures[0] ?? null }
}

const FIXES: Partial<Record<ErrorCode, Sentence>> = {
  'profile.insecure_address': say('environment.use-https'),
  'profile.invalid_address': say('environment.set-host'),
  'profile.invalid_key': say('environment.set-key'),
  'nango.public_key': say('environment.not-public-key'),
}

/** Reads the variables of surface section 2. Findings name variables, never their values. */
export const readNangoEnvironment = (environment: Readonly<Record<string, string | undefined>>): NangoEnvironment => {
  const named = HOST_VARIABLES.flatMap((name) => {
    const value = environment[name]?.trim()
    return value ? [{ name, value }] : []
  })
  const [first] = named
  const host = first?.value ?? NANGO_CLOUD
  const key = environment['NANGO_SECRET_KEY']?.trim()
  const isNangoEnabled = !/^(?:false|0|no|off)$/i.test(environment['NANGO_ENABLED']?.trim() ?? '')
  const profile = key ? readProfile(host, key) : null

  const findings: EnvironmentFinding[] = []
  const differing = named.filter((entry) => entry.value.replace(/\/+$/, '') !== host.replace(/\/+$/, ''))
  if (first !== undefined && differing.length > 0) {
    findings.push({
      id: 'env.host_disagrees',
      words: say('environment.hosts-differ', { first: first.name, others: differing.map((entry) => entry.name).join(', ') }),
      fix: say('environment.keep-host', { first: first.name }),
    })
  }
  if (environment['NANGO_PUBLIC_KEY']) {
    findings.push({
      id: 'env.public_key',
      words: say('environment.public-key'),
      fix: say('environment.unset', { name: 'NANGO_PUBLIC_KEY' }),
    })
  }
  if (first !== undefined && !key) {
    findings.push({
      id: 'env.host_without_key',
      words: say('environment.host-without-key', { first: first.name }),
      fix: say('environment.add-key', { first: first.name }),
    })
  }
  if (!isNangoEnabled) {
    findings.push({
      id: 'env.nango_disabled',
      words: say('environment.disabled'),
      fix: say('environment.unset', { name: 'NANGO_ENABLED' }),
    })
  }
  if (profile?.failure) {
    findings.push({
      id: 'env.unusable',
      words: [say('environment.unusable'), sayError(profile.failure)],
      fix: FIXES[profile.failure.code] ?? say('environment.correct'),
    })
  }
  const signingKey = environment['NANGO_WEBHOOK_SECRET']?.trim()
  if (signingKey && signingKey === key) {
    findings.push({
      id: 'env.webhook_secret',
      words: say('environment.same-keys'),
      fix: say('environment.rotate'),
    })
  }
  return { isNangoEnabled, profile, webhookSecret: signingKey ? new Secret(signingKey) : null, findings }
}
