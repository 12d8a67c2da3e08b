import { readFile } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { CustomScheme, Protocol } from 'electron'

export const SCHEME = 'patchbay'
/** Where the window's page lives. */
export const APP_ORIGIN = `${SCHEME}://app`
/** Where the auth window's page lives: another origin, so that neither can reach the other. */
export const AUTH_ORIGIN = `${SCHEME}://auth`

/** What Chromium must know of the scheme before the app is ready: secure, and with origins like https. */
export const SCHEMES: CustomScheme[] = [
  { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]

/** A file that may be served, by the one exact address it has. */
export interface ServedFile {
  readonly path: string
  readonly contentType: string
}

export type ServedFiles = ReadonlyMap<string, ServedFile>

/** Files of other kinds (source maps, manifests, dotfiles) have no address. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

const filesBelow = (folder: string, prefix: string): [string, string][] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .flatMap((entry): [string, string][] => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return filesBelow(path, `${prefix}${entry.name}/`)
      return entry.isFile() ? [[`${prefix}${entry.name}`, path]] : []
    })

/** Lists once what a folder of built pages holds; `start` is the page behind `origin/`. Later requests are looked up here, never joined to a path. */
export const listServedFiles = (folder: string, origin: string, start: string): ServedFiles => {
  const files = new Map<string, ServedFile>()
  for (const [name, path] of filesBelow(folder, '/')) {
    const contentType = CONTENT_TYPES[extname(name)]
    if (contentType === undefined) continue
    // The one page of an origin is `/`: no other page of the folder can run there.
    if (extname(name) !== '.html') files.set(`${origin}${name}`, { path, contentType })
    else if (name === start) files.set(`${origin}/`, { path, contentType })
  }
  return files
}

/** The policy of a page. `connect` names what it may reach beside its own origin. */
export const contentSecurityPolicy = (connect: readonly string[] = [], frame: string | null = null): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    `frame-src ${frame ?? "'none'"}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // Stricter than a named policy: no code of ours makes one.
    "trusted-types 'none'",
  ].join('; ')

/** What one origin serves, and under which rules. */
export interface Site {
  readonly files: ServedFiles
  readonly contentSecurityPolicy: string
  /** The auth window's SDK watches its popup, which `same-origin` would cut off. */
  readonly openerPolicy: 'same-origin' | 'same-origin-allow-popups'
}

const headersOf = (site: Site, contentType: string): Record<string, string> => ({
  'Content-Type': contentType,
  'Content-Security-Policy': site.contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': site.openerPolicy,
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), payment=()',
  'Cache-Control': 'no-store',
})

/** Answers one request: a listed file by its exact address, else 404 with a fixed body. Only a fragment, which is no part of the address, is cut. */
export const answerRequest = async (site: Site, request: { readonly url: string; readonly method: string }): Promise<Response> => {
  const fragment = request.url.indexOf('#')
  const address = fragment < 0 ? request.url : request.url.slice(0, fragment)
  const file = request.method === 'GET' ? site.files.get(address) : undefined
  if (file === undefined) return new Response('Not found', { status: 404, headers: headersOf(site, 'text/plain; charset=utf-8') })
  return new Response(new Uint8Array(await readFile(file.path)), { status: 200, headers: headersOf(site, file.contentType) })
}

/** Serves one site on a session's `patchbay:` scheme. */
export const serveSite = (protocol: Pick<Protocol, 'handle'>, site: Site): void => {
  protocol.handle(SCHEME, (request) => answerRequest(site, request))
}
