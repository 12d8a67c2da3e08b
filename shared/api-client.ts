import { type Api, contract } from './contract/contract.ts'
import { fromWire } from './errors.ts'
import type { Reply } from './wire.ts'

/** Carries one call over some transport. */
export type Call = (method: string, params: unknown) => Promise<Reply>

/** A typed client over any transport: a plain object, so an unknown method fails at once. Errors are thrown as PatchbayError. */
export const createApiClient = (call: Call): Api => {
  const domains = Object.entries(contract).map(([domain, methods]) => [
    domain,
    Object.fromEntries(
      Object.keys(methods).map((name) => [
        name,
        async (params: unknown) => {
          const reply = await call(`${domain}.${name}`, params)
          if (reply.ok) return reply.value
          throw fromWire(reply.error)
        },
      ]),
    ),
  ])
  return Object.fromEntries(domains) as Api
}
