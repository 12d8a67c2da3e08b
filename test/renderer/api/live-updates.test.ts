import { expect, test, vi } from 'vitest'
import { changeEvents, type ChangeEventType } from '#shared/contract/contract'
import { batcher, isOld, oldAfter } from '#renderer/api/live-updates.ts'

/** What the doctor found is asked of the system, what waits for a choice of the connections, the calls of programs of their grants. */
const ANSWERED_ELSEWHERE: Readonly<Record<string, string>> = {
  doctor: 'system.doctorRun',
  picks: 'connections.picks',
  calls: 'grants.calls',
}

test('an event makes old what its own domain answers', () => {
  for (const type of Object.keys(changeEvents) as ChangeEventType[]) {
    const [domain = ''] = type.split('.')
    const answered = ANSWERED_ELSEWHERE[domain] ?? `${domain}.list`
    expect(isOld([answered, {}], new Set(oldAfter(type)))).toBe(true)
  }
})

test('a changed connection makes the status and the history old too, but not the catalogue', () => {
  const names = new Set(oldAfter('connections.changed'))
  expect(['connections.list', 'connections.counts', 'system.status', 'events.list'].every((name) => isOld([name], names))).toBe(true)
  expect(isOld(['catalogue.list', {}], names)).toBe(false)
  expect(isOld(['connect.list', {}], names)).toBe(false)
})

test('a changed profile makes everything old', () => {
  expect(isOld(['settings.get', {}], new Set(oldAfter('profiles.changed')))).toBe(true)
})

test('ten thousand changes in a burst are handed over once, and those during the hand-over once more after it', async () => {
  vi.useFakeTimers()
  try {
    const rounds: string[][] = []
    const first = Promise.withResolvers<void>()
    const collect = batcher((names) => {
      rounds.push([...names])
      return rounds.length === 1 ? first.promise : Promise.resolve()
    }, 250)
    for (let row = 0; row < 10_000; row += 1) collect(['connections.'])
    expect(rounds).toEqual([])
    await vi.advanceTimersByTimeAsync(250)
    for (let row = 0; row < 10_000; row += 1) collect(['connections.', 'sync.'])
    await vi.advanceTimersByTimeAsync(5000)
    expect(rounds).toEqual([['connections.']])
    first.resolve()
    await vi.advanceTimersByTimeAsync(250)
    expect(rounds).toEqual([['connections.'], ['connections.', 'sync.']])
  } finally {
    vi.useRealTimers()
  }
})
