import type { IncomingMessage } from 'node:http'

/** The two names of a host: `app` serves the window, `authWindow` the sign-in page, which may talk to Nango and so is kept apart. */
export interface HostNames {
  readonly app: string
  readonly authWindow: string
}

/** Whose request it is, or the status that refuses it. */
export type Judgement = { readonly site: 'app' | 'authWindow' } | { readonly refused: 400 | 403 | 421 }

/** Every value of a header as it was sent; Node keeps only one of a repeated one. */
export const valuesOf = (request: IncomingMessage, name: string): readonly string[] => {
  const values: string[] = []
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() === name) values.push(request.rawHeaders[index + 1] ?? '')
  }
  return values
}

/**
 * Decides by Host and Origin alone, before anything else of a request is looked at. A foreign Host is a page that rebinds DNS
 * or a program that lost its way; a foreign Origin is another site in the person's browser.
 */
export const judgeRequest = (request: IncomingMessage, names: HostNames): Judgement => {
  const hosts = valuesOf(request, 'host')
  const [host] = hosts
  if (hosts.length !== 1 || host === undefined || !request.url?.startsWith('/')) return { refused: 421 }
  const site = host === names.app ? 'app' : host === names.authWindow ? 'authWindow' : null
  if (site === null) return { refused: 421 }
  const origins = valuesOf(request, 'origin')
  if (origins.length > 1 || (origins.length === 1 && origins[0] !== `http://${host}`)) return { refused: 403 }
  return { site }
}

/** The value of one cookie; null when it is absent or sent more than once. */
export const cookieOf = (request: IncomingMessage, name: string): string | null => {
  const found = valuesOf(request, 'cookie')
    .flatMap((line) => line.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
  return found.length === 1 && found[0] !== undefined ? found[0].slice(name.length + 1) : null
}
