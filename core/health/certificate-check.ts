import { X509Certificate } from 'node:crypto'
import { say, type Sentence } from '#shared/sentence'

/** What is wrong with a profile's private CA file, and what was seen in it. */
export interface CertificateReport {
  readonly status: 'ok' | 'warn' | 'fail'
  readonly summary: Sentence
  readonly evidence: readonly string[]
  readonly fix: Sentence | null
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
      summary: say('certificate.unreadable'),
      evidence: [],
      fix: say('certificate.choose-again'),
    }
  const evidence = certificates.slice(0, 10).map((one) => `${shortName(one.subject)}: good until ${dateOf(one)}`)
  const ended = certificates.find((one) => Date.parse(one.validTo) <= now)
  if (ended !== undefined) {
    const summary = say('certificate.over', { name: shortName(ended.subject), day: dateOf(ended) })
    return { status: 'fail', summary, evidence, fix: say('certificate.get-present') }
  }
  const later = certificates.find((one) => Date.parse(one.validFrom) > now)
  if (later !== undefined) {
    const summary = say('certificate.early', { name: shortName(later.subject) })
    return { status: 'fail', summary, evidence, fix: say('certificate.check-clock') }
  }
  const notCa = certificates.find((one) => !one.ca)
  if (notCa !== undefined) {
    const summary = say('certificate.not-ca', { name: shortName(notCa.subject) })
    return { status: 'warn', summary, evidence, fix: say('certificate.choose-ca') }
  }
  const orphan = certificates.find((one) => !certificates.some((other) => one.checkIssued(other)))
  if (orphan !== undefined) {
    const summary = say('certificate.no-root', { name: shortName(orphan.subject) })
    return { status: 'warn', summary, evidence, fix: say('certificate.add-root') }
  }
  if (unreadable > 0) {
    const summary = say('certificate.partly', { count: unreadable, total: blocks.length })
    return { status: 'warn', summary, evidence, fix: say('certificate.take-out') }
  }
  const soon = certificates.find((one) => Date.parse(one.validTo) - now < SOON_DAYS * DAY_MS)
  if (soon !== undefined) {
    const summary = say('certificate.soon', { name: shortName(soon.subject), day: dateOf(soon) })
    return { status: 'warn', summary, evidence, fix: say('certificate.successor') }
  }
  return { status: 'ok', summary: say('certificate.good'), evidence, fix: null }
}
