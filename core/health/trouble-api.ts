import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Implements } from '#shared/contract/contract'
import type { Profile } from '#shared/contract/profiles'
import type { SystemStatus } from '#shared/contract/system'
import type { Diagnosis, LogLine } from '#shared/contract/trouble'
import { PatchbayError } from '#shared/errors'
import { inEnglish, say, type Sentence, sentencesOf } from '#shared/sentence'
import type { Caller } from '../caller.ts'
import { toStorageError } from '../database/storage-error.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { LogLevel } from '../log.ts'
import type { Platform } from '../platform.ts'
import { runDoctor } from './doctor.ts'
import { DoctorRuns } from './doctor-runs.ts'
import type { DoctorSubjects, EngineSubjects } from './doctor-subjects.ts'
import { readLogLines } from './log-reader.ts'
import { type CandidateKey, signatureOrigin } from './signature-origin.ts'
import { BUNDLE_PARTS, makeBundle } from './support-bundle.ts'

/** What the engine gives to the person in trouble. */
export interface TroubleEngine {
  readonly subjects: EngineSubjects
  readonly profiles: () => readonly Profile[]
  readonly diagnose: (reference: string, asksNango: boolean) => Promise<Diagnosis>
}

export interface TroubleDependencies {
  readonly platform: Platform
  readonly subjects: Omit<DoctorSubjects, 'engine'>
  readonly engine: () => TroubleEngine | null
  /** Throws why there is no engine. */
  readonly requireEngine: () => TroubleEngine
  readonly status: () => SystemStatus
  readonly logLevel: () => LogLevel
  readonly bus: EventBus
}

const BUNDLED_LINES = 1_000

/** The methods that are implemented here. */
export type TroubleMethod =
  | 'doctor'
  | 'startDoctor'
  | 'doctorRun'
  | 'cancelDoctor'
  | 'diagnose'
  | 'checkSignature'
  | 'logs'
  | 'bundle'
  | 'saveBundle'

const candidateKeys = (deps: TroubleDependencies): CandidateKey[] => {
  const { webhookSecret } = deps.subjects.nangoEnvironment
  const engine = deps.engine()
  const keys = (engine?.profiles() ?? []).flatMap(({ profileId, name }): CandidateKey[] => {
    const key = engine?.subjects.secretKey(profileId) ?? null
    return key === null ? [] : [{ kind: 'secret_key', name, key }]
  })
  // A signing key that was never rotated is the secret key: then the answer is the signing key, which is tried first.
  return webhookSecret === null ? keys : [{ kind: 'signing_key', name: 'NANGO_WEBHOOK_SECRET', key: webhookSecret }, ...keys]
}

/** A summary and what to do, with both by key. */
const told = (summary: Sentence, fix: Sentence | null) => ({
  summary: inEnglish(summary),
  fix: fix === null ? null : inEnglish(fix),
  said: { summary: sentencesOf(summary), fix: fix === null ? null : sentencesOf(fix) },
})

export interface Trouble {
  readonly methods: Pick<Implements<'system', Caller>, TroubleMethod>
  /** Ends every look that goes on. */
  readonly stop: () => void
}

/** The methods of the domain `system` for the person in trouble. */
export const createTroubleApi = (deps: TroubleDependencies): Trouble => {
  const subjects: DoctorSubjects = { ...deps.subjects, engine: () => deps.engine()?.subjects ?? null }
  const runs = new DoctorRuns(subjects, (runId) => deps.bus.publishChange({ type: 'doctor.changed', data: { runId } }))

  const readAll = (limit: number): LogLine[] => {
    const lines: LogLine[] = []
    let cursor: string | undefined
    do {
      const page = readLogLines(deps.platform.dataFolder, { limit: limit - lines.length, cursor })
      lines.push(...page.lines)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined && lines.length < limit)
    return lines
  }

  const bundle = async (): Promise<{ fileName: string; text: string }> => {
    const checks = await runDoctor(subjects)
    const engine = deps.engine()
    const { environment } = deps.platform
    return makeBundle({
      at: new Date(deps.platform.now()).toISOString(),
      versions: deps.subjects.versions,
      environment,
      home: environment['HOME'] ?? environment['USERPROFILE'] ?? null,
      status: deps.status(),
      schemaVersion: engine?.subjects.schemaVersion() ?? null,
      checks,
      settings: deps.platform.settings.read(),
      profiles: engine?.profiles() ?? [],
      logLines: readAll(BUNDLED_LINES),
    })
  }

  const methods: Trouble['methods'] = {
    doctor: async () => ({ checks: await runDoctor(subjects) }),
    startDoctor: () => runs.start(),
    doctorRun: ({ runId }) => runs.get(runId),
    cancelDoctor: ({ runId }) => runs.cancel(runId),
    diagnose: ({ reference, asksNango }) => deps.requireEngine().diagnose(reference, asksNango),
    checkSignature: ({ body, signature }) => {
      const keys = candidateKeys(deps)
      const tried = keys.map(({ kind, name }) => (kind === 'secret_key' ? `the secret key of ${name}` : name)).slice(0, 20)
      const origin = signatureOrigin(body, signature, keys)
      if (origin === null)
        return { signedWith: 'neither', scheme: null, tried, ...told(say('signature.neither'), say('signature.compare')) }
      const { kind, name, scheme } = origin
      const words =
        kind === 'signing_key'
          ? told(say('signature.signing-key'), null)
          : told(say('signature.secret-key', { profile: name }), say('signature.check-with'))
      return { signedWith: kind, scheme, tried, ...words }
    },
    logs: (query) => ({ ...readLogLines(deps.platform.dataFolder, query), level: deps.logLevel() }),
    bundle: async () => ({ ...(await bundle()), contents: [...BUNDLE_PARTS] }),
    saveBundle: async () => {
      const { fileName, text } = await bundle()
      const folder = join(deps.platform.dataFolder, 'support')
      const path = join(folder, fileName)
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        writeFileSync(path, text, { mode: 0o600, flag: 'wx' })
      } catch (error) {
        const mapped = toStorageError(error, { path })
        if (mapped instanceof PatchbayError) throw mapped
        throw new PatchbayError('storage.failed', { message: 'The bundle could not be written.', data: { path }, cause: error })
      }
      return { path, sizeBytes: Buffer.byteLength(text), contents: [...BUNDLE_PARTS] }
    },
  }
  return { methods, stop: () => runs.stop() }
}
