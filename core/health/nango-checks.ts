import { join } from 'node:path'
import type { Profile } from '#shared/contract/profiles'
import { ERRORS, isErrorCode } from '#shared/errors'
import { asSaid, say, sayError, sayNext, type Sentence } from '#shared/sentence'
import { checkCertificates } from './certificate-check.ts'
import { type CheckSpec, type DoctorSubjects, type EngineSubjects, fail, type Finding, ok, warn } from './doctor-subjects.ts'

const MOST_NAMED = 5
const PROFILES = { route: '/settings/profiles' } as const
const CLOCK_TOLERATED_SECONDS = 60

/** Runs a check that needs the database and the profile in use; says nothing while either is missing. */
const withProfile =
  (work: (engine: EngineSubjects, profile: Profile, subjects: DoctorSubjects) => readonly Finding[] | Promise<readonly Finding[]>) =>
  async (subjects: DoctorSubjects): Promise<readonly Finding[]> => {
    const engine = subjects.engine()
    const profile = engine?.profile() ?? null
    return engine === null || profile === null ? [] : work(engine, profile, subjects)
  }

/** The first few names, and how many more there are. */
const named = (names: readonly string[]): { readonly names: string; readonly more: number } => ({
  names: names.slice(0, MOST_NAMED).join(', '),
  more: Math.max(0, names.length - MOST_NAMED),
})

const checkEnvironment = ({ nangoEnvironment }: DoctorSubjects): Finding[] => {
  const findings = nangoEnvironment.findings.map(({ id, words, fix }) => warn('environment', id, words, { words: fix }))
  return findings.length > 0 ? findings : [ok('environment', 'environment', say('environment.good'))]
}

const checkEnabled = ({ nangoEnvironment }: DoctorSubjects): Finding[] =>
  nangoEnvironment.isNangoEnabled ? [ok('profile', 'nango_enabled', say('nango.enabled'))] : []

const checkProfile = ({ engine }: DoctorSubjects): Finding[] => {
  const subjects = engine()
  if (subjects === null) return []
  const profile = subjects.profile()
  if (profile === null) return [warn('profile', 'profile', say('profile.none'), { words: sayNext('profile.none'), action: PROFILES })]
  const { name, nangoHost, kind, hasSecretKey, keyEnding } = profile
  const evidence = [`kind ${kind}`, hasSecretKey ? `key ${keyEnding === null ? 'present' : `ending ${keyEnding}`}` : 'no key']
  const summary = nangoHost === undefined ? say('profile.in-use', { name }) : say('profile.in-use-at', { name, host: nangoHost })
  return [ok('profile', 'profile', summary, evidence)]
}

const testProfile = withProfile(async (engine, profile) => {
  const tested = await engine.testProfile(profile.profileId)
  return tested.checks
    .filter(({ status }) => status !== 'skipped')
    .map(({ id, status, summary, fix, said }): Finding => {
      const told = said?.summary ?? [asSaid(summary)]
      if (status === 'ok' || status === 'skipped') return ok('profile', `nango_${id}`, told)
      const isPassing = tested.failure !== null && isErrorCode(tested.failure) && ERRORS[tested.failure].retry === 'later'
      const action = isPassing ? { method: 'profiles.test', params: { profileId: profile.profileId } } : PROFILES
      const evidence = tested.failure === null ? [] : [`code ${tested.failure}`]
      const words = said?.fix ?? (fix === null ? say('doctor.look-in-log') : asSaid(fix))
      return (status === 'warn' ? warn : fail)('profile', `nango_${id}`, told, { words, action }, evidence)
    })
})

const checkFaults = withProfile(async (engine, profile) => {
  if (profile.kind !== 'sandbox') return []
  const count = await engine.sandboxFaults(profile.profileId)
  if (count === 0) return [ok('profile', 'sandbox_faults', say('faults.none'))]
  const fix = { words: say('faults.switch-off'), action: { method: 'sandbox.calm', params: { profileId: profile.profileId } } }
  return [warn('profile', 'sandbox_faults', say('faults.some', { count }), fix)]
})

const checkCertificate = withProfile((engine, profile, { platform }) => {
  const pem = engine.certificatePem(profile.profileId)
  if (pem === null) return []
  const { status, summary, evidence, fix } = checkCertificates(pem, platform.now())
  if (status === 'ok' || fix === null) return [ok('profile', 'certificate', summary, evidence)]
  return [(status === 'warn' ? warn : fail)('profile', 'certificate', summary, { words: fix, action: PROFILES }, evidence)]
})

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** A span in the largest unit that it fills. */
const spanOf = (seconds: number): { readonly count: number; readonly unit: string } => {
  const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? ['second', 1]
  return { count: Math.round(seconds / size), unit }
}

const checkClock = withProfile((engine) => {
  const skew = engine.sync()?.clockSkewSeconds ?? null
  if (skew === null) return []
  const evidence = [`${skew} s`]
  if (Math.abs(skew) <= CLOCK_TOLERATED_SECONDS) return [ok('profile', 'clock_skew', say('clock.good'), evidence)]
  const span = spanOf(Math.abs(skew))
  return [
    warn('profile', 'clock_skew', skew > 0 ? say('clock.ahead', span) : say('clock.behind', span), { words: say('clock.set') }, evidence),
  ]
})

