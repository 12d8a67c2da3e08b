import { X509Certificate } from 'node:crypto'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { createSecureContext, getCACertificates, rootCertificates, type SecureContext } from 'node:tls'
import { HttpFailure } from './http-failure.ts'

type Environment = Readonly<Record<string, string | undefined>>

const IDLE_MS = 15_000
const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

/** The certificates in a PEM text; null when there is none, or one that cannot be read. */
export const certificatesIn = (pem: string): readonly X509Certificate[] | null => {
  try {
    const certificates = (pem.match(PEM_BLOCK) ?? []).map((block) => new X509Certificate(block))
    return certificates.length === 0 ? null : certificates
  } catch {
    return null
  }
}

/** A private authority joins the roots this Node trusts anyway. */
const secureContextWith = (pem: string): SecureContext => {
  // createSecureContext passes over what it cannot read, so that a broken file would show as an untrusted server.
  const own = certificatesIn(pem)
  if (own === null) throw new HttpFailure('certificate', 'private_certificate_invalid')
  // getCACertificates came with Node 22.15; rootCertificates leaves out NODE_EXTRA_CA_CERTS but is always there.
  const roots = typeof getCACertificates === 'function' ? getCACertificates('default') : rootCertificates
  return createSecureContext({ ca: [...roots, ...own.map((certificate) => certificate.toString())] })
}

/** Node passes over a proxy that is not written as an http address; calls past a proxy somebody asked for would be a leak. */
const proxyAddress = (value: string): string => {
  const address = value.includes('://') ? value : `http://${value}`
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? '')) throw new HttpFailure('unreachable', 'proxy_setting_invalid')
  return address
}

/** The variables in the order in which curl and Node read them: lower case first. */
const proxyEnvironment = (protocol: 'http:' | 'https:', environment: Environment): Record<string, string> => {
  const scheme = protocol.slice(0, -1)
  const proxy = environment[`${scheme}_proxy`] || environment[`${scheme.toUpperCase()}_PROXY`]
  const exceptions = environment['no_proxy'] || environment['NO_PROXY']
  return {
    ...(proxy ? { [`${scheme}_proxy`]: proxyAddress(proxy) } : {}),
    ...(exceptions ? { no_proxy: exceptions } : {}),
  }
}

/** An agent that keeps connections, goes through the environment's proxy and trusts the private authority. Throws HttpFailure. */
export const createAgent = (protocol: 'http:' | 'https:', environment: Environment, certificatePem: string | undefined): HttpAgent => {
  const options = { keepAlive: true, timeout: IDLE_MS, proxyEnv: proxyEnvironment(protocol, environment) }
  if (protocol === 'http:') return new HttpAgent(options)
  // `secureContext` is an option of tls.connect that the agent hands on; made once, because reading all roots takes milliseconds.
  return new HttpsAgent({ ...options, ...(certificatePem === undefined ? {} : { secureContext: secureContextWith(certificatePem) }) })
}
