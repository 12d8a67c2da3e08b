import { arch, hostname, platform as osPlatform, release, userInfo } from 'node:os'
import type { Profile } from '#shared/contract/profiles'
import type { Settings } from '#shared/contract/settings'
import type { SystemStatus } from '#shared/contract/system'
import type { BundlePart, DoctorCheck, LogLine } from '#shared/contract/trouble'
import { isLoopback } from '../external-address.ts'
import { type KnownNames, redactLogLine, redactText } from './redact-report.ts'

export interface BundleSubjects {
  readonly at: string
  readonly versions: Readonly<Record<string, string | undefined>>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly home: string | null
  readonly status: SystemStatus
  readonly schemaVersion: number | null
  readonly checks: readonly DoctorCheck[]
  readonly settings: Settings
  readonly profiles: readonly Profile[]
  readonly logLines: readonly LogLine[]
}

/** What the bundle holds, part by part; also written into it. */
export const BUNDLE_PARTS: readonly BundlePart[] = [
  { part: 'versions', what: 'Patchbay, its contract, Node or Electron, the kind of operating system, the version of the stored data' },
  { part: 'status', what: 'the state of host, vault, stored data and comparison; counts of connections by status' },
  { part: 'doctor', what: 'what doctor found, with names, addresses and paths blotted out' },
  {
    part: 'profiles',
    what: 'how many there are, and of each its kind, what kind of server it speaks to and its status; no name, no address, no key',
  },
  { part: 'settings', what: 'the preferences of the window' },
  { part: 'environment', what: 'which variables are set; no values' },
  { part: 'log', what: 'the last 1,000 lines of the log: times, events, codes and numbers; other fields by name only' },
]

/** What is never in it. */
const NEVER = 'No keys, tokens or passwords, no e-mail addresses, account names, labels, notes or host names.'

const VARIABLES =
  /^(?:NANGO_\w+|PATCHBAY_\w+|LOG_LEVEL|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|XDG_(?:DATA_HOME|RUNTIME_DIR)|DISPLAY|WAYLAND_DISPLAY|DBUS_SESSION_BUS_ADDRESS)$/

/** What kind of server a profile speaks to; the name of the server stays here. */
export const originKind = ({ kind, nangoHost }: Pick<Profile, 'kind' | 'nangoHost'>): string => {
  if (kind !== 'nango' || nangoHost === undefined) return kind
  const url = URL.parse(nangoHost)
  if (url === null) return 'unreadable'
  if (url.hostname === 'api.nango.dev') return 'Nango Cloud'
  return `self-hosted, ${isLoopback(url.hostname) ? 'this computer' : 'elsewhere'}, ${url.protocol.replace(':', '')}`
}

const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

/** Names of this computer, its person and their profiles, and what stands for each. */
const knownNames = ({ status, profiles, home }: BundleSubjects): KnownNames => {
  const servers = profiles.flatMap(({ nangoHost }) => {
    const url = nangoHost === undefined ? null : URL.parse(nangoHost)
    return url === null ? [] : [[nangoHost ?? '', '[Nango]'] as const, [url.host, '[Nango]'] as const, [url.hostname, '[Nango]'] as const]
  })
  const names: (readonly [string, string])[] = [
    [status.dataFolder, '[data folder]'],
    [status.socketPath, '[socket]'],
    ...(home === null ? [] : [[home, '[home]'] as const]),
    ...servers,
    ...profiles.flatMap(({ name, kind }) => (kind === 'nango' && name.length >= 3 ? [[name, '[profile]'] as const] : [])),
    [hostname(), '[computer]'],
  ]
  // A user called `root` or `node` would blot out words of ours, and says nothing about anybody.
  const user = userName()
  return user.length >= 4 && !['root', 'node', 'user', 'admin', 'patchbay'].includes(user) ? [...names, [user, '[user]']] : names
}

/** The checks whose words name connections, connectors' files or variables by their nature: only that they failed is told. */
const NAMING_CHECKS = new Set(['connections', 'connector_manifests', 'integration_names', 'certificate'])

const shownCheck = (check: DoctorCheck, known: KnownNames): Record<string, unknown> => {
  const { id, group, status, durationMs } = check
  if (NAMING_CHECKS.has(id) && status !== 'ok') return { id, group, status, durationMs, findings: check.evidence.length }
  return {
    id,
    group,
    status,
    durationMs,
    summary: redactText(check.summary, known),
    evidence: check.evidence.map((each) => redactText(each.replace(/ending \w{4}$/, 'present'), known)),
  }
}

/** The support bundle: one readable JSON document, said in it what it holds. */
export const makeBundle = (subjects: BundleSubjects): { readonly fileName: string; readonly text: string } => {
  const { at, versions, environment, status, checks, settings, profiles, logLines } = subjects
  const known = knownNames(subjects)
  const { storage, vault, sync, counts } = status
  const document = {
    about: { what: 'A support bundle of Patchbay.', madeAt: at, holds: BUNDLE_PARTS, never: NEVER },
    versions: {
      patchbay: status.version,
      contract: status.contractVersion,
      host: status.host,
      node: versions['node'],
      electron: versions['electron'],
      sqlite: versions['sqlite'],
      system: `${osPlatform()} ${release().replace(/[^\w.+-].*$/, '')} ${arch()}`,
      storedData: subjects.schemaVersion,
    },
    status: {
      health: status.health,
      startedAt: status.startedAt,
      vault: { state: vault.state, tier: vault.tier, backend: vault.backend },
      storage: {
        state: storage.state,
        reason: storage.reason,
        since: storage.since,
        isWritable: storage.isWritable,
        notice: storage.notice?.kind ?? null,
        backups: storage.backups,
      },
      comparison:
        sync === null
          ? null
          : {
              state: sync.state,
              lastCompletedAt: sync.lastCompletedAt,
              offlineSince: sync.offlineSince,
              error: sync.lastError?.code ?? null,
            },
      connections: counts,
    },
    doctor: checks.map((check) => shownCheck(check, known)),
    profiles: profiles.map((profile) => ({
      server: originKind(profile),
      status: profile.status,
      reason: profile.statusReason,
      hasSecretKey: profile.hasSecretKey,
      hasPrivateCertificate: profile.hasPrivateCertificate,
      isActive: profile.isActive,
    })),
    settings,
    environment: {
      set: Object.keys(environment)
        .filter((name) => VARIABLES.test(name) && environment[name] !== undefined)
        .toSorted(),
      integrationKeys: Object.keys(environment).filter((name) => name.endsWith('_INTEGRATION_KEY')).length,
    },
    log: logLines.map((line) => redactLogLine(line, known)),
  }
  return { fileName: `patchbay-support-${at.slice(0, 19).replace(/[:T]/g, '-')}.json`, text: `${JSON.stringify(document, null, 2)}\n` }
}
