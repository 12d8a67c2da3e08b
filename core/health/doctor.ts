import type { DoctorCheck } from '#shared/contract/trouble'
import { say } from '#shared/sentence'
import { type CheckSpec, type DoctorSubjects, type Finding, warn } from './doctor-subjects.ts'
import { HOST_CHECKS, LOG_CHECKS } from './host-checks.ts'
import { NANGO_CHECKS } from './nango-checks.ts'
import { STORAGE_CHECKS } from './storage-checks.ts'

/** Everything that doctor looks at, in the order in which it breaks. */
export const CHECKS: readonly CheckSpec[] = [...HOST_CHECKS, ...STORAGE_CHECKS, ...NANGO_CHECKS, ...LOG_CHECKS]

const DEADLINE_MS = 10_000

/** Told once for each check of the list, with what it found; a check that does not apply finds nothing. */
export type OnChecked = (id: string, found: readonly DoctorCheck[]) => void

const LATE = { words: say('doctor.try-again'), action: { route: '/diagnostics/log' } }

const inTime = async (spec: CheckSpec, subjects: DoctorSubjects, signal: AbortSignal): Promise<readonly Finding[]> => {
  const deadlineMs = spec.deadlineMs ?? DEADLINE_MS
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<readonly Finding[]>((resolve) => {
    const summary = say('doctor.late', { seconds: deadlineMs / 1000 })
    timer = setTimeout(() => resolve([warn(spec.group, spec.id, summary, LATE)]), deadlineMs)
    signal.addEventListener('abort', () => resolve([]), { once: true })
  })
  const work = async (): Promise<readonly Finding[]> => {
    try {
      return await spec.run(subjects)
    } catch (error) {
      // A check that breaks must not take the others with it; what broke it is the finding.
      const told = error instanceof Error ? error.message : 'no reason given'
      return [warn(spec.group, spec.id, say('doctor.broken'), LATE, [told.slice(0, 200)])]
    }
  }
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}

/** Looks at everything Patchbay depends on. Each check has a deadline; an aborted look ends with what it has. */
export const runDoctor = async (
  subjects: DoctorSubjects,
  options: {
    readonly onChecked?: OnChecked
    readonly signal?: AbortSignal
    readonly monotonicNow?: () => number
    readonly checks?: readonly CheckSpec[]
  } = {},
): Promise<DoctorCheck[]> => {
  const { onChecked, signal = new AbortController().signal, monotonicNow = () => performance.now(), checks = CHECKS } = options
  const all: DoctorCheck[] = []
  for (const spec of checks) {
    if (signal.aborted) break
    const begun = monotonicNow()
    const found = await inTime(spec, subjects, signal)
    if (signal.aborted) break
    const durationMs = Math.round(monotonicNow() - begun)
    const timed = found.map((finding) => ({ ...finding, durationMs }))
    all.push(...timed)
    onChecked?.(spec.id, timed)
  }
  return all
}
