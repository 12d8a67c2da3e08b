import { PatchbayError } from '#shared/errors'
import { chooseAccount } from './choose-account.ts'
import type { ConsoleIo } from './console-io.ts'
import { currentPlace, dataFolderOf, socketPathOf } from '#core/host-paths'
import { type FolderAccount, folderAccount } from './folder-accounts.ts'
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

/** Where params name a connection. */
interface ReferencePlace {
  readonly reference: string
  /** The same params with another one named. */
  readonly with: (reference: string) => unknown
}

const referenceIn = (params: unknown): ReferencePlace | null => {
  if (typeof params !== 'object' || params === null) return null
  const found = Object.entries(params).find(([name]) => name === 'connectionId' || name === 'reference')
  if (found === undefined || typeof found[1] !== 'string') return null
  return { reference: found[1], with: (reference) => ({ ...params, [found[0]]: reference }) }
}

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

  /** The file that is run again to start a host, or null where none may be started. */
  get hostProgram(): string | null {
    return this.#options.mayStart ? this.#options.program : null
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

  /** The account that this folder names for a connector; null for a reference that is more than one, or where none is named. */
  inFolder(reference: string): FolderAccount | null {
    if (this.#account !== null || reference.includes('/')) return null
    return folderAccount(this.#options.io.folder ?? process.cwd(), reference)
  }

  /** The result of a method. One that needs the person's yes asks for it once at this terminal. */
  async call(method: string, params: unknown = {}): Promise<unknown> {
    return this.#meant(params, (meant) => this.#approved((client) => client.call(method, meant)))
  }

  /** The same as JSON text, as the host wrote it. */
  async callText(method: string, params: unknown): Promise<string> {
    return this.#meant(params, (meant) => this.#approved((client) => client.callText(method, meant)))
  }

  close(): void {
    this.#client?.then(
      (client) => client.close(),
      () => {},
    )
  }

  /** Calls with the account that was chosen, or that this folder names, in the place of its connector. */
  async #meant<T>(params: unknown, call: (meant: unknown) => Promise<T>): Promise<T> {
    const chosen = await this.#withAccount(params)
    const place = chosen === params ? referenceIn(params) : null
    const named = place === null ? null : this.inFolder(place.reference)
    if (place === null || named === null) return call(chosen)
    try {
      return await call(place.with(named.handle))
    } catch (error) {
      if (!(error instanceof PatchbayError) || error.code !== 'connection.not_found') throw error
      throw new PatchbayError('connection.not_found', {
        message: `There is no connection ${named.handle}, which ${named.file} names.`,
        data: error.data,
      })
    }
  }

  /** The params, with the id of the account that was chosen where they name its connector. */
  async #withAccount(params: unknown): Promise<unknown> {
    const account = this.#account
    const place = account === null ? null : referenceIn(params)
    if (account === null || place === null || (account.reference !== null && account.reference !== place.reference)) return params
    const { reference } = place
    if (account.reference === null) {
      account.connectionId = await chooseAccount(
        (method, asked) => this.#approved((client) => client.call(method, asked)),
        reference,
        account.name,
      )
      account.reference = reference
    }
    return place.with(account.connectionId)
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
    const answer = await io.ask('Allow this terminal to administer Patchbay and to use your connections for the next 10 minutes? [y/N] ')
    if (!/^y(?:es)?$/i.test(answer.trim())) throw refusal
    await client.call('system.approveTerminal', {})
  }
}
