import { expect, test } from 'vitest'
import { tellingName } from '#shared/telling-name'

const MARA = { email: 'mara@harborline.example', username: 'mlindq', displayName: 'Mara Lindqvist', accountId: '7' }

test('an account is told by its mail address before its user name, its display name and its id', () => {
  expect(tellingName(MARA)).toBe('mara@harborline.example')
  expect(tellingName({ ...MARA, email: null })).toBe('mlindq')
  expect(tellingName({ ...MARA, email: null, username: null })).toBe('Mara Lindqvist')
  expect(tellingName({ accountId: '7' })).toBe('7')
})

test('a name without a letter tells nothing, and one of which nothing is known has none', () => {
  expect(tellingName({ ...MARA, email: '' })).toBe('mlindq')
  expect(tellingName({ email: null, username: '', displayName: null, accountId: null })).toBeNull()
  expect([tellingName(null), tellingName(undefined), tellingName({})]).toEqual([null, null, null])
})
