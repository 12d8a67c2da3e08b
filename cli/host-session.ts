import { PatchbayError } from '#shared/errors'
import { chooseAccount } from './choose-account.ts'
import type { ConsoleIo } from './console-io.ts'
import { currentPlace, dataFolderOf, socketPathOf } from '#core/host-paths'
import { SocketClient } from './socket-client.ts'
import { startBackgroundHost } from './start-host.ts'
import { terminalIdentity } from './terminal.ts'

export interface SessionOptions {
  readonly io: ConsoleIo
  readonly version: string
  /** The file that is run again to start a host. */
  readonly program: string
  /** False: a host that is not there is an error, `host.not_running`. */
  readonly mayStart: boolean
}

const isNobody = (error: unknown): boolean => error instanceof PatchbayError && error.code === 'host.not_running'

/** The command's way to the host: connects when it is first needed, and asks the person where a call needs their yes. */
export class HostSession {
  readonly #options: SessionOptions
  #client: Promise<SocketClient> | null = null
  #onlyReads = false
  #account: { readonly name: string; reference: string | null; connectionId: string } | null = null

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** Nothing that follows needs a yes: the terminal need not be told apart. */
  onlyReads(): void {
    this.#onlyReads = true
  }

  /** The first connection that is named from here on is this account of the connector that is named. */
  useAccount(name: string): void {
    this.#account = { name, reference: null, connectionId: '' }
  }

  /** Throws `host.not_running` when there is no host and none may be started. */
  connect(): Promise<SocketClient> {
    this.#client ??= this.#connect()
    return this.#client
  }

  /** The result of a method. An administrative one asks the person once at this terminal. */
  async call(method: string, params: unknown = {}): Promise<unknown> {
    const meant = await this.#withAccount(params)
    return this.#approved((client) => client.call(method, meant))
  }

  /** The same as JSON text, as the host wrote it. */
  async callText(method: string, params: unknown): Promise<string> {
    const meant = await this.#withAccount(params)
    return this.#approved((client) => client.callText(method, meant))
  }

  close(): void {
    this.#client?.then(
      (client) => client.close(),
      () => {},
    )
  }

  /** The params, with the id of the account that was chosen where they name its connector. */
  async #withAccount(params: unknown): Promise<unknown> {
    const account = this.#account
    if (account === null || typeof params !== 'object' || params === null || !('connectionId' in params)) return params
    const { connectionId: reference } = params
    if (typeof reference !== 'string' || (account.reference !== null && account.reference !== reference)) return params
    if (account.reference === null) {
      account.connectionId = await chooseAccount(
        (method, asked) => this.#approved((client) => client.call(method, asked)),
        reference,
        account.name,
      )
      account.reference = reference
    }
    return { ...params, connectionId: account.connectionId }
  }

  async #connect(): Promise<SocketClient> {
    const { io, version, program, mayStart } = this.#options
    const place = currentPlace(io.environment)
    const dataFolder = dataFolderOf(place)
    const socketPath = socketPathOf(place, dataFolder)
    const terminal = this.#onlyReads ? null : await terminalIdentity(io.isInputTerminal || io.isErrorTerminal)
    const open = (): Promise<SocketClient> => SocketClient.connect({ socketPath, dataFolder, version, terminal })
    try {
      return await open()
    } catch (error) {
      if (!isNobody(error) || !mayStart) throw error
    }
    return startBackgroundHost({ dataFolder, environment: io.environment, program }, () =>
      open().catch((error: unknown) => {
        if (isNobody(error)) return null
        throw error
      }),
    )
  }

  async #approved<T>(attempt: (client: SocketClient) => Promise<T>): Promise<T> {
    const client = await this.connect()
    try {
      return await attempt(client)
    } catch (error) {
      if (!(error instanceof PatchbayError) || error.code !== 'automation.approval_required') throw error
      await this.#approve(client, error)
      return attempt(client)
    }
  }

  async #approve(client: SocketClient, refusal: PatchbayError): Promise<void> {
    const { io } = this.#options
    if (!io.isInputTerminal || !io.isErrorTerminal) throw refusal
    const answer = await io.ask('Allow this terminal to administer Patchbay for the next 10 minutes? [y/N] ')
    if (!/^y(?:es)?$/i.test(answer.trim())) throw refusal
    await client.call('system.approveTerminal', {})
  }
}
