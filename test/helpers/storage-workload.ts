import type { CoreSession } from './core-session.ts'

const LOOKS = ['light', 'dark', 'system'].flatMap((theme) => ['compact', 'regular'].map((density) => ({ theme, density })))

/** Writes through the contract, one step after the other, and says `try` before and `ack` after each. */
export class StorageWorkload {
  readonly #session: CoreSession
  readonly #say: (line: string) => void
  readonly #notes = new Map<string, number>()
  #step = 0

  constructor(session: CoreSession, say: (line: string) => void) {
    this.#session = session
    this.#say = say
  }

  /** Goes on from what is there; the first time, makes the sandbox with one connection in it. */
  async begin(): Promise<void> {
    const { profiles } = await this.#session.call<{ profiles: unknown[] }>('profiles.list')
    if (profiles.length === 0) {
      const { profileId } = await this.#session.call<{ profileId: string }>('profiles.create', {
        name: 'Sandbox',
        kind: 'sandbox',
        use: true,
      })
      this.#say(`ack profile ${profileId}`)
    }
    const { connections } = await this.#session.call<{ connections: { connectionId: string; notes: string | null }[] }>(
      'connections.list',
      { limit: 500 },
    )
    for (const { connectionId, notes } of connections) this.#notes.set(connectionId, Number(notes ?? 0))
    if (connections.length === 0) await this.connect()
  }

  /** One connection of an API key, in the sandbox. */
  async connect(): Promise<void> {
    const flow = await this.#session.call<{ state: string; connectionId: string }>('connect.start', {
      connectorId: 'n8n',
      fields: { baseUrl: 'https://n8n.example.test' },
      credentials: { apiKey: `key-${this.#step}-0123456789` },
    })
    if (flow.state !== 'connected') return
    this.#notes.set(flow.connectionId, 0)
    this.#say(`ack connected ${flow.connectionId}`)
  }

  /** The next note: number and label are written together, so that half of it would be seen. */
  async note(): Promise<void> {
    const targets = [...this.#notes.keys()]
    if (targets.length === 0) return
    const connectionId = targets[this.#step % targets.length] ?? ''
    const next = (this.#notes.get(connectionId) ?? 0) + 1
    this.#notes.set(connectionId, next)
    this.#say(`try note ${connectionId} ${next}`)
    await this.#session.call('connections.update', { connectionId, notes: String(next), label: `L${next}` })
    this.#say(`ack note ${connectionId} ${next}`)
  }

  async profile(): Promise<void> {
    const { profileId } = await this.#session.call<{ profileId: string }>('profiles.create', {
      name: `P${this.#step}-${performance.now()}`,
      kind: 'sandbox',
      use: false,
    })
    this.#say(`ack profile ${profileId}`)
  }

  /** Another look, in settings.json. */
  async look(): Promise<void> {
    const look = LOOKS[this.#step % LOOKS.length] ?? { theme: 'dark', density: 'compact' }
    this.#say(`try look ${look.theme}/${look.density}`)
    await this.#session.call('settings.update', look)
    this.#say(`ack look ${look.theme}/${look.density}`)
  }

  /** The next step of the mix: mostly notes. */
  async step(): Promise<void> {
    this.#step += 1
    if (this.#step % 23 === 11) await this.look()
    else if (this.#step % 17 === 13) await this.profile()
    else if (this.#step % 29 === 19) await this.connect()
    else await this.note()
  }
}
