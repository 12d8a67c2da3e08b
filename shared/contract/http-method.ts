import { z } from 'zod'

/** The methods that a call to a service may have. */
export const HttpMethod = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
export type HttpMethod = z.output<typeof HttpMethod>
