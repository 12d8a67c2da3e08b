import { z } from 'zod'
import type { Json } from './service-body.ts'
import { normalTarget } from './service-target.ts'

/** How a service gives further pages, by the definition that Nango has of it. */
export interface PagingFacts {
  /** Where the service is; null where that is not known. */
  readonly base: () => Promise<string | null>
  /** Where the list stands in the answer: `data.items`. */
  readonly listPath: string | null
  /** Where the address of the next page stands in the answer. */
  readonly linkPath: string | null
  /** Where the mark of the next page stands in the answer, and the parameter that it is sent in. */
  readonly cursor: { readonly path: string; readonly parameter: string } | null
  /** Parameters of the address in which Nango sends the credential, or what belongs to it. */
  readonly credentialParameters: readonly string[]
}

/** What is known of a service of which nothing is known: it may still link its pages. */
export const NO_FACTS: PagingFacts = { base: async () => null, listPath: null, linkPath: null, cursor: null, credentialParameters: [] }

const Name = z.string().min(1).max(200)
const Definition = z.object({
  proxy: z
    .object({
      base_url: z.string().max(2_000).optional().catch(undefined),
      query: z.record(z.string().max(200), z.unknown()).optional().catch(undefined),
      paginate: z
        .object({
          type: z.string(),
          response_path: Name.optional(),
          link_path_in_response_body: Name.optional(),
          cursor_path_in_response: Name.optional(),
          cursor_name_in_request: Name.optional(),
        })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
})

/** The address with the connection's own parts filled in; null where one is missing. */
const filledIn = (template: string, config: Readonly<Record<string, unknown>>): string | null => {
  let isWhole = true
  const url = template.replaceAll(/\$\{([^{}]*)\}/g, (_whole, name: string) => {
    const value = config[name.replace(/^connectionConfig\./, '')]
    if (typeof value === 'string' && value !== '') return value
    isWhole = false
    return ''
  })
  return isWhole && URL.canParse(url) ? url : null
}

/** Reads what a definition says (nango-api.md section 3); `configOf` gives the connection's own values where its address needs them. */
export const pagingFactsFrom = (definition: unknown, configOf: () => Promise<Readonly<Record<string, unknown>>>): PagingFacts => {
  const parsed = Definition.safeParse(definition)
  const proxy = parsed.success ? parsed.data.proxy : undefined
  const template = proxy?.base_url
  const paginate = proxy?.paginate
  const { cursor_path_in_response: cursorPath, cursor_name_in_request: parameter } = paginate ?? {}
  return {
    base: async () => {
      if (template === undefined) return null
      // `a || b`: the first that can be filled in.
      const choices = template.split('||').map((each) => each.trim())
      if (!template.includes('${')) return filledIn(choices[0] ?? '', {})
      const config = await configOf()
      for (const choice of choices) {
        const url = filledIn(choice, config)
        if (url !== null) return url
      }
      return null
    },
    listPath: paginate?.response_path ?? null,
    linkPath: paginate?.link_path_in_response_body ?? null,
    cursor: cursorPath === undefined || parameter === undefined ? null : { path: cursorPath, parameter },
    credentialParameters: Object.entries(proxy?.query ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' && value.includes('${') ? [name] : [],
    ),
  }
}

const isObject = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const at = (value: Json, path: string): Json | undefined =>
  path
    .split('.')
    .reduce<Json | undefined>((inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined), value)

const LINK = /<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]*))?)*)/g
const MOST_OF_HEADER = 16_384

/** The target of the link with the relation `next` (RFC 8288 section 3). */
const nextLinkIn = (header: string | undefined): string | null => {
  for (const [, target, parameters = ''] of (header ?? '').slice(0, MOST_OF_HEADER).matchAll(LINK)) {
    const [, quoted, bare] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]*))/i.exec(parameters) ?? []
    if ((quoted ?? bare ?? '').toLowerCase().split(/\s+/).includes('next')) return target ?? null
  }
  return null
}

const UNKNOWN_PLACE = 'http://service.invalid'

/** The link as a target below the service's base; null for one that leads elsewhere. */
const belowBase = (link: string, current: string, base: string | null): string | null => {
  const home = base === null ? UNKNOWN_PLACE : base.replace(/\/+$/, '')
  const url = URL.parse(link, `${home}${current}`)
  const root = URL.parse(home)
  if (url === null || root === null || url.origin !== root.origin || url.username !== '' || url.password !== '') return null
  const folder = root.pathname.replace(/\/+$/, '')
  if (!url.pathname.startsWith(`${folder}/`)) return null
  try {
    return normalTarget(`${url.pathname.slice(folder.length)}${url.search}`).target
  } catch {
    return null
  }
}

/** The target with a parameter in the place of any of that name; null where it would be too long. */
const withParameter = (target: string, name: string, value: string): string | null => {
  const [path = '', query = ''] = target.split(/\?(.*)/s, 2)
  const encoded = encodeURIComponent(name.toWellFormed())
  const kept = query.split('&').filter((part) => part !== '' && part.split('=')[0] !== encoded)
  try {
    return normalTarget([path, kept.join('&')].filter((part) => part !== '').join('?'), { [name]: value }).target
  } catch {
    return null
  }
}

/** What an answer says of the page after it. */
export type NextPage = { readonly kind: 'at'; readonly target: string } | { readonly kind: 'elsewhere' } | { readonly kind: 'none' }

/** The page after this one: `elsewhere` is a link that does not lead below the service's base, or a mark that fits no address. */
export const nextPage = async (
  page: { readonly target: string; readonly headers: Readonly<Record<string, string>>; readonly body: Json },
  facts: PagingFacts,
): Promise<NextPage> => {
  const inBody = facts.linkPath === null ? undefined : at(page.body, facts.linkPath)
  const link = nextLinkIn(page.headers['link']) ?? (typeof inBody === 'string' && inBody !== '' ? inBody : null)
  if (link !== null) {
    const target = belowBase(link, page.target, await facts.base())
    return target === null ? { kind: 'elsewhere' } : { kind: 'at', target }
  }
  if (facts.cursor === null) return { kind: 'none' }
  const mark = at(page.body, facts.cursor.path)
  const text = typeof mark === 'number' ? String(mark) : mark
  if (typeof text !== 'string' || text === '') return { kind: 'none' }
  const target = withParameter(page.target, facts.cursor.parameter, text)
  return target === null ? { kind: 'elsewhere' } : { kind: 'at', target }
}

/** Where the list of an answer stands: `''` for the answer itself; null where there is none, or it is not clear which. */
export const listPlace = (body: Json, facts: PagingFacts): string | null => {
  if (Array.isArray(body)) return ''
  if (facts.listPath !== null && Array.isArray(at(body, facts.listPath))) return facts.listPath
  if (!isObject(body)) return null
  const [only, second] = Object.entries(body).flatMap(([name, value]) => (Array.isArray(value) && !name.includes('.') ? [name] : []))
  return second === undefined ? (only ?? null) : null
}

/** Adds the list of a further page to that of the first; false where it has none in the same place. */
export const joinList = (first: Json, further: Json, place: string): boolean => {
  const [into, from] = place === '' ? [first, further] : [at(first, place), at(further, place)]
  if (!Array.isArray(into) || !Array.isArray(from)) return false
  for (const each of from) into.push(each)
  return true
}
