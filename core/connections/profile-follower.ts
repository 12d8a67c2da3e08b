import type { WritableDb } from '../database/sql.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Journal } from '../events/journal.ts'
import type { ProfileRegistry } from '../profiles/profile-registry.ts'
import { keepToServer } from './connections-by-server.ts'

export interface ProfileFollowerOptions {
  readonly db: WritableDb
  readonly journal: Journal
  readonly bus: EventBus
  readonly registry: ProfileRegistry
  /** Another profile is in use, or the one in use has a new key: its list is looked at now, not when the next look is due. */
  readonly onUseChanged: () => void
}

/** Holds every profile to the connections of the server it points to, and notices when another one is in use. */
export class ProfileFollower {
  readonly #options: ProfileFollowerOptions
  #inUse: string | null = null
  #unfollow = (): void => {}

  constructor(options: ProfileFollowerOptions) {
    this.#options = options
  }

  start(): void {
    const { bus, registry, onUseChanged } = this.#options
    for (const { profileId } of registry.list()) this.#keep(profileId)
    this.#inUse = registry.activeProfileId()
    this.#unfollow = bus.onChange((change) => {
      if (change.type !== 'profiles.changed') return
      this.#keep(change.data.profileId)
      const profile = registry.activeProfile()
      const isOther = profile !== null && profile.profileId !== this.#inUse
      this.#inUse = profile?.profileId ?? null
      if (isOther || profile?.status === 'unknown') onUseChanged()
    })
  }

  stop(): void {
    this.#unfollow()
  }

  #keep(profileId: string): void {
    const { db, journal, registry } = this.#options
    const server = registry.serverOf(profileId)
    if (server !== null) keepToServer({ db, journal }, profileId, server)
  }
}
