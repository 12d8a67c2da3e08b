import { encode } from 'uqr'
import { isLoopback } from '../external-address.ts'
import type { Secret } from '../vault/secret.ts'

/** A QR code as rows of `0` and `1`, the quiet border included. */
export interface QrCode {
  readonly rows: string[]
  /** The address names this computer: another device cannot open it. */
  readonly isLocal: boolean
}

/** What the largest code holds at level M; the contract takes at most 200 rows. */
const MAX_BYTES = 2331

/** The QR code (ISO/IEC 18004, level M) of a sign-in page's address; as secret as the address itself. No rows where the address is too long for one. */
export const qrCodeOf = (address: Secret): QrCode => {
  const url = address.reveal()
  const isLocal = isLoopback(new URL(url).hostname)
  if (Buffer.byteLength(url) > MAX_BYTES) return { rows: [], isLocal }
  const { data } = encode(url, { ecc: 'M', border: 4 })
  return { rows: data.map((row) => row.map((isDark) => (isDark ? '1' : '0')).join('')), isLocal }
}
