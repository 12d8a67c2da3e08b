import { z } from 'zod'
import { METHODS } from '#shared/contract/contract'
import type { Method } from '#shared/contract/define'
import { PatchbayError, toWire } from '#shared/errors'
import type { Reply } from '#shared/wire'
import type { Caller } from './caller.ts'
import type { Log } from './log.ts'

/** A method's implementation; parameters arrive parsed. */
export type Handler = (params: never, caller: Caller) => unknown

export interface DispatcherOptions {
  /** The implementation behind a wire name. Throws while the vault is closed for a method that needs it open. */
  readonly handlerOf: (name: string, method: Method) => Handler
  /** Turns a reference in `connectionId` (an id, a handle, a slug) into an id. */
  readonly resolveConnectionId: (reference: string) => string
  /** Whether the person said yes to administrative commands at this caller's terminal. */
  readonly isApproved: (caller: Caller) => boolean
  readonly log: Log
  readonly newReference: () => string
}

/** What a caller needs for a method, refused with the error a caller of its kind should see. */
const authorize = (caller: Caller, method: Method, isApproved: (caller: Caller) => boolean): void => {
  const { access } = method
  if (caller.kind === 'unproven') {
    if (access !== 'open') throw new PatchbayError('automation.unproven')
    return
  }
  if (!method.callers.includes(caller.kind)) throw new PatchbayError('automation.denied')
  if (access === 'open' || access === 'read') return
  if (caller.kind === 'automation') throw new PatchbayError('automation.denied')
  if (caller.kind === 'ui') {
    if (access === 'secret') throw new PatchbayError('automation.denied')
    return
  }
  if (access !== 'write' && !isApproved(caller)) throw new PatchbayError('automation.approval_required')
}

/** The path and words of each problem; never the value that was sent. */
const problemsOf = (error: z.ZodError): readonly { path: string; message: string }[] =>
  error.issues.slice(0, 20).map((issue) => ({
    path:
      issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 5).join(', ').slice(0, 200) : issue.path.map(String).join('.').slice(0, 200),
    message: issue.code === 'unrecognized_keys' ? 'is not a parameter of this method' : issue.message.slice(0, 200),
  }))

const strictParams = (schema: z.ZodType): z.ZodType => (schema instanceof z.ZodObject ? schema.strict() : schema)

/** The one door inward: look up, parse, resolve, authorize, run, filter the result. Never throws. */
export const createDispatcher = (options: DispatcherOptions): ((caller: Caller, name: string, params: unknown) => Promise<Reply>) => {
  const { log } = options
  const schemas = new Map<string, z.ZodType>()
  const schemaOf = (name: string, method: Method): z.ZodType => {
    const known = schemas.get(name) ?? strictParams(method.params)
    schemas.set(name, known)
    return known
  }

  const run = async (caller: Caller, name: string, params: unknown): Promise<unknown> => {
    const method = METHODS.get(name)
    if (method === undefined) throw new PatchbayError('request.unknown_method', { data: { method: name.slice(0, 100) } })
    authorize(caller, method, options.isApproved)
    const parsed = schemaOf(name, method).safeParse(params ?? {})
    if (!parsed.success) {
      const problems = problemsOf(parsed.error)
      throw new PatchbayError('request.invalid', {
        message:
          `The call is not understood: ${problems.map(({ path, message }) => `${path === '' ? 'parameters' : path}: ${message}`).join('; ')}`.slice(
            0,
            500,
          ),
        data: { problems },
      })
    }
    const handler = options.handlerOf(name, method)
    const values = parsed.data as Record<string, unknown>
    const resolved =
      typeof values['connectionId'] === 'string' ? { ...values, connectionId: options.resolveConnectionId(values['connectionId']) } : values
    return method.result.parse(await handler(resolved as never, caller))
  }

  return async (caller, name, params) => {
    try {
      return { ok: true, value: await run(caller, name, params) }
    } catch (error) {
      if (error instanceof PatchbayError) {
        log.debug('call.failed', { method: name.slice(0, 100), caller: caller.kind, code: error.code })
        return { ok: false, error: toWire(error) }
      }
      const reference = options.newReference()
      log.error('call.crashed', {
        reference,
        method: name.slice(0, 100),
        caller: caller.kind,
        error,
        stack: error instanceof Error ? error.stack?.split('\n').slice(1, 6) : undefined,
      })
      return { ok: false, error: toWire(error, reference) }
    }
  }
}
