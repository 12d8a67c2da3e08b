import * as jsQr from 'jsqr'
import { expect, test } from 'vitest'
import { drawQrCode } from '#cli/commands/connect-command'
import { qrCodeOf } from '#core/connect/qr-code'
import { Secret } from '#core/vault/secret'

// The package is CommonJS: its one function is the default's default for Node, the default for TypeScript.
const decode = (jsQr.default as unknown as { default?: typeof jsQr.default }).default ?? jsQr.default

const MODULE = 4

/** What a camera reads in rows of modules. */
const scan = (rows: readonly string[]): string | undefined => {
  const side = rows.length * MODULE
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255)
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1)
      if (rows[Math.floor(y / MODULE)]?.[Math.floor(x / MODULE)] === '1') pixels.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3)
  return decode(pixels, side, side)?.data
}

const ADDRESS = `https://api.nango.dev/oauth/connect/github?connect_session_token=nango_connect_session_${'a1'.repeat(32)}`

test('a phone reads the address of the sign-in page out of its code', () => {
  const { rows, isLocal } = qrCodeOf(new Secret(ADDRESS))
  expect(scan(rows)).toBe(ADDRESS)
  expect(isLocal).toBe(false)
})

test('a page on this computer is called local, and an address too long for a code has no rows', () => {
  expect(qrCodeOf(new Secret('http://127.0.0.1:4000/oauth/connect/x')).isLocal).toBe(true)
  expect(qrCodeOf(new Secret(`https://api.nango.dev/${'s'.repeat(4000)}`))).toEqual({ rows: [], isLocal: false })
})

test('the code on a terminal has the same modules, two rows a line', () => {
  const { rows } = qrCodeOf(new Secret(ADDRESS))
  const drawn = drawQrCode(rows)
    .split('\n')
    .map((line) => [...line.replaceAll(/\u001b\[[0-9;]*m/g, '')])
  const read = drawn.flatMap((line) => [
    line.map((cell) => (cell === ' ' || cell === '▄' ? '1' : '0')).join(''),
    line.map((cell) => (cell === ' ' || cell === '▀' ? '1' : '0')).join(''),
  ])
  expect(scan(read.slice(0, rows.length))).toBe(ADDRESS)
})
