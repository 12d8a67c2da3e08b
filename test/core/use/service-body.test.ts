import { describe, expect, test } from 'vitest'
import { readServiceBody, withoutParameters } from '#core/use/service-body'

const reply = (type: string, body: Buffer) => ({ status: 200, headers: type === '' ? {} : { 'content-type': type }, body })

describe('the body of an answer', () => {
  const bytes = Buffer.from([0, 255, 128, 10])
  test.each<[string, string, Buffer, 'auto' | 'text' | 'base64', unknown]>([
    ['bytes', 'image/png', bytes, 'auto', { body: 'AP+ACg==', bodyIs: 'base64' }],
    ['text in Latin-1', 'text/plain; charset=iso-8859-1', Buffer.from([0xfc]), 'auto', { body: 'ü', bodyIs: 'text' }],
    ['text of a set that nobody knows', 'text/plain; charset=x-none', Buffer.from('a'), 'auto', { body: 'YQ==', bodyIs: 'base64' }],
    ['text that is none', 'text/plain', bytes, 'auto', { body: 'AP+ACg==', bodyIs: 'base64' }],
    ['text without a type', '', Buffer.from('a'), 'auto', { body: 'a', bodyIs: 'text' }],
    ['JSON that is none', 'application/json', Buffer.from('{'), 'auto', { body: '{', bodyIs: 'text' }],
    ['JSON nested too deep', 'application/json', Buffer.from('['.repeat(70) + ']'.repeat(70)), 'auto', { bodyIs: 'text' }],
    ['JSON as text', 'application/json', Buffer.from('{"a":1}'), 'text', { body: '{"a":1}', bodyIs: 'text' }],
    ['JSON as bytes', 'application/json', Buffer.from('[]'), 'base64', { body: 'W10=', bodyIs: 'base64' }],
    ['problem JSON', 'application/problem+json; charset=utf-8', Buffer.from('{"a":1}'), 'auto', { body: { a: 1 }, bodyIs: 'json' }],
    ['XML', 'application/atom+xml', Buffer.from('<a/>'), 'auto', { body: '<a/>', bodyIs: 'text' }],
    ['nothing', 'application/json', Buffer.alloc(0), 'auto', { body: null, bodyIs: 'none' }],
  ])('of %s comes as what it is', (_name, type, body, as, expected) => {
    expect(readServiceBody(reply(type, body), as)).toMatchObject(expected as object)
  })

  test('that would not fit as base64 is an error', () => {
    expect(() => readServiceBody(reply('image/png', Buffer.alloc(6_400_000)), 'auto')).toThrowError(
      expect.objectContaining({ code: 'request.result_too_large' }),
    )
  })
})

describe('an answer of a service that takes its credential in the address', () => {
  const body = 'see https://x.test/a?api_key=SECRET&page=2, "next":"/b?page=3\\u0026API_KEY=SECRET", <a href="?q=1&amp;api_key=SECRET">'

  test('does not give it back', () => {
    const reply = {
      status: 200,
      headers: { 'content-type': 'text/html', link: '<https://x.test/?api_key=SECRET&page=2>; rel=next' },
      body: Buffer.from(`ü${body}`),
    }
    const clean = withoutParameters(reply, ['api_key'])
    expect([JSON.stringify(clean.headers), clean.body.toString()].join()).not.toContain('SECRET')
    expect(clean.body.toString()).toMatch(/^üsee https:\/\/x\.test\/a\?api_key=&page=2, /)
    expect(clean.headers['link']).toBe('<https://x.test/?api_key=&page=2>; rel=next')
    expect(withoutParameters(reply, [])).toBe(reply)
    const bytes = { ...reply, headers: { 'content-type': 'image/png' }, body: Buffer.from([0, 255]) }
    expect(withoutParameters(bytes, ['api_key']).body).toBe(bytes.body)
  })
})
