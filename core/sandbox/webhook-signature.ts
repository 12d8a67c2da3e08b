import { createHash, createHmac } from 'node:crypto'

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  )
}

/** The bytes of a webhook: JSON with its keys sorted at every level (nango-api.md section 10). */
export const webhookBody = (payload: object): string => JSON.stringify(sorted(payload))

/** Both signatures of Nango, hex over the raw body: SHA-256 of key and body, and HMAC-SHA256 (nango-api.md section 10). */
export const signaturesOf = (
  key: string,
  body: string,
): { readonly 'x-nango-signature': string; readonly 'x-nango-hmac-sha256': string } => ({
  'x-nango-signature': createHash('sha256').update(`${key}${body}`).digest('hex'),
  'x-nango-hmac-sha256': createHmac('sha256', key).update(body).digest('hex'),
})

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Whether an address is http or https on this computer and names nobody: the only kind a sandbox sends to. */
export const isLoopbackAddress = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && LOOPBACK.test(hostname) && username === '' && password === ''
}
