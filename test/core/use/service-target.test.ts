import { describe, expect, test } from 'vitest'
import { normalTarget } from '#core/use/service-target'

describe('the one form of a path', () => {
  test.each<[string, string, string]>([
    ['/user', '/user', '/user'],
    ['/', '/', '/'],
    ['/a/b/', '/a/b/', '/a/b/'],
    ['/user?per_page=1&q=a%2Fb', '/user', '/user?per_page=1&q=a%2Fb'],
    ['/%75ser/%7eme', '/user/~me', '/user/~me'],
    ['/a b/ü/€', '/a%20b/%C3%BC/%E2%82%AC', '/a%20b/%C3%BC/%E2%82%AC'],
    ['/a%2b%40:@!$&()*+,;=', '/a%2B%40:@!$&()*+,;=', '/a%2B%40:@!$&()*+,;='],
    ['/channels/%23general', '/channels/%23general', '/channels/%23general'],
    ['/.well-known/...', '/.well-known/...', '/.well-known/...'],
    ['/x?', '/x', '/x'],
  ])('%s is sent as %s', (given, path, target) => {
    expect(normalTarget(given)).toEqual({ path, target })
  })

  test('what Nango would fill in or cut off in an address reaches the service as text', () => {
    expect(normalTarget('/a/${access_token}||b').target).toBe('/a/$%7Baccess_token%7D%7C%7Cb')
    expect(normalTarget('/a?q=${access_token}||x').target).toBe('/a?q=$%7Baccess_token%7D%7C%7Cx')
    expect(normalTarget('/a?q=${apiKey}', { r: '${apiKey}' }).target).not.toContain('${')
    expect(normalTarget('/a?u=https://api.example.com').target).toBe('/a?u=https:%2F%2Fapi.example.com')
  })

  test('values of the query are added to what the path has, lists one by one', () => {
    expect(normalTarget('/a?x=1', { y: ['2', '3 4'], 'z[]': '&=#' }).target).toBe('/a?x=1&y=2&y=3%204&z%5B%5D=%26%3D%23')
    expect(normalTarget('/a?p=100%&q=%zz').target).toBe('/a?p=100%25&q=%25zz')
  })
})

describe('what could mean another place is refused', () => {
  test.each([
    'user',
    'https://evil.test/user',
    '//evil.test/user',
    '/a//b',
    '/..',
    '/../connections',
    '/a/../../connections',
    '/a/./b',
    '/a/%2e%2e/b',
    '/a/%2E./b',
    '/a%2eb',
    '/a/..;x=1/b',
    '/a%2fb',
    '/a%2Fb',
    '/a%5cb',
    '/a\\b',
    '/\\evil.test',
    '/a%00b',
    '/a\0b',
    '/a\tb',
    '/a\nb',
    '/a%0d%0ab',
    '/a%252e%252e/b',
    '/a%25%32%65',
    '/a#b',
    '/a?b#c',
    '/a%',
    '/a%zz',
    '/a%ff',
    '/a%c0%ae',
    '/\ud800',
    '',
    `/${'a'.repeat(15_001)}`,
  ])('%j', (path) => {
    expect(() => normalTarget(path)).toThrowError(expect.objectContaining({ code: 'request.invalid' }))
  })

  test('and no path that is taken reads as another to whatever reads addresses', () => {
    for (let code = 1; code < 0x3000; code += 1) {
      const given = `/a${String.fromCodePoint(code)}b/c`
      let path: string
      try {
        ;({ path } = normalTarget(given))
      } catch {
        continue
      }
      expect(new URL(`http://host/base${path}`).pathname).toBe(`/base${path}`)
      expect(normalTarget(path).path).toBe(path)
    }
  })
})
