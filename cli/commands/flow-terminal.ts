import type { CommandContext } from '../command.ts'

/** A flow, as far as the command line shows it. */
export interface Flow {
  readonly flowId: string
  readonly connectionId: string
  readonly connectorId: string
  readonly label: string | null
  readonly createdAt: string
  readonly state: string
  readonly authorizationUrl?: string
  readonly expiresAt: string | null
  readonly error?: { readonly code: string; readonly message: string; readonly data?: Record<string, unknown> }
  readonly reconnect?: {
    readonly decision: { readonly known: Account; readonly found: Account; readonly options: readonly string[] } | null
    readonly addedConnectionId: string | null
  }
}

/** Who an account is, as far as anybody said. */
export type Account = Readonly<Record<'accountId' | 'displayName' | 'username' | 'email' | 'workspace', string | null>>

/** Ctrl-C while a flow is open: the first one cancels it, a second one gives up at once. */
export const listenForInterrupt = () => {
  let isCancelled = false
  let resolve = (): void => {}
  const happened = new Promise<void>((settle) => {
    resolve = settle
  })
  const onInterrupt = (): void => {
    if (isCancelled) process.exit(130)
    isCancelled = true
    resolve()
  }
  process.on('SIGINT', onInterrupt)
  return { happened, isCancelled: () => isCancelled, stop: () => process.off('SIGINT', onInterrupt) }
}

export type Interrupt = ReturnType<typeof listenForInterrupt>

/** Shows where the sign-in goes on. With --json stdout is the connection's alone. */
export const announce = ({ io, isJson, say }: CommandContext, flow: Flow, isOpening: boolean): void => {
  if (flow.authorizationUrl === undefined) return
  if (isJson) return io.err(`${flow.authorizationUrl}\n`)
  say(isOpening ? 'The sign-in page opens in your browser. If it does not, open this address:' : 'Open this address to sign in:')
  io.out(`${flow.authorizationUrl}\n`)
  say('Waiting for the sign-in. Ctrl-C cancels it.')
}
