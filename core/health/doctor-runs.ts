import { randomBytes } from 'node:crypto'
import type { DoctorCheck, DoctorRun } from '#shared/contract/trouble'
import { PatchbayError } from '#shared/errors'
import { CHECKS, runDoctor } from './doctor.ts'
import type { DoctorSubjects } from './doctor-subjects.ts'

interface Run {
  readonly runId: string
  readonly startedAt: string
  readonly abort: AbortController
  endedAt: string | null
  state: DoctorRun['state']
  checks: DoctorCheck[]
  remaining: string[]
}

const KEPT_RUNS = 5

/** The looks of the doctor that a window follows: begun, read while they go on, ended. Only the last few are kept. */
export class DoctorRuns {
  readonly #subjects: DoctorSubjects
  readonly #onChanged: (runId: string) => void
  readonly #runs = new Map<string, Run>()

  constructor(subjects: DoctorSubjects, onChanged: (runId: string) => void) {
    this.#subjects = subjects
    this.#onChanged = onChanged
  }

  /** Begins a look, or takes up the one that goes on: two at once would only ask Nango twice. */
  start(): DoctorRun {
    const going = [...this.#runs.values()].find(({ state }) => state === 'running')
    if (going !== undefined) return this.#show(going)
    const run: Run = {
      runId: randomBytes(6).toString('hex'),
      startedAt: this.#at(),
      abort: new AbortController(),
      endedAt: null,
      state: 'running',
      checks: [],
      remaining: CHECKS.map(({ id }) => id),
    }
    this.#runs.set(run.runId, run)
    for (const old of [...this.#runs.keys()].slice(0, -KEPT_RUNS)) this.#runs.delete(old)
    void this.#follow(run)
    return this.#show(run)
  }

  /** Throws `request.invalid` for a look that is not kept any more. */
  get(runId: string): DoctorRun {
    return this.#show(this.#find(runId))
  }

  cancel(runId: string): DoctorRun {
    const run = this.#find(runId)
    if (run.state === 'running') {
      run.state = 'cancelled'
      run.endedAt = this.#at()
      run.abort.abort()
      this.#onChanged(runId)
    }
    return this.#show(run)
  }

  /** Ends the look that goes on, as `cancel` does. */
  stop(): void {
    for (const runId of this.#runs.keys()) this.cancel(runId)
  }

  async #follow(run: Run): Promise<void> {
    await runDoctor(this.#subjects, {
      signal: run.abort.signal,
      onChecked: (id, found) => {
        run.checks.push(...found)
        run.remaining = run.remaining.filter((each) => each !== id)
        this.#onChanged(run.runId)
      },
    })
    if (run.state !== 'running') return
    run.state = 'done'
    run.endedAt = this.#at()
    this.#onChanged(run.runId)
  }

  #at(): string {
    return new Date(this.#subjects.platform.now()).toISOString()
  }

  #find(runId: string): Run {
    const run = this.#runs.get(runId)
    if (run === undefined) throw new PatchbayError('request.invalid', { message: 'This look is not kept any more. Begin another one.' })
    return run
  }

  #show({ runId, state, startedAt, endedAt, checks, remaining }: Run): DoctorRun {
    return { runId, state, startedAt, endedAt, checks: [...checks], remaining: [...remaining] }
  }
}
