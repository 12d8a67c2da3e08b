import { randomBytes } from 'node:crypto'
import { isLoopback } from '#core/external-address'
import type { HttpReply } from '#core/http'
import { HttpFailure } from '#core/http-failure'
import { say, type Sentence } from '#shared/sentence'

/** Asks an address without a key and without following where it leads. Throws `HttpFailure`. */
export type Visit = (url: string) => Promise<HttpReply>

/** What became of a callback address; `fix` is null where it is in order. */
export interface CallbackFinding {
  readonly summary: Sentence
  readonly fix: Sentence | null
}

/** Where providers send people back to: `{address}/oauth/callback` (nango-api.md section 9). */
export const nangosCallback = (host: string): string => `${host}/oauth/callback`

/** The address as a person typed it; null unless it is https, or http on this computer, without a password, query or fragment. */
const readAddress = (text: string): URL | null => {
  const url = URL.parse(text.trim())
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)) ? url : null
}

const placeOf = (url: URL): string => url.origin + url.pathname

const hasAll = (url: URL, asked: URLSearchParams): boolean => [...asked].every(([name, value]) => url.searchParams.get(name) === value)

/** A page of Nango's callback: it says that it does not know the made-up sign-in, or has the title of all of them (nango-api.md section 9). */
const isNangosPage = (reply: HttpReply, state: string): boolean => {
  const text = reply.body.toString('utf8')
  return text.includes(`No session found for state: ${state}`) || /<title>\s*Authorization callback/i.test(text)
}

/** What a forwarding answer is worth: it has to be 308, lead to Nango's own address and keep the whole query. */
const judgeForward = (reply: HttpReply, from: URL, own: string): CallbackFinding => {
  const address = placeOf(from)
  const target = URL.parse(reply.headers['location'] ?? '', from.href)
  const there = say('test.callback-forward', { own })
  if (target === null || placeOf(target) !== own)
    return {
      summary: say('test.callback-elsewhere', { address, target: target === null ? '-' : placeOf(target).slice(0, 200), own }),
      fix: there,
    }
  if (!hasAll(target, from.searchParams)) return { summary: say('test.callback-query', { address }), fix: there }
  if (reply.status !== 308) return { summary: say('test.callback-status', { address, status: reply.status }), fix: there }
  return { summary: say('test.callback-forwards', { address, own }), fix: null }
}

/**
 * Looks where a provider would send people back to, with a made-up `code` and `state`: Nango's own address has to answer with Nango's
 * page, one of your own with a 308 to it that keeps the whole query. No sign-in is touched. Never rejects.
 */
export const checkCallback = async (visit: Visit, nangoHost: string, given?: string): Promise<CallbackFinding> => {
  const own = nangosCallback(nangoHost)
  const url = given === undefined ? URL.parse(own) : readAddress(given)
  if (url === null) return { summary: say('test.callback-unusable'), fix: say('test.callback-https') }
  const address = placeOf(url)
  const isOwn = address === own
  const fix = isOwn ? say('test.callback-let-through') : say('test.callback-forward', { own })
  const state = `patchbay-${randomBytes(12).toString('hex')}`
  url.search = new URLSearchParams({ code: 'patchbay-check', state }).toString()
  try {
    const reply = await visit(url.href)
    if (!isOwn && reply.status >= 300 && reply.status < 400) return judgeForward(reply, url, own)
    if (isNangosPage(reply, state)) return { summary: say('test.callback', { address }), fix: null }
    return { summary: say('test.callback-not-nango', { address, status: reply.status }), fix }
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    if (error.kind === 'certificate') return { summary: say('test.callback-certificate', { address }), fix: say('test.callback-trusted') }
    return { summary: error.kind === 'timeout' ? say('test.callback-silent', { address }) : say('test.callback-nothing', { address }), fix }
  }
}
