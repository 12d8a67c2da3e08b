import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { checkCertificates } from '#core/health/certificate-check'
import { inEnglish } from '#shared/sentence'

// Made for this test, good for ten years from November 2026; their keys were not kept.
const ROOT = `-----BEGIN CERTIFICATE-----
MIIBiTCCAS+gAwIBAgIUb81+nulMBDZvjYnCO9SGp6g7wPYwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPRXhhbXBsZSBSb290IENBMB4XDTI2MTEyMTA1MzQ0OVoXDTM2
MTExODA1MzQ0OVowGjEYMBYGA1UEAwwPRXhhbXBsZSBSb290IENBMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAERiYedD6jOKy0s0hWxYt8CIDnq3r9gzJt1OwOa8ov
XOwUjYWm177W5gAXCRznYHK0DYhdkKp5v71MS/lkKZ9dkqNTMFEwHQYDVR0OBBYE
FEGA6HWJdDCOk4msTcpgRdpfDQDaMB8GA1UdIwQYMBaAFEGA6HWJdDCOk4msTcpg
RdpfDQDaMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAPQcYUWp
dPpUKVe3eVO8adGS+SuSfQYG6FPHAhUELInIAiAXHyGCe9ZirWjlm4XJCQ+NttFP
Q7u3dDxpvxNxQwrdxw==
-----END CERTIFICATE-----`
const MIDDLE = `-----BEGIN CERTIFICATE-----
MIIBijCCATGgAwIBAgIUcVOqQKRs95EdL6vnpV2n3lrsMQowCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPRXhhbXBsZSBSb290IENBMB4XDTI2MTEyMTA1MzQ0OVoXDTM2
MTExODA1MzQ0OVowHDEaMBgGA1UEAwwRRXhhbXBsZSBNaWRkbGUgQ0EwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQMLDxwKzKqHz5ZmURzqY2PKBihmGJxLHWI2NoH
3XSBmLjqTr4ciEV+n3KgHeL5eHMPXintmBQIuGTlkxIjMT9Qo1MwUTAPBgNVHRMB
Af8EBTADAQH/MB0GA1UdDgQWBBRySVediXgRatbTixrXAOmnWMmnvjAfBgNVHSME
GDAWgBRBgOh1iXQwjpOJrE3KYEXaXw0A2jAKBggqhkjOPQQDAgNHADBEAiBifwlq
gTEv/ANggVsm5ux+b65myQ6LEQoQJLgN1OqCaAIgHucVoEDLIrxYYLTwgbQeqtdM
M1QaiU09WW9wlHu0mno=
-----END CERTIFICATE-----`
const SERVER = `-----BEGIN CERTIFICATE-----
MIIBiTCCAS+gAwIBAgIUV0Hm84pHsDM819LSYatoM3MzZUcwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPRXhhbXBsZSBSb290IENBMB4XDTI2MTEyMTA1MzQ0OVoXDTM2
MTExODA1MzQ0OVowHTEbMBkGA1UEAwwSbmFuZ28uZXhhbXBsZS50ZXN0MFkwEwYH
KoZIzj0CAQYIKoZIzj0DAQcDQgAEDCw8cCsyqh8+WZlEc6mNjygYoZhicSx1iNja
B910gZi46k6+HIhFfp9yoB3i+XhzD14p7ZgUCLhk5ZMSIzE/UKNQME4wDAYDVR0T
AQH/BAIwADAdBgNVHQ4EFgQUcklXnYl4EWrW04sa1wDpp1jJp74wHwYDVR0jBBgw
FoAUQYDodYl0MI6TiaxNymBF2l8NANowCgYIKoZIzj0EAwIDSAAwRQIhAPAVHvf5
vO3eLZnFHkbu4EtemFmpJ+VU8sFZWbbuCHCAAiBvSYWMP29XEHc1HBRkidFHqls/
3M0uytV+pMW2gVaVPQ==
-----END CERTIFICATE-----`

const begin = Date.parse(new X509Certificate(ROOT).validFrom)
const end = Date.parse(new X509Certificate(ROOT).validTo)
const DAY = 86_400_000

/** What is said of a file, in English. */
const report = (pem: string, now: number) => {
  const { summary, ...rest } = checkCertificates(pem, now)
  return { ...rest, summary: inEnglish(summary) }
}

describe('a private CA file', () => {
  test('is whole when every certificate leads to a root in it', () => {
    expect(report(`${ROOT}\n${MIDDLE}`, begin + DAY)).toMatchObject({ status: 'ok', fix: null })
    expect(report(ROOT, begin + DAY).evidence[0]).toContain('Example Root CA')
  })

  test('names the one that ran out, is not in force yet, or soon runs out', () => {
    expect(report(ROOT, end + DAY)).toMatchObject({ status: 'fail', summary: expect.stringContaining('ran out on') })
    expect(report(ROOT, begin - DAY)).toMatchObject({ status: 'fail', summary: expect.stringContaining('not in force') })
    expect(report(ROOT, end - 3 * DAY)).toMatchObject({ status: 'warn', summary: expect.stringContaining('runs out on') })
  })

  test("tells a chain without its root and a server's own certificate", () => {
    expect(report(MIDDLE, begin + DAY)).toMatchObject({ status: 'warn', summary: expect.stringContaining('no root') })
    expect(report(`${ROOT}\n${SERVER}`, begin + DAY)).toMatchObject({
      status: 'warn',
      summary: expect.stringContaining('not that of a CA'),
    })
  })

  test('that cannot be read says so, in whole or in part', () => {
    expect(report('no certificate at all', begin)).toMatchObject({ status: 'fail' })
    const broken = ROOT.replace(/[A-Z]/g, 'B').replace(/-+B+ B+-+/g, '')
    const half = `${ROOT}\n-----BEGIN CERTIFICATE-----\n${broken.slice(0, 100).replaceAll('-', '')}\n-----END CERTIFICATE-----`
    expect(report(half, begin + DAY)).toMatchObject({ status: 'warn', summary: expect.stringContaining('1 of 2') })
  })
})
