import type { QueryClient } from '@tanstack/react-query'
import type { ChangeEventType } from '#shared/contract/contract'
import type { Transport } from './transport.ts'

const ALL = ['']

/** The beginnings of the method names whose cached answers an event makes old; `''` is all of them. */
export const oldAfter = (type: ChangeEventType): readonly string[] => {
  switch (type) {
    case 'profiles.changed':
    case 'vault.changed':
    case 'storage.changed':
      return ALL
    case 'connections.changed':
      return ['connections.', 'system.status', 'events.']
    case 'picks.changed':
      return ['connections.pick']
    case 'bulk.changed':
      return ['bulk.']
    case 'grants.changed':
    case 'grants.asked':
      return ['grants.']
    case 'calls.changed':
      return ['grants.calls']
    case 'audit.changed':
      return ['audit.']
    case 'sync.changed':
      return ['sync.', 'system.status']
    case 'catalogue.changed':
      return ['catalogue.', 'integrations.']
    case 'doctor.changed':
      return ['system.doctorRun']
    case 'connect.changed':
      return ['connect.']
    case 'queue.changed':
      return ['queue.']
    case 'settings.changed':
      return ['settings.']
    case 'sandbox.changed':
      return ['sandbox.']
  }
}

/** Collects method beginnings and hands them on at most every `everyMs`, never while the last hand-over still runs. */
export const batcher = (
  handOver: (names: ReadonlySet<string>) => Promise<unknown>,
  everyMs: number,
): ((names: readonly string[]) => void) => {
  let collected = new Set<string>()
  let isBusy = false
  const flush = async (): Promise<void> => {
    const names = collected
    collected = new Set()
    try {
      await handOver(names)
    } finally {
      isBusy = false
      if (collected.size > 0) schedule()
    }
  }
  const schedule = (): void => {
    isBusy = true
    setTimeout(() => void flush(), everyMs)
  }
  return (names) => {
    for (const name of names) collected.add(name)
    if (!isBusy) schedule()
  }
}

/** Whether a cached read is old after those method beginnings. */
export const isOld = (queryKey: readonly unknown[], names: ReadonlySet<string>): boolean => {
  const [method] = queryKey
  return typeof method === 'string' && [...names].some((name) => method.startsWith(name))
}

/** Reads again what change events made old, one round per 250 ms, and everything when a lost link is back. */
export const followChanges = (transport: Transport, client: QueryClient): (() => void) => {
  const collect = batcher((names) => client.invalidateQueries({ predicate: (query) => isOld(query.queryKey, names) }), 250)
  const endEvents = transport.onEvent((event) => collect(oldAfter(event.type)))
  let before = transport.link()
  const endLink = transport.onLink(() => {
    const now = transport.link()
    if (now === 'open' && before !== 'connecting') collect(ALL)
    before = now
  })
  return () => {
    endEvents()
    endLink()
  }
}
