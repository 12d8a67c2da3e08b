import { describe, expect, it } from 'vitest'
import { externalAddress } from '#core/external-address'
import { PatchbayError } from '#shared/errors'
import { OPENED_ADDRESSES, REFUSED_ADDRESSES } from '#test/security/url-corpus'

const NO_TEXTS = [null, undefined, 42, { href: 'https://example.com' }]

describe('addresses for the system browser', () => {
  it.each([...REFUSED_ADDRESSES, ...NO_TEXTS].map((address) => [JSON.stringify(address)?.slice(0, 60), address] as const))(
    'refuses %s',
    (_name, address) => {
      expect(() => externalAddress(address)).toThrow(PatchbayError)
    },
  )

  it.each(OPENED_ADDRESSES)('hands on %s in one spelling', (address, spelled) => {
    expect(externalAddress(address)).toBe(spelled ?? address)
  })

  it('says nothing of the address in its error, which may hold a session token', () => {
    const address = 'ftp://example.com/?connect_session_token=secret'
    expect(() => externalAddress(address)).toThrow(
      expect.objectContaining({ code: 'connect.no_browser', message: expect.not.stringContaining('secret') as string }),
    )
  })
})
