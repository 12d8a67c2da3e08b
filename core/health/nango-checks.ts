import { join } from 'node:path'
import type { Profile } from '#shared/contract/profiles'
import { ERRORS, isErrorCode } from '#shared/errors'
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

const named = (names: readonly string[]): string => {
  const more = names.length - MOST_NAMED
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const checkEnvironment = ({ nangoEnvironment }: DoctorSubjects): Finding[] => {
  const findings = nangoEnvironment.findings.map(({ id, summary, fix }) => warn('environment', id, summary, { words: fix }))
  return findings.length > 0
    ? findings
    : [ok('environment', 'environment', 'The variables of the environment do not contradict each other.')]
}

const checkEnabled = ({ nangoEnvironment }: DoctorSubjects): Finding[] =>
  nangoEnvironment.isNangoEnabled ? [ok('profile', 'nango_enabled', 'Nango is used: NANGO_ENABLED does not switch it off.')] : []

const checkProfile = ({ engine }: DoctorSubjects): Finding[] => {
  const subjects = engine()
  if (subjects === null) return []
  const profile = subjects.profile()
  if (profile === null)
    return [warn('profile', 'profile', 'No profile is in use.', { words: ERRORS['profile.none'].next, action: PROFILES })]
  const { name, nangoHost, kind, hasSecretKey, keyEnding } = profile
  const evidence = [`kind ${kind}`, hasSecretKey ? `key ${keyEnding === null ? 'present' : `ending ${keyEnding}`}` : 'no key']
  return [ok('profile', 'profile', `${name} is in use${nangoHost === undefined ? '' : `, at ${nangoHost}`}.`, evidence)]
}

const testProfile = withProfile(async (engine, profile) => {
  const tested = await engine.testProfile(profile.profileId)
  return tested.checks
    .filter(({ status }) => status !== 'skipped')
    .map(({ id, status, summary, fix }): Finding => {
      if (status === 'ok' || status === 'skipped') return ok('profile', `nango_${id}`, summary)
      const isPassing = tested.failure !== null && isErrorCode(tested.failure) && ERRORS[tested.failure].retry === 'later'
      const action = isPassing ? { method: 'profiles.test', params: { profileId: profile.profileId } } : PROFILES
      const evidence = tested.failure === null ? [] : [`code ${tested.failure}`]
      return (status === 'warn' ? warn : fail)('profile', `nango_${id}`, summary, { words: fix ?? 'Look in the log.', action }, evidence)
    })
})

const checkFaults = withProfile(async (engine, profile) => {
  if (profile.kind !== 'sandbox') return []
  const count = await engine.sandboxFaults(profile.profileId)
  if (count === 0) return [ok('profile', 'sandbox_faults', 'The sandbox does nothing wrong on purpose.')]
  const summary = `The sandbox does ${count === 1 ? 'one thing' : `${count} things`} wrong on purpose: what fails may be that.`
  const fix = { words: 'Switch its faults off.', action: { method: 'sandbox.calm', params: { profileId: profile.profileId } } }
  return [warn('profile', 'sandbox_faults', summary, fix)]
})

const checkCertificate = withProfile((engine, profile, { platform }) => {
  const pem = engine.certificatePem(profile.profileId)
  if (pem === null) return []
  const { status, summary, evidence, fix } = checkCertificates(pem, platform.now())
  if (status === 'ok') return [ok('profile', 'certificate', summary, evidence)]
  return [(status === 'warn' ? warn : fail)('profile', 'certificate', summary, { words: fix ?? '', action: PROFILES }, evidence)]
})

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

const spanWords = (seconds: number): string => {
  const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? ['second', 1]
  const count = Math.round(seconds / size)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

const checkClock = withProfile((engine) => {
  const skew = engine.sync()?.clockSkewSeconds ?? null
  if (skew === null) return []
  const evidence = [`${skew} s`]
  if (Math.abs(skew) <= CLOCK_TOLERATED_SECONDS)
    return [ok('profile', 'clock_skew', "This computer's clock agrees with Nango's.", evidence)]
  const summary = `This computer's clock is ${spanWords(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'} Nango's. Times that you see are off by as much.`
  return [warn('profile', 'clock_skew', summary, { words: "Set this computer's clock, or let it be set over the network." }, evidence)]
})

const checkIntegrations = withProfile((engine, profile) => {
  const integrations = engine.integrations(profile.profileId)
  if (integrations === null) return []
  if (integrations.length === 0)
    return [
      warn('catalogue', 'integrations', 'This Nango environment has no integration yet, so nothing can be connected.', {
        words: ERRORS['connector.needs_integration'].next,
      }),
    ]
  const count = integrations.length
  return [ok('catalogue', 'integrations', `${count} ${count === 1 ? 'connector is' : 'connectors are'} ready to connect.`)]
})

const checkNames = withProfile((engine, profile) => {
  if (engine.integrations(profile.profileId) === null) return []
  const misnamed = engine.misnamed(profile.profileId)
  if (misnamed.length === 0) return [ok('catalogue', 'integration_names', 'Every integration that is named by hand is there and fits.')]
  const words = 'Correct the variable or the manifest: it names the integration id of the Nango dashboard, not the provider.'
  const evidence = misnamed.map(({ summary }) => summary)
  const summary = `${misnamed.length === 1 ? 'One connector' : `${misnamed.length} connectors`} cannot be connected: ${named(misnamed.map(({ connectorId }) => connectorId))}.`
  return [warn('catalogue', 'integration_names', summary, { words, action: { route: '/connectors' } }, evidence)]
})

const checkManifests = ({ engine, platform }: DoctorSubjects): Finding[] => {
  const problems = engine()?.manifestProblems() ?? null
  if (problems === null) return []
  if (problems.length === 0) return [ok('catalogue', 'connector_manifests', 'Every connector manifest is used.')]
  const words = `Correct or remove what is named, in ${join(platform.dataFolder, 'connectors')}.`
  const lines = problems.map(({ file, summary }) => `${file}: ${summary}`)
  const more = problems.length > MOST_NAMED ? [`And ${problems.length - MOST_NAMED} more.`] : []
  const summary = `Not every connector manifest is used. ${[...lines.slice(0, MOST_NAMED), ...more].join(' ')}`
  return [warn('catalogue', 'connector_manifests', summary, { words }, lines)]
}

const checkConnections = withProfile((engine, profile) => {
  const { withoutIntegration, missing, needYou, total } = engine.lostConnections(profile.profileId)
  if (withoutIntegration.length > 0) {
    const summary = `The integration of ${named(withoutIntegration.map(({ handle }) => handle))} is not in this Nango environment any more.`
    const evidence = withoutIntegration.map(({ handle, integrationId }) => `${handle}: integration ${integrationId}`)
    const words = 'Bring the integration back at Nango under the same id, or connect these accounts again.'
    return [
      warn(
        'connections',
        'connections',
        summary,
        { words, action: { route: `/connections/${withoutIntegration[0]?.connectionId ?? ''}` } },
        evidence,
      ),
    ]
  }
  if (missing.length > 0) {
    const summary = `Nango's list lacks ${named(missing.map(({ handle }) => handle))}. Another look decides whether they are gone.`
    return [warn('connections', 'connections', summary, { words: 'Look again.', action: { method: 'sync.run', params: {} } })]
  }
  if (needYou > 0) {
    const summary = `${needYou} of ${total} connections ${needYou === 1 ? 'needs' : 'need'} you.`
    return [
      warn('connections', 'connections', summary, { words: 'Open each: it says why and what to do.', action: { route: '/connections' } }),
    ]
  }
  return [ok('connections', 'connections', total === 0 ? 'There is no connection yet.' : `None of ${total} connections needs you.`)]
})

const checkSync = withProfile((engine, _profile, { platform }) => {
  const status = engine.sync()
  if (status === null) return []
  const again = { method: 'sync.run', params: {} }
  if (status.lastError !== null) {
    const next = isErrorCode(status.lastError.code) ? ERRORS[status.lastError.code].next : 'Look in the log.'
    const evidence = [`code ${status.lastError.code}`, `at ${status.lastError.at}`]
    return [
      fail('connections', 'sync', `The last look at Nango failed: ${status.lastError.message}`, { words: next, action: again }, evidence),
    ]
  }
  if (status.lastCompletedAt === null)
    return [warn('connections', 'sync', 'Nango was not looked at yet.', { words: 'Run: patchbay sync run', action: again })]
  const minutes = Math.max(0, Math.floor((platform.now() - Date.parse(status.lastCompletedAt)) / 60_000))
  return [
    ok('connections', 'sync', minutes === 0 ? 'In step with Nango, less than a minute ago.' : `In step with Nango, ${minutes} min ago.`),
  ]
})

const checkSigningKey = withProfile((engine, profile, { nangoEnvironment: { webhookSecret } }) => {
  if (webhookSecret === null) return []
  if (engine.secretKey(profile.profileId)?.reveal() !== webhookSecret.reveal())
    return [ok('webhooks', 'signing_key', 'The webhook signing key is set, and is not the secret key of the profile in use.')]
  const words = 'Copy the signing key from Environment Settings, Webhooks, and set NANGO_WEBHOOK_SECRET to it.'
  return [
    warn('webhooks', 'signing_key', 'NANGO_WEBHOOK_SECRET holds the secret key of the profile in use, not the signing key.', { words }),
  ]
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
