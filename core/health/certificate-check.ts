import { X509Certificate } from 'node:crypto'

/** What is wrong with a profile's private CA file, and what was seen in it. */
export interface CertificateReport {
  readonly status: 'ok' | 'warn' | 'fail'
  readonly summary: string
  readonly evidence: readonly string[]
  readonly fix: string | null
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
const SOON_DAYS = 30
const DAY_MS = 86_400_000

const shortName = (name: string): string =>
  (
    name
      .split('\n')
      .find((part) => part.startsWith('CN='))
      ?.slice(3) ?? name.replaceAll('\n', ', ')
  ).slice(0, 100)

const parse = (pem: string): X509Certificate | null => {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

const dateOf = (certificate: X509Certificate): string => new Date(certificate.validTo).toISOString().slice(0, 10)

/** Reads a PEM file of certificates: whether each can be read, is in its time, is a CA, and leads to a root in the file. */
export const checkCertificates = (pem: string, now: number): CertificateReport => {
  const blocks = pem.match(BLOCK) ?? []
  const parsed = blocks.map(parse)
  const certificates = parsed.filter((one): one is X509Certificate => one !== null)
  const unreadable = parsed.length - certificates.length
  if (certificates.length === 0)
    return {
      status: 'fail',
      summary: 'The certificate file of this profile cannot be read.',
      evidence: [],
      fix: 'Choose a PEM file again.',
    }
  const evidence = certificates.slice(0, 10).map((one) => `${shortName(one.subject)}: good until ${dateOf(one)}`)
  const ended = certificates.find((one) => Date.parse(one.validTo) <= now)
  if (ended !== undefined) {
    const summary = `The certificate ${shortName(ended.subject)} of this profile ran out on ${dateOf(ended)}.`
    return { status: 'fail', summary, evidence, fix: 'Get the present CA certificate and choose it in the profile.' }
  }
  const later = certificates.find((one) => Date.parse(one.validFrom) > now)
  if (later !== undefined) {
    const summary = `The certificate ${shortName(later.subject)} is not in force yet.`
    return { status: 'fail', summary, evidence, fix: "Check this computer's clock, or choose the present certificate." }
  }
  const notCa = certificates.find((one) => !one.ca)
  if (notCa !== undefined) {
    const summary = `${shortName(notCa.subject)} is a server's certificate, not that of a CA.`
    return { status: 'warn', summary, evidence, fix: "Choose the certificate of the CA that signed the server's." }
  }
  const orphan = certificates.find((one) => !certificates.some((other) => one.checkIssued(other)))
  if (orphan !== undefined) {
    const summary = `The file does not hold the certificate that signed ${shortName(orphan.subject)}: the chain has no root in it.`
    return { status: 'warn', summary, evidence, fix: 'Add the root certificate to the file.' }
  }
  if (unreadable > 0) {
    const summary = `${unreadable} of ${blocks.length} certificates in the file cannot be read.`
    return { status: 'warn', summary, evidence, fix: 'Take the broken part out of the file.' }
  }
  const soon = certificates.find((one) => Date.parse(one.validTo) - now < SOON_DAYS * DAY_MS)
  if (soon !== undefined) {
    const summary = `The certificate ${shortName(soon.subject)} runs out on ${dateOf(soon)}.`
    return { status: 'warn', summary, evidence, fix: 'Get its successor before then.' }
  }
  return { status: 'ok', summary: 'The private CA of this profile is whole and in force.', evidence, fix: null }
}
