import type { StorageStatus } from '#shared/contract/backup'
import type { Profile, ProfileTest } from '#shared/contract/profiles'
import type { SyncStatus } from '#shared/contract/sync'
import type { DoctorCheck, FixAction } from '#shared/contract/trouble'
import type { VaultStatus } from '#shared/contract/vault'
import { inEnglish, sentencesOf, type Words } from '#shared/sentence'
import type { Platform } from '../platform.ts'
import type { NangoEnvironment } from '../profiles/environment-profile.ts'
import type { Secret } from '../vault/secret.ts'

/** A connection that Nango's list lacks, or that needs the person. */
export interface ConnectionTrouble {
  readonly connectionId: string
  readonly handle: string
}

/** What doctor asks of everything that needs the open database. */
export interface EngineSubjects {
  readonly profile: () => Profile | null
  readonly testProfile: (profileId: string) => Promise<ProfileTest>
  readonly sync: () => SyncStatus | null
  /** What is wrong with the pages, as SQLite says it; empty when it says nothing, null when they are whole. */
  readonly storageCheck: () => string | null
  readonly schemaVersion: () => number
  /** Nango's integrations as last read; null while Nango was never asked. */
  readonly integrations: (profileId: string) => readonly { readonly integrationId: string; readonly providerKey: string }[] | null
  /** The connectors whose name of an integration, in the environment or a manifest, leads nowhere or elsewhere. */
  readonly misnamed: (profileId: string) => readonly { readonly connectorId: string; readonly summary: string }[]
  readonly manifestProblems: () => readonly { readonly file: string; readonly summary: string }[]
  /** Rows whose integration Nango does not have, and rows that Nango's list lacks. */
  readonly lostConnections: (profileId: string) => {
    readonly withoutIntegration: readonly (ConnectionTrouble & { readonly integrationId: string })[]
    readonly missing: readonly ConnectionTrouble[]
    readonly needYou: number
    readonly total: number
  }
  /** How many faults a sandbox has switched on. */
  readonly sandboxFaults: (profileId: string) => Promise<number>
  readonly certificatePem: (profileId: string) => string | null
  /** The secret key of a profile, to be compared, never to be shown. */
  readonly secretKey: (profileId: string) => Secret | null
}

/** What doctor looks at; `engine` is null while there is no open database. */
export interface DoctorSubjects {
  readonly platform: Pick<Platform, 'dataFolder' | 'socketPath' | 'now' | 'environment'>
  readonly versions: Readonly<Record<string, string | undefined>>
  readonly vault: () => VaultStatus
  readonly storage: () => StorageStatus
  /** Whether what is called can be written down, and from which line on the chain of it goes on behind an end that nobody could prove. */
  readonly audit: () => {
    readonly trouble: { readonly waiting: number; readonly lost: number } | null
    readonly head: { readonly unprovenFrom: number | null } | null
  }
  readonly nangoEnvironment: NangoEnvironment
  readonly logLevel: () => string
  readonly engine: () => EngineSubjects | null
}

/** A finding before it is known how long it took. None is without its words by key. */
export type Finding = Omit<DoctorCheck, 'durationMs' | 'said'> & Required<Pick<DoctorCheck, 'said'>>

/** One entry of the doctor's list. It answers within `deadlineMs`, or is told to have not answered. */
export interface CheckSpec {
  readonly id: string
  readonly group: DoctorCheck['group']
  readonly deadlineMs?: number
  readonly run: (subjects: DoctorSubjects) => readonly Finding[] | Promise<readonly Finding[]>
}

/** What a person does next, in words and, where a program can do it, as a call or a page. */
export interface Fix {
  readonly words: Words
  readonly action?: FixAction
}

type Group = DoctorCheck['group']

export const ok = (group: Group, id: string, summary: Words, evidence: readonly string[] = []): Finding => ({
  id,
  group,
  status: 'ok',
  summary: inEnglish(summary),
  said: { summary: sentencesOf(summary), fix: null },
  evidence: [...evidence],
  fix: null,
  fixAction: null,
})

const bad =
  (status: 'warn' | 'fail') =>
  (group: Group, id: string, summary: Words, fix: Fix, evidence: readonly string[] = []): Finding => ({
    id,
    group,
    status,
    summary: inEnglish(summary),
    said: { summary: sentencesOf(summary), fix: sentencesOf(fix.words) },
    evidence: [...evidence].slice(0, 20),
    fix: inEnglish(fix.words),
    fixAction: fix.action ?? null,
  })

export const warn = bad('warn')
export const fail = bad('fail')
