import { z } from 'zod'
import { METHODS } from '#shared/contract/contract'
import type { Method } from '#shared/contract/define'
import { PatchbayError, toWire } from '#shared/errors'
import type { Reply } from '#shared/wire'
import type { AuditSink } from './automation/audit-line.ts'
import { AuditPressure } from './automation/audit-pressure.ts'
import { auditLine, type CallTrace, isAuditedAtOnce } from './automation/call-trace.ts'
import type { GrantGate } from './automation/grant-gate.ts'
import type { AutomationCaller, Caller } from './caller.ts'
import type { ConnectionRow } from './connections/connection-row.ts'
import type { Log } from './log.ts'
import { normalTarget } from './use/service-target.ts'

/** A method's implementation; parameters arrive parsed. */
export type Handler = (params: never, caller: Caller) => unknown

/** What the dispatcher needs of an open database. */
export interface DispatcherEngine {
  readonly gate: GrantGate
  readonly audit: AuditSink
  /** The connection behind a reference in `connectionId` (an id, a handle, a slug), for a program among what it may reach. */
  readonly resolve: (reference: string, caller: Caller) => ConnectionRow
  readonly clientNameOf: (clientId: string) => string | null
}

export interface DispatcherOptions {
  /** The implementation behind a wire name. Throws while the vault is closed for a method that needs it open. */
  readonly handlerOf: (name: string, method: Method) => Handler
  /** Null while the vault is closed. */
  readonly engine: () => DispatcherEngine | null
  /** Throws what keeps the engine from being there. */
  readonly requireEngine: () => DispatcherEngine
  /** Whether the person said yes to administrative commands at this caller's terminal. */
  readonly isApproved: (caller: Caller) => boolean
  readonly log: Log
  readonly now: () => number
  /** A clock that nobody sets, milliseconds. */
  readonly monotonicNow: () => number
  readonly newReference: () => string
}

