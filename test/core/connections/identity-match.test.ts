import { describe, expect, test } from 'vitest'
import { type KnownIdentity, matchIdentities, withKnown } from '#core/connections/identity-match'

const who = (given: Partial<KnownIdentity>): KnownIdentity => ({
  accountId: null,
  displayName: null,
  username: null,
  email: null,
  avatarUrl: null,
  workspace: null,
  ...given,
})

describe('whether two looks saw the same account', () => {
  test.each<[string, Partial<KnownIdentity> | null, Partial<KnownIdentity> | null, string]>([
    ['one id', { accountId: 'u1', email: 'old@x.example' }, { accountId: 'u1', email: 'new@x.example' }, 'same'],
    ['two ids, whatever else agrees', { accountId: 'u1', email: 'a@x.example' }, { accountId: 'u2', email: 'a@x.example' }, 'different'],
    ['ids are taken letter for letter', { accountId: 'AbC' }, { accountId: 'abc' }, 'different'],
    ['one address in another case', { email: 'Ada@X.example' }, { email: 'ada@x.example ' }, 'same'],
    ['one address, letters composed differently', { email: 'rené@x.example' }, { email: 'rene\u0301@x.example' }, 'same'],
    ['two addresses', { email: 'ada@x.example', username: 'ada' }, { email: 'grace@x.example', username: 'ada' }, 'different'],
    ['the id known on one side only: the address counts', { accountId: 'u1', email: 'a@x.example' }, { email: 'a@x.example' }, 'same'],
    ['one name in another case', { username: 'Ada' }, { username: 'ada' }, 'same'],
    ['two names', { username: 'ada' }, { username: 'grace' }, 'different'],
    ['display names decide nothing', { displayName: 'Ada' }, { displayName: 'Grace' }, 'unknown'],
    ['nothing known on one side', { accountId: 'u1' }, {}, 'unknown'],
    ['nothing at all before', null, { accountId: 'u1' }, 'unknown'],
    ['nothing at all now', { accountId: 'u1' }, null, 'unknown'],
    ['ids from two places are of two kinds', { accountId: '1', accountIdFrom: 'profile' }, { accountId: 'sub-1' }, 'unknown'],
    [
      'then the address decides',
      { accountId: '1', accountIdFrom: 'profile', email: 'a@x.example' },
      { accountId: 'sub-1', email: 'b@x.example' },
      'different',
    ],
  ])('%s', (_name, known, found, expected) => {
    const [left, right] = [known === null ? null : who(known), found === null ? null : who(found)]
    expect(matchIdentities(left, right)).toBe(expected)
    expect(matchIdentities(right, left)).toBe(expected)
  })

  test('an id stays with the place it is from when two looks are put together', () => {
    const profile = who({ accountId: '1', accountIdFrom: 'profile', displayName: 'Ada' })
    expect(withKnown(who({ email: 'a@x.example' }), profile)).toEqual(
      who({ accountId: '1', accountIdFrom: 'profile', displayName: 'Ada', email: 'a@x.example' }),
    )
    expect(withKnown(who({ accountId: 'sub-1' }), profile)).toEqual(who({ accountId: 'sub-1', displayName: 'Ada' }))
  })
})
