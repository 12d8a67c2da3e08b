import { expect, test } from 'vitest'
import { AUTOMATION_METHODS } from '#client/automation-methods'
import { METHODS } from '#shared/contract/contract'

const OWN_BUSINESS = ['system.hello', 'system.prove', 'system.cancel', 'events.subscribe']

test('the client has every method that a program may call, and no other', () => {
  const listed = Object.entries(AUTOMATION_METHODS).flatMap(([domain, names]) => names.map((name) => `${domain}.${name}`))
  const open = [...METHODS].filter(([, { callers }]) => callers.includes('automation')).map(([name]) => name)
  expect([...listed, ...OWN_BUSINESS].toSorted()).toEqual(open.toSorted())
})
