import { expect, test } from 'vitest'
import { callDetails, callEffect, isFinalEffect, textDetail } from '#shared/call-details'

test('what a call would send is told line by line, and that it was cut', () => {
  expect(callDetails(null)).toEqual({ items: [], isCut: false })
  expect(callDetails('query: {"a":1}\nbody: "x: y …"')).toEqual({
    items: [
      { key: 'query', json: '{"a":1}' },
      { key: 'body', json: '"x: y …"' },
    ],
    isCut: false,
  })
  expect(callDetails('body: "abc …')).toEqual({ items: [{ key: 'body', json: '"abc' }], isCut: true })
  expect(callDetails('body: 1\nla …').items[1]).toEqual({ key: null, json: 'la' })
  expect(textDetail('connectorId: "github"\nlabel: "a \\" b"', 'connectorId')).toBe('github')
  expect(textDetail('connectorId: "github"\nlabel: "a \\" b"', 'label')).toBeNull()
})

test('what comes of a call is known by its method, and of a removal by how it is done', () => {
  const of = (method: string, details: string | null = null) => callEffect({ method, details })
  expect(of('connections.request', 'body: {"revoke":true}')).toBeNull()
  expect(of('connect.start')).toBe('connect')
  expect(of('connections.remove')).toBe('remove')
  expect(of('connections.remove', 'revoke: false\nforgetOnly: true')).toBe('forget')
  expect(of('connections.remove', 'revoke: true\nforgetOnly: false')).toBe('revoke_remove')
  expect(isFinalEffect(of('connections.revoke'))).toBe(true)
  expect(isFinalEffect(of('connections.remove', 'forgetOnly: true'))).toBe(false)
  expect(isFinalEffect(null)).toBe(false)
})
