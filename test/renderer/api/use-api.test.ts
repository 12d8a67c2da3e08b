import { focusManager, QueryObserver } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { behaviourOf, createQueryClient, type ReadOptions } from '#renderer/api/use-api.ts'

test('who comes back to the window has everything read again, but not what makes the host ask others', async () => {
  const client = createQueryClient()
  client.mount()
  const asked: string[] = []
  const follow = (name: string, options: ReadOptions): (() => void) => {
    const queryFn = () => Promise.resolve(asked.push(name))
    return new QueryObserver(client, { queryKey: [name], queryFn, ...behaviourOf(options) }).subscribe(() => undefined)
  }
  const endings = [follow('profiles.list', {}), follow('profiles.test', { ignoresFocus: true }), follow('never', { isEnabled: false })]
  try {
    await expect.poll(() => client.isFetching()).toBe(0)
    expect(asked).toEqual(['profiles.list', 'profiles.test'])
    focusManager.setFocused(false)
    focusManager.setFocused(true)
    await expect.poll(() => asked.length).toBeGreaterThan(2)
    await expect.poll(() => client.isFetching()).toBe(0)
    expect(asked).toEqual(['profiles.list', 'profiles.test', 'profiles.list'])
  } finally {
    for (const end of endings) end()
    focusManager.setFocused(undefined)
    client.unmount()
    client.clear()
  }
})
