import type { Call } from '#shared/api-client'
import type { ChangeEvent } from '#shared/contract/contract'

/** `gone`: the host has not answered for a while; the window keeps trying. */
export type LinkState = 'connecting' | 'open' | 'lost' | 'gone'

/** Carries calls to the host and its change events back. */
export interface Transport {
  readonly call: Call
  /** Both return the function that ends the subscription. */
  readonly onEvent: (listener: (event: ChangeEvent) => void) => () => void
  readonly onLink: (listener: () => void) => () => void
  readonly link: () => LinkState
}
