import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'
import { ERRORS, isErrorCode } from '#shared/errors'
import type { Profile, ProfileTest } from '#shared/contract/profiles'
import type { SyncStatus } from '#shared/contract/sync'
import type { DoctorCheck } from '#shared/contract/system'
import type { VaultStatus } from '#shared/contract/vault'
import type { Platform } from '../platform.ts'
import type { EnvironmentFinding } from '../profiles/environment-profile.ts'

/** What doctor looks at; the parts that need an open database answer null while there is none. */
export interface DoctorSubjects {
  readonly platform: Pick<Platform, 'dataFolder' | 'socketPath' | 'now'>
  readonly versions: Readonly<Record<string, string | undefined>>
  readonly vault: () => VaultStatus
  readonly environmentFindings: readonly EnvironmentFinding[]
  readonly profile: () => Profile | null
  readonly testProfile: (profileId: string) => Promise<ProfileTest>
  readonly sync: () => SyncStatus | null
  readonly storageCheck: () => string | null
  readonly integrationCount: (profileId: string) => number | null
  readonly manifestProblems: () => readonly { readonly file: string; readonly summary: string }[]
}

const ok = (id: string, summary: string): DoctorCheck => ({ id, status: 'ok', summary, fix: null })
const warn = (id: string, summary: string, fix: string): DoctorCheck => ({ id, status: 'warn', summary, fix })
const fail = (id: string, summary: string, fix: string): DoctorCheck => ({ id, status: 'fail', summary, fix })

const checkRuntime = ({ versions }: DoctorSubjects): DoctorCheck =>
  Number(versions['napi'] ?? 0) >= 10
    ? ok('runtime', `Node ${versions['node'] ?? 'unknown'} runs Patchbay.`)
    : fail('runtime', `Node ${versions['node'] ?? 'unknown'} is too old.`, ERRORS['host.unsupported_runtime'].next)

const checkFolder = ({ platform }: DoctorSubjects): DoctorCheck => {
  try {
    accessSync(platform.dataFolder, constants.R_OK | constants.W_OK)
    const mode = statSync(platform.dataFolder).mode & 0o777
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      return fail('data_folder', `Others can look into ${platform.dataFolder}.`, `Run: chmod 700 "${platform.dataFolder}"`)
    }
    return ok('data_folder', `${platform.dataFolder} is yours alone.`)
  } catch {
    return fail('data_folder', `${platform.dataFolder} cannot be read and written.`, ERRORS['storage.read_only'].next)
  }
}

const checkVault = ({ vault }: DoctorSubjects): DoctorCheck => {
  const status = vault()
  if (status.state !== 'open')
    return fail(
      'vault',
      ERRORS[status.state === 'missing' ? 'vault.key_missing' : 'vault.locked'].message,
      ERRORS[status.state === 'missing' ? 'vault.key_missing' : 'vault.locked'].next,
    )
  const summary = `The vault is open, sealed by ${status.backend ?? 'nothing'}. ${status.protection}`
  return status.tier === 'key-file'
    ? warn('vault', summary, 'Set a passphrase: `patchbay vault setPassphrase`, or in Settings.')
    : ok('vault', summary)
}

const checkStorage = (subjects: DoctorSubjects): DoctorCheck => {
  const fault = subjects.storageCheck()
  if (fault === null) return ok('database', 'The database answers and every page of it is whole.')
  return fail('database', fault, ERRORS['storage.corrupt'].next)
}

const checkProfile = async (subjects: DoctorSubjects): Promise<DoctorCheck[]> => {
  const profile = subjects.profile()
  if (profile === null) return [warn('profile', 'No profile is in use.', ERRORS['profile.none'].next)]
  const named = ok('profile', `${profile.name} is in use${profile.nangoHost === undefined ? '' : `, at ${profile.nangoHost}`}.`)
  const tested = await subjects.testProfile(profile.profileId)
  const checks = tested.checks
    .filter(({ status }) => status !== 'skipped')
    .map(({ id, status, summary, fix }) => ({ id: `nango_${id}`, status: status === 'skipped' ? ('ok' as const) : status, summary, fix }))
  return [named, ...checks]
}

const checkIntegrations = (subjects: DoctorSubjects): DoctorCheck[] => {
  const profile = subjects.profile()
  const count = profile === null ? null : subjects.integrationCount(profile.profileId)
  if (count === null) return []
  if (count === 0)
    return [
      warn(
        'integrations',
        'This Nango environment has no integration yet, so nothing can be connected.',
        ERRORS['connector.needs_integration'].next,
      ),
    ]
  return [ok('integrations', `${count} ${count === 1 ? 'connector is' : 'connectors are'} ready to connect.`)]
}

const checkSync = (subjects: DoctorSubjects): DoctorCheck[] => {
  const status = subjects.sync()
  if (status === null) return []
  if (status.lastError !== null) {
    const next = isErrorCode(status.lastError.code) ? ERRORS[status.lastError.code].next : 'Look in the log.'
    return [fail('sync', `The last look at Nango failed: ${status.lastError.message}`, next)]
  }
  if (status.lastCompletedAt === null) return [warn('sync', 'Nango was not looked at yet.', 'Run: patchbay sync run')]
  const minutes = Math.max(0, Math.floor((subjects.platform.now() - Date.parse(status.lastCompletedAt)) / 60_000))
  return [ok('sync', minutes === 0 ? 'In step with Nango, less than a minute ago.' : `In step with Nango, ${minutes} min ago.`)]
}

const SKEW_TOLERATED_SECONDS = 60

const spanWords = (seconds: number): string => {
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const
  const [unit, size] = units.find(([, least]) => seconds >= least) ?? ['second', 1]
  const count = Math.round(seconds / size)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

const checkClock = (subjects: DoctorSubjects): DoctorCheck[] => {
  const skew = subjects.sync()?.clockSkewSeconds ?? null
  if (skew === null) return []
  if (Math.abs(skew) <= SKEW_TOLERATED_SECONDS) return [ok('clock_skew', "This computer's clock agrees with Nango's.")]
  return [
    warn(
      'clock_skew',
      `This computer's clock is ${spanWords(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'} Nango's. Times that you see are off by as much.`,
      "Set this computer's clock, or let it be set over the network.",
    ),
  ]
}

const MOST_NAMED = 5

const checkManifests = ({ manifestProblems, platform }: DoctorSubjects): DoctorCheck[] => {
  const problems = manifestProblems()
  if (problems.length === 0) return []
  const named = problems.slice(0, MOST_NAMED).map(({ file, summary }) => `${file}: ${summary}`)
  const more = problems.length > MOST_NAMED ? [`And ${problems.length - MOST_NAMED} more.`] : []
  const fix = `Correct or remove what is named, in ${join(platform.dataFolder, 'connectors')}.`
  return [warn('connector_manifests', `Not every connector manifest is used. ${[...named, ...more].join(' ')}`, fix)]
}

/** Looks at everything Patchbay depends on, in the order in which it breaks. */
export const runDoctor = async (subjects: DoctorSubjects): Promise<DoctorCheck[]> => {
  const isOpen = subjects.vault().state === 'open'
  const environment = subjects.environmentFindings.map(({ id, summary, fix }) => warn(id, summary, fix))
  const early = [checkRuntime(subjects), checkFolder(subjects), checkVault(subjects), ...environment]
  if (!isOpen) return early
  return [
    ...early,
    checkStorage(subjects),
    ...(await checkProfile(subjects)),
    ...checkIntegrations(subjects),
    ...checkManifests(subjects),
    ...checkSync(subjects),
    ...checkClock(subjects),
  ]
}
