import { expect, test } from 'vitest'
import { createRenewals } from '#core/connections/renewals'

const certain = (): boolean => true

const make = () => {
  const open = new Set<string>()
  const told: string[] = []
  const renewals = createRenewals({
    openFlowOf: (connectionId) => (open.has(connectionId) ? `flow of ${connectionId}` : null),
    renewed: async (connectionId, isCertain) => {
      told.push(`${connectionId} ${isCertain}`)
    },
  })
  return { open, told, renewals }
}

test('tokens are set aside after the renewals under way, and none begins meanwhile', async () => {
  const { told, renewals } = make()
  const seen: string[] = []
  const renewal = Promise.withResolvers<void>()
  const reading = Promise.withResolvers<void>()
  const renewed = renewals.renew(
    'a',
    async () => {
      await renewal.promise
      seen.push('renewed')
    },
    certain,
  )
  const setAside = renewals.setAside('a', async () => {
    seen.push('read')
    await reading.promise
  })
  await expect(renewals.renew('a', async () => seen.push('too early'), certain)).rejects.toMatchObject({ code: 'connect.busy' })
  await renewals.renew('b', async () => seen.push('another'), certain)
  renewal.resolve()
  await renewed
  reading.resolve()
  await setAside
  await renewals.renew('a', async () => seen.push('after'), certain)
  expect(seen).toEqual(['another', 'renewed', 'read', 'after'])
  expect(told).toEqual(['b true', 'a true', 'a true'])
})

test('while a sign-in is open nothing is renewed, and a renewal that failed is told as uncertain', async () => {
  const { open, told, renewals } = make()
  open.add('a')
  expect(renewals.isHeld('a')).toBe(true)
  await expect(renewals.renew('a', async () => null, certain)).rejects.toMatchObject({
    code: 'connect.busy',
    data: { flowId: 'flow of a' },
  })
  await expect(renewals.renew('b', () => Promise.reject(new Error('no')), certain)).rejects.toThrow('no')
  await expect(renewals.setAside('b', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone')
  expect(renewals.isHeld('b')).toBe(false)
  expect(told).toEqual(['b false'])
})

test('what did its work without a renewal is told as uncertain', async () => {
  const { told, renewals } = make()
  await renewals.renew(
    'a',
    async () => 'nothing_to_refresh',
    (outcome) => outcome === 'refreshed',
  )
  await renewals.renew(
    'a',
    async () => 'refreshed',
    (outcome) => outcome === 'refreshed',
  )
  expect(told).toEqual(['a false', 'a true'])
})
