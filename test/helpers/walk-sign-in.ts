/** How a walk ended: the last address, its status and its body. */
export interface SignInResult {
  readonly finalUrl: string
  readonly status: number
  readonly body: string
}

export interface SignInChoice {
  readonly deny?: boolean
  /** The name to sign in with, where the page asks for one; `ada` when absent. */
  readonly login?: string
}

const MAX_STEPS = 20

interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
  readonly origin: string
}

/** Cookies by origin, path and name. */
class CookieJar {
  readonly #cookies = new Map<string, Cookie>()

  take(url: URL, response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const equals = pair.indexOf('=')
      const attribute = (name: string): string | undefined =>
        attributes.find((one) => one.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1)
      const cookie = { name: pair.slice(0, equals), value: pair.slice(equals + 1), path: attribute('path') ?? '/', origin: url.origin }
      const key = `${cookie.origin} ${cookie.path} ${cookie.name}`
      const expires = attribute('expires')
      if (cookie.value === '' || (expires !== undefined && Date.parse(expires) < Date.now())) this.#cookies.delete(key)
      else this.#cookies.set(key, cookie)
    }
  }

  header(url: URL): string {
    return [...this.#cookies.values()]
      .filter(({ origin, path }) => origin === url.origin && url.pathname.startsWith(path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }
}

const decodeEntities = (text: string): string =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')

const attributeOf = (tag: string, name: string): string | null => {
  const found = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)
  return found?.[1] === undefined ? null : decodeEntities(found[1])
}

interface Step {
  readonly url: URL
  readonly form: URLSearchParams | null
}

/** The form of a page filled in, or the link that cancels it; null when the page asks nothing. */
const nextStep = (page: URL, html: string, choice: SignInChoice): Step | null => {
  const form = /<form\b[^>]*>/.exec(html)?.[0]
  const action = form === undefined ? null : attributeOf(form, 'action')
  if (action === null) return null
  const hasDecision = /<button\b[^>]*name="decision"/.test(html)
  if (choice.deny && !hasDecision) {
    const cancel = /<a href="([^"]*\/abort[^"]*)"/.exec(html)?.[1]
    if (cancel === undefined) throw new Error('the page has no way to cancel')
    return { url: new URL(decodeEntities(cancel), page), form: null }
  }
  const fields = new URLSearchParams()
  for (const [tag] of html.matchAll(/<input\b[^>]*>/g)) {
    const name = attributeOf(tag, 'name')
    const type = attributeOf(tag, 'type')
    if (name === null) continue
    if (type === 'hidden' || (type === 'radio' && / checked\b/.test(tag))) fields.set(name, attributeOf(tag, 'value') ?? '')
    else if (name === 'login') fields.set(name, choice.login ?? 'ada')
    else if (type === 'password') fields.set(name, 'any password')
  }
  if (hasDecision) fields.set('decision', choice.deny ? 'deny' : 'allow')
  return { url: new URL(action, page), form: fields }
}

/** Follows redirects with cookies and fills in the sign-in and consent forms it meets, until a page asks nothing more. */
export const walkSignIn = async (authorizationUrl: string, choice: SignInChoice = {}): Promise<SignInResult> => {
  const jar = new CookieJar()
  let step: Step = { url: new URL(authorizationUrl), form: null }
  for (let count = 0; count < MAX_STEPS; count++) {
    const cookie = jar.header(step.url)
    const response = await fetch(step.url, {
      redirect: 'manual',
      headers: cookie === '' ? {} : { cookie },
      ...(step.form === null ? {} : { method: 'POST', body: step.form }),
    })
    jar.take(step.url, response)
    const location = response.headers.get('location')
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel()
      step = { url: new URL(location, step.url), form: null }
      continue
    }
    const body = await response.text()
    const next = nextStep(step.url, body, choice)
    if (next === null) return { finalUrl: step.url.href, status: response.status, body }
    step = next
  }
  throw new Error('the sign-in does not come to an end')
}
