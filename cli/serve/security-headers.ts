/** Sent with every answer of the host. */
const COMMON = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), payment=()',
} as const

const policy = (connect: readonly string[], frames: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect.join(' ')}`,
    ...(frames.length === 0 ? [] : [`frame-src ${frames.join(' ')}`]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')

/** The headers of the window's pages: they reach their own origin and nothing else. */
export const appHeaders = (host: string): Readonly<Record<string, string>> => ({
  ...COMMON,
  'Content-Security-Policy': policy(["'self'", `ws://${host}`], []),
  'Cross-Origin-Opener-Policy': 'same-origin',
})

/** The headers of the sign-in page: it also reaches the named Nango servers, and must see when its popup closes. */
export const authWindowHeaders = (nangoOrigins: readonly string[]): Readonly<Record<string, string>> => ({
  ...COMMON,
  'Content-Security-Policy': policy(["'self'", ...nangoOrigins.flatMap((origin) => [origin, origin.replace(/^http/, 'ws')])], nangoOrigins),
  'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
})
