import { describe, expect, test } from 'vitest'
import { isLoopback } from '#core/external-address'
import { acceptNangoAddress, originOf, parseNangoAddress } from '#core/profiles/nango-address'

describe('the address of a Nango server', () => {
  const GOOD: readonly (readonly [string, string, boolean])[] = [
    ['https://api.nango.dev', 'https://api.nango.dev', false],
    ['  https://Nango.Example.com:443/  ', 'https://nango.example.com', false],
    ['https://example.com/tools/nango/', 'https://example.com/tools/nango', false],
    ['http://localhost:3003', 'http://localhost:3003', false],
    ['http://127.0.0.1:3003/', 'http://127.0.0.1:3003', false],
    ['http://[::1]:3003', 'http://[::1]:3003', false],
    ['http://2130706433:3003', 'http://127.0.0.1:3003', false],
    ['http://10.0.0.5:3003', 'http://10.0.0.5:3003', true],
    ['http://localhost.example.com', 'http://localhost.example.com', true],
    ['http://127.0.0.1.example.com', 'http://127.0.0.1.example.com', true],
  ]
  for (const [text, host, isInsecure] of GOOD) {
    test(`${text} is ${host}`, () => {
      expect(parseNangoAddress(text)).toEqual({ host, origin: originOf(host), isInsecure })
    })
  }

  const BAD: readonly (readonly [string, string])[] = [
    ['', 'not_an_address'],
    ['nango.example.com', 'not_an_address'],
    ['localhost:3003', 'not_an_address'],
    ['https:nango.example.com', 'not_an_address'],
    ['https://', 'not_an_address'],
    ['ftp://nango.example.com', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['https://user:secret@nango.example.com', 'credentials'],
    ['https://nango.example.com/?a=b', 'query'],
    ['https://nango.example.com/#x', 'query'],
    ['https://nango.example.com/?', 'query'],
    ['https://nango.example.com/\u0000', 'control_characters'],
    ['https://nango .example.com', 'control_characters'],
    ['https:\\\\nango.example.com', 'control_characters'],
  ]
  for (const [text, reason] of BAD) {
    test(`${JSON.stringify(text)} is refused: ${reason}`, () => {
      expect(() => parseNangoAddress(text)).toThrow(expect.objectContaining({ code: 'profile.invalid_address', data: { reason } }))
    })
  }

  test('beyond this computer takes http only after the risk was accepted', () => {
    expect(() => acceptNangoAddress('http://10.0.0.5', false)).toThrow(expect.objectContaining({ code: 'profile.insecure_address' }))
    expect(acceptNangoAddress('http://10.0.0.5', true).host).toBe('http://10.0.0.5')
    expect(acceptNangoAddress('http://localhost:3003', false).host).toBe('http://localhost:3003')
  })

  test('is this computer by its form alone', () => {
    expect(['localhost', 'a.localhost', '127.9.9.9', '[::1]'].every(isLoopback)).toBe(true)
    expect(['0.0.0.0', '128.0.0.1', 'localhost.example', '[::2]', 'notlocalhost'].some(isLoopback)).toBe(false)
  })
})
