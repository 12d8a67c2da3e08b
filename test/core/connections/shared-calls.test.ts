import { expect, test } from 'vitest'
import { createSharedCalls } from '#core/connections/shared-calls'
import type { CallOptions } from '#core/nango/nango-client'
import { PatchbayError } from '#shared/errors'

/** Calls whose answers the test gives, one after the other. */
const scripted = () => {
  const calls = createSharedCalls<string>()
  const begun: PromiseWithResolvers<string>[] = []
  const start = (): Promise<string> => {
    const answer = Promise.withResolvers<string>()
    begun.push(answer)
    return answer.promise
  }
  const ask = (call: CallOptions = {}, connectionId = 'con_1'): Promise<string> =>
    calls.share(connectionId, call, { start, again: () => ask(call, connectionId) })
  return { ask, begun }
}

test('who asks while a call is under way shares its answer; the next one, and another connection, begin one of their own', async () => {
  const { ask, begun } = scripted()
  const first = [ask({ priority: 'bulk' }), ask(), ask({ priority: 'background' })]
  const other = ask({}, 'con_2')
  expect(begun).toHaveLength(2)
  begun[0]?.resolve('one')
  begun[1]?.resolve('other')
  expect(await Promise.all([...first, other])).toEqual(['one', 'one', 'one', 'other'])
  const next = ask()
  begun[2]?.resolve('two')
  expect(await next).toBe('two')
})

test('a person whose shared call was refused for the limit gets one of their own, others share the refusal', async () => {
  const { ask, begun } = scripted()
  const others = [ask({ priority: 'bulk' }), ask({ priority: 'background' })]
  const people = [ask(), ask({ priority: 'person' })]
  begun[0]?.reject(new PatchbayError('nango.rate_limited'))
  for (const other of others) await expect(other).rejects.toMatchObject({ code: 'nango.rate_limited' })
  await expect.poll(() => begun.length).toBe(2)
  begun[1]?.resolve('their own')
  expect(await Promise.all(people)).toEqual(['their own', 'their own'])
  expect(begun).toHaveLength(2)
})

test('any other refusal is shared by all, and none is kept', async () => {
  const { ask, begun } = scripted()
  const all = [ask({ priority: 'bulk' }), ask()]
  begun[0]?.reject(new PatchbayError('nango.unreachable', { data: { isHeldBack: true } }))
  for (const one of all) await expect(one).rejects.toMatchObject({ code: 'nango.unreachable' })
  const next = ask()
  begun[1]?.resolve('well')
  expect(await next).toBe('well')
})
