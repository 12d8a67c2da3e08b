import { PatchbayError } from '#shared/errors'
import { newIdentifier } from '../identifier.ts'
import { ANSWER_MS, MOST_WAITING, SHOWN_FOR_MS } from './asking.ts'
import { Mutes } from './mutes.ts'

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
  readonly facts: LiveCallFacts
  readonly state: CallNow['state']
  /** Epoch milliseconds. */
  readonly startedAt: number
  /** Since when it can be allowed, and when it is refused, by the clock that nobody sets. */
  readonly yesFrom: number
  readonly noFrom: number | null
  readonly answer: ((isAllowed: boolean) => void) | null
}

/** One program leaves room for the questions of others. */
const MOST_OF_A_CLIENT = 2

export interface LiveCallsOptions {
  readonly now: () => number
  readonly monotonicNow: () => number
  readonly onChange: () => void
  /** A call begins to wait. */
  readonly onAsked: () => void
}

/** The calls of programs that run now, and those that wait for the person's yes. */
export class LiveCalls {
  readonly #options: LiveCallsOptions
  readonly #calls = new Map<string, Kept>()
  readonly #mutes: Mutes

  constructor(options: LiveCallsOptions) {
    this.#options = options
    this.#mutes = new Mutes(options.now, options.monotonicNow)
  }

  list(): readonly CallNow[] {
    const offset = this.#options.now() - this.#options.monotonicNow()
    return [...this.#calls].map(([callId, { facts, state, startedAt, yesFrom, noFrom }]) => ({
      ...facts,
      callId,
      state,
      startedAt,
      approvableAt: Math.ceil(yesFrom + offset),
      answerBy: noFrom === null ? null : Math.ceil(noFrom + offset),
    }))
  }

  /** Shows a call until the returned function is called. */
  run(facts: LiveCallFacts): () => void {
    const { now, onChange } = this.#options
    const callId = this.#newId()
    this.#calls.set(callId, { facts, state: 'running', startedAt: now(), yesFrom: 0, noFrom: null, answer: null })
    onChange()
    return () => {
      if (this.#calls.delete(callId)) onChange()
    }
  }

  /**
   * Resolves with the person's yes. Throws `automation.call_refused` for a no and after 60 s, `automation.busy` where too many wait,
   * `automation.muted` for a program whose calls were refused too often, and what the signal gives where its grant ends or it goes.
   */
  async approved(facts: LiveCallFacts, signal: AbortSignal): Promise<void> {
    const { onChange } = this.#options
    this.#mutes.requireHeard([facts.clientId])
    const waiting = [...this.#calls.values()].filter(({ state }) => state === 'waiting')
    const ofClient = waiting.filter((kept) => kept.facts.clientId === facts.clientId)
    if (waiting.length >= MOST_WAITING || ofClient.length >= MOST_OF_A_CLIENT) throw new PatchbayError('automation.busy')
    const callId = this.#newId()
    try {
      if (await this.#asked(callId, facts, signal)) return
      this.#mutes.count([facts.clientId])
      throw new PatchbayError('automation.call_refused')
    } finally {
      this.#calls.delete(callId)
      onChange()
    }
  }

  /** Throws `grant.call_ended`, and `grant.too_early` for a yes before it was shown for a moment. */
  answer(callId: string, isAllowed: boolean): void {
    const kept = this.#calls.get(callId)
    if (kept?.answer === null || kept === undefined) throw new PatchbayError('grant.call_ended', { data: { callId } })
    if (isAllowed && this.#options.monotonicNow() < kept.yesFrom) throw new PatchbayError('grant.too_early', { data: { callId } })
    kept.answer(isAllowed)
  }

  async #asked(callId: string, facts: LiveCallFacts, signal: AbortSignal): Promise<boolean> {
    const { now, monotonicNow, onChange, onAsked } = this.#options
    const at = monotonicNow()
    let timer: ReturnType<typeof setTimeout> | undefined
    let end = (): void => {}
    try {
      return await new Promise<boolean>((resolve, reject) => {
        signal.throwIfAborted()
        end = () => reject(signal.reason as Error)
        signal.addEventListener('abort', end, { once: true })
        timer = setTimeout(() => resolve(false), ANSWER_MS).unref()
        const times = { startedAt: now(), yesFrom: at + SHOWN_FOR_MS, noFrom: at + ANSWER_MS }
        this.#calls.set(callId, { facts, state: 'waiting', ...times, answer: resolve })
        onChange()
        onAsked()
      })
    } finally {
      clearTimeout(timer)
      // A grant lives on: what listens to its end must not pile up.
      signal.removeEventListener('abort', end)
    }
  }

  #newId(): string {
    return newIdentifier('cal', this.#options.now())
  }
}
