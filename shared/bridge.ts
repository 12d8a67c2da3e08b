import type { ChangeEvent } from './contract/contract.ts'
import type { Reply } from './wire.ts'

/** What the preload script puts on `window.patchbay`: these two functions and nothing else. */
export interface Bridge {
  readonly call: (method: string, params: unknown) => Promise<Reply>
  /** Returns the function that ends the subscription. */
  readonly onEvent: (listener: (event: ChangeEvent) => void) => () => void
}