/** What a caller needs for a method, refused with the error a caller of its kind should see; a program's grants are asked after it. */
const authorize = (caller: Caller, method: Method, isApproved: (caller: Caller) => boolean): void => {
  const { access } = method
  if (caller.kind === 'unproven') {
    if (access !== 'open') throw new PatchbayError('automation.unproven')
    return
  }
  if (!method.callers.includes(caller.kind)) throw new PatchbayError('automation.denied')
  if (access === 'open' || access === 'read' || caller.kind === 'automation') return
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

const problemsError = (error: z.ZodError): PatchbayError => {
  const problems = problemsOf(error)
  const said = problems.map(({ path, message }) => `${path === '' ? 'parameters' : path}: ${message}`).join('; ')
  return new PatchbayError('request.invalid', { message: `The call is not understood: ${said}`.slice(0, 500), data: { problems } })
}

type Values = Readonly<Record<string, unknown>>

/** The connection that a reference names; null where there is no such connection any more. */
const rowOrGone = (engine: DispatcherEngine, reference: string, caller: Caller): ConnectionRow | null => {
  try {
    return engine.resolve(reference, caller)
  } catch (error) {
    if (error instanceof PatchbayError && error.code === 'connection.not_found') return null
    throw error
  }
}

/** Method and path of a call through a connection, as it will reach the service. Throws `request.invalid`. */
const targetOf = (name: string, values: Values): CallTrace['target'] =>
  name === 'connections.request'
    ? { method: String(values['method']), path: normalTarget(String(values['path']), values['query'] as never).path }
    : null

/** The one door inward: look up, parse, resolve, authorize, run, filter the result, write it down. Never throws. */
export const createDispatcher = (options: DispatcherOptions): ((caller: Caller, name: string, params: unknown) => Promise<Reply>) => {
  const { log, monotonicNow } = options
  const pressure = new AuditPressure(monotonicNow)
  const schemas = new Map<string, z.ZodType>()
  const schemaOf = (name: string, method: Method): z.ZodType => {
    const known = schemas.get(name) ?? strictParams(method.params)
    schemas.set(name, known)
    return known
  }

  const admit = (caller: AutomationCaller, method: Method): AutomationCaller => {
    if (method.access === 'open') return caller
    const { gate } = options.requireEngine()
    // A folder that takes no writes keeps no record of what programs do.
    if (options.engine() === null) throw new PatchbayError('audit.unavailable')
    return gate.admit(caller, method)
  }

  const resolved = (method: Method, values: Values, caller: Caller, trace: CallTrace): Values => {
    const reference = values['connectionId']
    if (typeof reference !== 'string') return values
    const engine = options.requireEngine()
    const row = method.tellsOfGone === true ? rowOrGone(engine, reference, caller) : engine.resolve(reference, caller)
    trace.row = row
    return { ...values, connectionId: row?.connection_id ?? reference }
  }

  const run = async (given: Caller, name: string, method: Method, params: unknown, trace: CallTrace): Promise<unknown> => {
    authorize(given, method, options.isApproved)
    const caller = given.kind === 'automation' ? admit(given, method) : given
    const parsed = schemaOf(name, method).safeParse(params ?? {})
    if (!parsed.success) throw problemsError(parsed.error)
    const handler = options.handlerOf(name, method)
    const values = resolved(method, parsed.data as Values, caller, trace)
    trace.target = targetOf(name, values)
    const work = (as: Caller): unknown => handler(values as never, as)
    if (caller.kind !== 'automation' || method.access === 'open') return method.result.parse(await work(caller))
    const { target, row: named } = trace
    const note = ({ grantId, row }: Pick<CallTrace, 'grantId' | 'row'>): void => {
      trace.grantId = grantId
      trace.row = row
    }
    const begun = (): void => void (trace.hasBegun = true)
    const call = { caller, name, method, params: values, row: named, target, note, begun }
    return method.result.parse(await options.requireEngine().gate.run(call, work))
  }

  const replyTo = (error: unknown, caller: Caller, name: string): Reply => {
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

  /** What is more than looking is on the disk before it is answered; a program gets no answer that is not. */
  const writeDown = async (caller: Caller, method: Method, trace: CallTrace, reply: Reply): Promise<Reply> => {
    const engine = options.engine()
    if (method.isPart === true) return reply
    if (engine === null) return trace.hasBegun ? replyTo(new PatchbayError('audit.unavailable'), caller, trace.name) : reply
    const clientName = caller.kind === 'automation' ? engine.clientNameOf(caller.clientId) : null
    const line = auditLine(caller, clientName, trace, reply, monotonicNow())
    const isAtOnce = isAuditedAtOnce(method, reply, trace)
    // What was carried out keeps its line, however much there is of it; of programs and strangers that is what went through the gate.
    const isCarriedOut = isAtOnce && (trace.hasBegun || caller.kind === 'ui' || caller.kind === 'cli')
    const pressed = isCarriedOut ? null : pressure.pressed(line)
    if (!isAtOnce || pressed !== null) {
      engine.audit.note(pressed ?? line)
      return reply
    }
    try {
      await engine.audit.commit(line)
      return reply
    } catch (error) {
      log.error('audit.not_written', { method: trace.name, caller: caller.kind, error })
      return caller.kind === 'automation' ? replyTo(error, caller, trace.name) : reply
    }
  }

  return async (caller, name, params) => {
    const method = METHODS.get(name)
    if (method === undefined)
      return replyTo(new PatchbayError('request.unknown_method', { data: { method: name.slice(0, 100) } }), caller, name)
    const trace: CallTrace = { name, at: options.now(), startedAt: monotonicNow(), grantId: null, row: null, target: null, hasBegun: false }
    let reply: Reply
    try {
      reply = { ok: true, value: await run(caller, name, method, params, trace) }
    } catch (error) {
      reply = replyTo(error, caller, name)
    }
    return writeDown(caller, method, trace, reply)
  }
}
