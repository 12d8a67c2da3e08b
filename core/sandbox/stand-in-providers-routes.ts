import { z } from 'zod'
import type { Call, Handler, StandInContext } from './stand-in-context.ts'
import type { StandInProvider } from './stand-in-provider.ts'
import { answer, parseOrRefuse, refuse } from './stand-in-reply.ts'
import { EmptyQuery, IntegrationKey, ProviderName } from './stand-in-schemas.ts'

const shown = (name: string, provider: StandInProvider, context: StandInContext) => ({
  ...provider,
  name,
  logo_url: `${context.url}/images/template-logos/${name}.svg`,
})

/** GET /providers: every definition, filtered by a search in the name alone (nango-api.md section 3). */
export const listProviders: Handler = (call, context) => {
  const { search } = parseOrRefuse('invalid_query_params', z.strictObject({ search: IntegrationKey.optional() }), call.query)
  const wanted = search === undefined ? null : new RegExp(search, 'i')
  const found = [...context.providers].filter(([name]) => wanted === null || wanted.test(name))
  return answer(200, { data: found.map(([name, provider]) => shown(name, provider, context)) })
}

/** GET /providers/{provider}. */
export const getProvider: Handler = (call: Call, context) => {
  parseOrRefuse('invalid_query_params', EmptyQuery, call.query)
  const { provider: name } = parseOrRefuse('invalid_uri_params', z.strictObject({ provider: ProviderName }), call.params)
  const provider = context.providers.get(name)
  if (!provider) throw refuse(404, 'not_found', `Unknown provider ${name}`)
  return answer(200, { data: shown(name, provider, context) })
}
