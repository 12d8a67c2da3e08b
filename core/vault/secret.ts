import { inspect } from 'node:util'

const HIDDEN = '[secret]'

/** A secret that cannot be printed: strings, JSON, logs and inspectors see `[secret]`; only `reveal` gives it out. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself; call it where it goes onto the wire and nowhere else. */
  reveal(): string {
    return this.#value
  }

  get length(): number {
    return this.#value.length
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}
