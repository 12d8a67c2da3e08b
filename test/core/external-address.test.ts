import { describe, expect, it } from 'vitest'
import { externalAddress } from '#core/external-address'
import { PatchbayError } from '#shared/errors'

const refused = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>1</script>',
  'file:///etc/passwd',
  'file://server/share',
  'smb://server/share',
  'vbscript:msgbox',
  'ms-msdt:/id',
  'search-ms:query=x',
  'patchbay://app/',
  'ftp://example.com/',
  'ws://127.0.0.1/',
  'mailto:a@example.com',
  'about:blank',
  'view-source:https://example.com',
  'blob:https://example.com/1',
  'http://example.com/',
  'http://a$(calc)',
  'https://a$(calc)/',
  'https://x`id`',
  'https://x";calc;"',
  "https://x';calc;'/",
  'https://example.com/`id`',
  'https://example.com/"',
  'https://example.com/<x>',
  'https://example.com/a b',
  'https://example.com/%0d%0a\r\nX: y',
  'https://example.com/\u0000',
  'https://example.com/\u202e',
  '--upload-pack=x',
  '-o x',
  ' https://example.com/',
  '\thttps://example.com/',
  '\nhttps://example.com/',
  'https://example.com/\n',
  'https://exam\nple.com/',
  'https:\\\\evil',
  'https://example.com\\@evil',
  'https:evil',
  'https:/evil',
  'https:///evil',
  '//evil',
  'evil',
  '',
  'https://',
  'https://good@evil',
  'https://good:pass@evil.com/',
  'https://good%40evil.com/',
  'https://g\u043e\u043egle.com/',
  'https://ex\u00e4mple.com/',
  'https://\uff45xample.com/',
  'https://example\u3002com/',
  `https://example.com/${'a'.repeat(10_240)}`,
  'https://[::ffff:127.0.0.1]/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0.0.0.0/',
  'http://127.0.0.1.evil.com/',
  'http://localhost.evil.com/',
  'http://[::]/',
  'https://-evil.com/',
  'https://a_b!.com/',
  'https://example.com:99999/',
  null,
  undefined,
  42,
  { href: 'https://example.com' },
] as const

const accepted = [
  ['https://example.com', 'https://example.com/'],
  ['https://Example.COM/Path?q=1#f', 'https://example.com/Path?q=1#f'],
  ['https://good.com.evil.com/', 'https://good.com.evil.com/'],
  ['https://xn--ggle-55da.com/', 'https://xn--ggle-55da.com/'],
  ['https://api.nango.dev/oauth/connect/github?connect_session_token=nango_connect_session_ab&params%5Bx%5D=1', null],
  ['https://nango.example.com:3003/oauth/connect/a%2Fb?params[site]=x', null],
  ['http://127.0.0.1:3003/oauth', null],
  ['http://localhost:3003/oauth', null],
  ['http://[::1]:3003/oauth', null],
  ['http://abcd.localhost:3003/', null],
  ['https://192.168.1.4/', null],
] as const

describe('addresses for the system browser', () => {
  it.each(refused.map((address) => [JSON.stringify(address)?.slice(0, 60), address] as const))('refuses %s', (_name, address) => {
    expect(() => externalAddress(address)).toThrow(PatchbayError)
  })

  it.each(accepted)('hands on %s in one spelling', (address, spelled) => {
    expect(externalAddress(address)).toBe(spelled ?? address)
  })

  it('says nothing of the address in its error, which may hold a session token', () => {
    const address = 'ftp://example.com/?connect_session_token=secret'
    expect(() => externalAddress(address)).toThrow(
      expect.objectContaining({ code: 'connect.no_browser', message: expect.not.stringContaining('secret') as string }),
    )
  })
})