const checkIntegrations = withProfile((engine, profile) => {
  const integrations = engine.integrations(profile.profileId)
  if (integrations === null) return []
  if (integrations.length === 0)
    return [warn('catalogue', 'integrations', say('integrations.none'), { words: sayNext('connector.needs_integration') })]
  return [ok('catalogue', 'integrations', say('integrations.ready', { count: integrations.length }))]
})

const checkNames = withProfile((engine, profile) => {
  if (engine.integrations(profile.profileId) === null) return []
  const misnamed = engine.misnamed(profile.profileId)
  if (misnamed.length === 0) return [ok('catalogue', 'integration_names', say('names.good'))]
  const words = say('names.correct')
  const evidence = misnamed.map(({ summary }) => summary)
  const summary = say('names.wrong', { count: misnamed.length, ...named(misnamed.map(({ connectorId }) => connectorId)) })
  return [warn('catalogue', 'integration_names', summary, { words, action: { route: '/connectors' } }, evidence)]
})

const checkManifests = ({ engine, platform }: DoctorSubjects): Finding[] => {
  const problems = engine()?.manifestProblems() ?? null
  if (problems === null) return []
  if (problems.length === 0) return [ok('catalogue', 'connector_manifests', say('manifests.good'))]
  const words = say('manifests.correct', { folder: join(platform.dataFolder, 'connectors') })
  const lines = problems.map(({ file, summary }) => `${file}: ${summary}`)
  const more = problems.length > MOST_NAMED ? [say('manifests.more', { count: problems.length - MOST_NAMED })] : []
  const summary: Sentence[] = [say('manifests.unused'), ...lines.slice(0, MOST_NAMED).map(asSaid), ...more]
  return [warn('catalogue', 'connector_manifests', summary, { words }, lines)]
}

const checkConnections = withProfile((engine, profile) => {
  const { withoutIntegration, missing, needYou, total } = engine.lostConnections(profile.profileId)
  if (withoutIntegration.length > 0) {
    const summary = say('connections.without-integration', named(withoutIntegration.map(({ handle }) => handle)))
    const evidence = withoutIntegration.map(({ handle, integrationId }) => `${handle}: integration ${integrationId}`)
    const fix = { words: say('connections.bring-back'), action: { route: `/connections/${withoutIntegration[0]?.connectionId ?? ''}` } }
    return [warn('connections', 'connections', summary, fix, evidence)]
  }
  if (missing.length > 0) {
    const summary = say('connections.lacking', named(missing.map(({ handle }) => handle)))
    const fix = { words: say('connections.look-again'), action: { method: 'sync.run', params: {} } }
    return [warn('connections', 'connections', summary, fix)]
  }
  if (needYou > 0) {
    const fix = { words: say('connections.open-each'), action: { route: '/connections' } }
    return [warn('connections', 'connections', say('connections.need-you', { count: needYou, total }), fix)]
  }
  return [ok('connections', 'connections', total === 0 ? say('connections.none') : say('connections.good', { total }))]
})

const checkSync = withProfile((engine, _profile, { platform }) => {
  const status = engine.sync()
  if (status === null) return []
  const again = { method: 'sync.run', params: {} }
  if (status.lastError !== null) {
    const { code } = status.lastError
    const words = isErrorCode(code) ? sayNext(code) : say('doctor.look-in-log')
    const evidence = [`code ${status.lastError.code}`, `at ${status.lastError.at}`]
    return [fail('connections', 'sync', [say('sync.failed'), sayError(status.lastError)], { words, action: again }, evidence)]
  }
  if (status.lastCompletedAt === null)
    return [warn('connections', 'sync', say('sync.never'), { words: say('doctor.run', { command: 'patchbay sync run' }), action: again })]
  const minutes = Math.max(0, Math.floor((platform.now() - Date.parse(status.lastCompletedAt)) / 60_000))
  return [ok('connections', 'sync', minutes === 0 ? say('sync.now') : say('sync.minutes', { minutes }))]
})

const checkSigningKey = withProfile((engine, profile, { nangoEnvironment: { webhookSecret } }) => {
  if (webhookSecret === null) return []
  if (engine.secretKey(profile.profileId)?.reveal() !== webhookSecret.reveal())
    return [ok('webhooks', 'signing_key', say('signing-key.good'))]
  return [warn('webhooks', 'signing_key', say('signing-key.is-secret'), { words: say('signing-key.copy') })]
})

/** The environment, the profile in use, its catalogue, its connections, its webhooks. */
export const NANGO_CHECKS: readonly CheckSpec[] = [
  { id: 'environment', group: 'environment', run: checkEnvironment },
  { id: 'nango_enabled', group: 'profile', run: checkEnabled },
  { id: 'profile', group: 'profile', run: checkProfile },
  { id: 'nango', group: 'profile', run: testProfile, deadlineMs: 60_000 },
  { id: 'sandbox_faults', group: 'profile', run: checkFaults },
  { id: 'certificate', group: 'profile', run: checkCertificate },
  { id: 'clock_skew', group: 'profile', run: checkClock },
  { id: 'integrations', group: 'catalogue', run: checkIntegrations },
  { id: 'integration_names', group: 'catalogue', run: checkNames },
  { id: 'connector_manifests', group: 'catalogue', run: checkManifests },
  { id: 'connections', group: 'connections', run: checkConnections },
  { id: 'sync', group: 'connections', run: checkSync },
  { id: 'signing_key', group: 'webhooks', run: checkSigningKey },
]
