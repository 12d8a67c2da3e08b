import type { z } from 'zod'
import { audit, auditEvents } from './audit.ts'
import { backup, backupEvents } from './backup.ts'
import { bulk, bulkEvents } from './bulk.ts'
import { catalogue, catalogueEvents } from './catalogue.ts'
import { connect, connectEvents } from './connect.ts'
import { connectionPicks, pickEvents } from './connection-picks.ts'
import { connectionUse } from './connection-use.ts'
import { connectionEvents, connections } from './connections.ts'
import type { Method } from './define.ts'
import { events } from './events.ts'
import { grantEvents, grants } from './grants.ts'
import { integrations } from './integrations.ts'
import { profileEvents, profiles } from './profiles.ts'
import { queue, queueEvents } from './queue.ts'
import { sandbox, sandboxEvents } from './sandbox.ts'
import { settings, settingsEvents } from './settings.ts'
import { sync, syncEvents } from './sync.ts'
import { system } from './system.ts'
import { troubleEvents } from './trouble.ts'
import { vault, vaultEvents } from './vault.ts'

/** Rises with every change of a method or event: major.minor. */
export const CONTRACT_VERSION = '1.0'

/** Every method, once: domain, then method. The wire name is the path, `connections.get`. */
export const contract = {
  system,
  profiles,
  catalogue,
  integrations,
  connect,
  queue,
  connections: { ...connections, ...connectionPicks, ...connectionUse },
  bulk,
  sync,
  events,
  grants,
  audit,
  vault,
  settings,
  sandbox,
  backup,
} satisfies Record<string, Record<string, Method>>

/** Events that tell the window what to read again; they carry ids only. */
export const changeEvents = {
  ...troubleEvents,
  ...vaultEvents,
  ...profileEvents,
  ...catalogueEvents,
  ...connectionEvents,
  ...pickEvents,
  ...bulkEvents,
  ...connectEvents,
  ...queueEvents,
  ...syncEvents,
  ...grantEvents,
  ...auditEvents,
  ...settingsEvents,
  ...sandboxEvents,
  ...backupEvents,
}

type Contract = typeof contract
export type Domain = keyof Contract

/** What a client calls. */
export type Api = {
  [D in Domain]: {
    [M in keyof Contract[D]]: Contract[D][M] extends Method<infer P, infer R> ? (params: z.input<P>) => Promise<z.output<R>> : never
  }
}

/** What a domain of the core implements; parameters arrive parsed, results are parsed on the way out. */
export type Implements<D extends Domain, Caller> = {
  [M in keyof Contract[D]]: Contract[D][M] extends Method<infer P, infer R>
    ? (params: z.output<P>, caller: Caller) => z.input<R> | Promise<z.input<R>>
    : never
}

export type ChangeEventType = keyof typeof changeEvents
export type ChangeEventData<T extends ChangeEventType> = z.output<(typeof changeEvents)[T]>

/** A change event on its way to a window. */
export type ChangeEvent = { [T in ChangeEventType]: { readonly type: T; readonly data: ChangeEventData<T> } }[ChangeEventType]

/** The method behind a wire name, or undefined. */
export const findMethod = (name: string): Method | undefined => METHODS.get(name)

/** All wire names with their methods, in contract order. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  Object.entries(contract).flatMap(([domain, methods]) =>
    Object.entries(methods as Record<string, Method>).map(([name, spec]) => [`${domain}.${name}`, spec] as const),
  ),
)
