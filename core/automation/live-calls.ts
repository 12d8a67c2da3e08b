import { PatchbayError } from '#shared/errors'
import { newIdentifier } from '../identifier.ts'

/** A call of a program, as far as a person wants to see it. */
export interface LiveCallFacts {
  readonly clientId: string
  readonly clientName: string
  readonly method: string
  readonly connectionId: string | null
  readonly handle: string | null
  /** `GET /user`, without its query. */
  readonly target: string | null
  readonly program: string | null
  readonly pid: number | null
  /** What it would send or change; for the person alone, kept nowhere. */
  readonly details: string | null
}

/** One that is there now. */
export interface CallNow extends LiveCallFacts {
  readonly callId: string
  readonly state: 'waiting' | 'running'
  /** Epoch milliseconds, like all times here. */
  readonly startedAt: number
  readonly approvableAt: number
  readonly answerBy: number | null
}

interface Kept {
  call: CallNow
  readonly answer: ((isAllowed: boolean) => void) | null
}

const ANSWER_MS = 60_000
const SHOWN_FOR_MS = 800
const MOST_WAITING = 5

/** The calls of programs that run now, and those that wait for the person's yes. */
export class LiveCalls {
  readonly #now: () => number
  readonly #onChange: () => void
  readonly #onAsked: () => void
  readonly #calls = new Map<string, Kept>()

  constructor(now: () => number, onChange: () => void, onAsked: () => void) {
    this.#now = now
    this.#onChange = onChange
    this.#onAsked = onAsked
  }

  list(): readonly CallNow[] {
    return [...this.#calls.values()].map(({ call }) => call)
  }

  /** Shows a call until the returned function is called. */
  run(facts: LiveCallFacts): () => void {
    const callId = this.#newId()
    const startedAt = this.#now()
    this.#calls.set(callId, { call: { ...facts, callId, state: 'running', startedAt, approvableAt: 0, answerBy: null }, answer: null })
    this.#onChange()
    return () => {
      if (this.#calls.delete(callId)) this.#onChange()
    }
  }

  /**
   * Resolves with the person's yes. Throws `automation.call_refused` for a no and after 60 s, `automation.busy` where too many wait,
   * and what the signal gives where the grant ends or the program goes.
   */
  async approved(facts: LiveCallFacts, signal: AbortSignal): Promise<void> {
    const waiting = this.list().filter(({ state }) => state === 'waiting')
    if (waiting.length >= MOST_WAITING) throw new PatchbayError('automation.busy')
    const callId = this.#newId()
    const startedAt = this.#now()
    const call: CallNow = {
      ...facts,
      callId,
      state: 'waiting',
      startedAt,
      approvableAt: startedAt + SHOWN_FOR_MS,
      answerBy: startedAt + ANSWER_MS,
    }
    try {
      const isAllowed = await new Promise<boolean>((resolve, reject) => {
        signal.throwIfAborted()
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
        setTimeout(() => resolve(false), ANSWER_MS).unref()
        this.#calls.set(callId, { call, answer: resolve })
        this.#onChange()
        this.#onAsked()
      })
      if (!isAllowed) throw new PatchbayError('automation.call_refused')
    } finally {
      this.#calls.delete(callId)
      this.#onChange()
    }
  }

  /** Throws `grant.call_ended`, and `grant.too_early` for a yes before it was shown for a moment. */
  answer(callId: string, isAllowed: boolean): void {
    const kept = this.#calls.get(callId)
    if (kept?.answer === null || kept === undefined) throw new PatchbayError('grant.call_ended', { data: { callId } })
    if (isAllowed && this.#now() < kept.call.approvableAt) throw new PatchbayError('grant.too_early', { data: { callId } })
    kept.answer(isAllowed)
  }

  #newId(): string {
    return newIdentifier('cal', this.#now())
  }
}
