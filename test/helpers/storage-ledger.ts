import type { StorageStatus } from '#shared/contract/backup'
import type { CoreSession } from './core-session.ts'

/** What is in a data folder, as the contract tells it. */
export interface Stored {
  readonly connections: readonly {
    readonly connectionId: string
    readonly status: string
    readonly label: string | null
    readonly notes: string | null
  }[]
  readonly profiles: readonly string[]
  readonly look: string
  /** What is told of the stored data beyond that all is well, null where nothing is. */
  readonly alarm: string | null
}

/** Reads everything through the contract. */
export const readStored = async (session: CoreSession): Promise<Stored> => {
  const { profiles } = await session.call<{ profiles: { profileId: string }[] }>('profiles.list')
  const { theme, density } = await session.call<{ theme: string; density: string }>('settings.get')
  const { storage } = await session.call<{ storage: StorageStatus }>('system.status')
  const isWell = storage.state === 'open' && storage.isWritable && storage.notice === null
  const connections: Stored['connections'][number][] = []
  let cursor: string | null = profiles.length === 0 ? null : ''
  while (cursor !== null) {
    const page: { connections: Stored['connections']; nextCursor: string | null } = await session.call('connections.list', {
      limit: 500,
      ...(cursor === '' ? {} : { cursor }),
    })
    for (const { connectionId, status, label, notes } of page.connections) connections.push({ connectionId, status, label, notes })
    cursor = page.nextCursor
  }
  return {
    connections,
    profiles: profiles.map(({ profileId }) => profileId),
    look: `${theme}/${density}`,
    alarm: isWell ? null : `${storage.state} ${storage.reason} ${storage.notice?.kind}`,
  }
}

/** How often the audit says that a connection was changed, by its id. */
export const readAudited = async (session: CoreSession): Promise<ReadonlyMap<string, number>> => {
  const audited = new Map<string, number>()
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: { entries: { connectionId: string | null; count: number }[]; nextCursor: string | null } = await session.call(
      'audit.list',
      {
        method: 'connections.update',
        outcome: 'done',
        limit: 500,
        ...(cursor === '' ? {} : { cursor }),
      },
    )
    for (const { connectionId, count } of page.entries) {
      const id = connectionId ?? ''
      audited.set(id, (audited.get(id) ?? 0) + count)
    }
    cursor = page.nextCursor
  }
  return audited
}

interface Numbered {
  sent: number
  acknowledged: number
}

/**
 * What a program said: `try` before it asks the core for a change, `ack` once the core has said that it is done.
 * Compared with what is there, an `ack` that is not there is lost, and a change that nobody tried is torn.
 */
export class StorageLedger {
  readonly notes = new Map<string, Numbered>()
  readonly profiles = new Set<string>()
  readonly connected = new Set<string>()
  readonly backups = new Set<string>()
  readonly looks: string[] = ['system/regular']
  acknowledgedLook = 0
  acknowledged = 0

  /** Takes one line; lines of other kinds are passed over. */
  hear(line: string): void {
    const [word, kind, subject = '', value = ''] = line.split(' ')
    if (word !== 'try' && word !== 'ack') return
    if (word === 'ack') this.acknowledged += 1
    if (kind === 'note') {
      const note = this.notes.get(subject) ?? { sent: 0, acknowledged: 0 }
      this.notes.set(subject, note)
      note[word === 'try' ? 'sent' : 'acknowledged'] = Number(value)
    } else if (kind === 'look') {
      if (word === 'try') this.looks.push(subject)
      else this.acknowledgedLook = this.looks.length - 1
    } else if (word === 'ack') {
      if (kind === 'profile') this.profiles.add(subject)
      if (kind === 'connected') this.connected.add(subject)
      if (kind === 'backup') this.backups.add(subject)
    }
  }

  /** What is lost or torn, in words; nothing when all is well. */
  compare(stored: Stored): string[] {
    const faults: string[] = []
    if (stored.alarm !== null) faults.push(`false alarm: ${stored.alarm}`)
    const rows = new Map(stored.connections.map((row) => [row.connectionId, row]))
    for (const [connectionId, { sent, acknowledged }] of this.notes) {
      const row = rows.get(connectionId)
      const found = Number(row?.notes ?? 0)
      if (found < acknowledged) faults.push(`lost: note ${acknowledged} of ${connectionId} reads ${found}`)
      if (found > sent) faults.push(`torn: note ${found} of ${connectionId}, but only ${sent} was sent`)
      if (found > 0 && row?.label !== `L${found}`)
        faults.push(`torn: note ${found} of ${connectionId} stands beside the label ${row?.label ?? 'none'}`)
    }
    for (const profileId of this.profiles) if (!stored.profiles.includes(profileId)) faults.push(`lost: profile ${profileId}`)
    for (const connectionId of this.connected) {
      const status = rows.get(connectionId)?.status ?? 'gone'
      if (status !== 'connected') faults.push(`lost: connection ${connectionId} is ${status}`)
    }
    if (!this.looks.slice(this.acknowledgedLook).includes(stored.look)) {
      faults.push(`lost: settings say ${stored.look}, acknowledged was ${this.looks[this.acknowledgedLook]}`)
    }
    return faults
  }

  /** Changes that were acknowledged and are not in the audit, in words. */
  compareAudit(audited: ReadonlyMap<string, number>): string[] {
    return [...this.notes].flatMap(([connectionId, { acknowledged }]) => {
      const found = audited.get(connectionId) ?? 0
      return found < acknowledged ? [`lost: the audit has ${found} of ${acknowledged} changes of ${connectionId}`] : []
    })
  }
}
