import { PatchbayError, toWire } from '#shared/errors'
import { LIMITS, RPC_CODES, RpcRequest, type RpcResponse, toRpc, type Reply } from '#shared/wire'
import type { Frame, FrameFault } from './frame-reader.ts'

/** A call read from the wire, or the answer that refuses it. `isFatal`: the sender does not speak our framing, hang up after the answer. */
export type Incoming =
  | { readonly kind: 'call'; readonly call: RpcRequest }
  | { readonly kind: 'refused'; readonly answer: RpcResponse; readonly isFatal: boolean }

const protocolFault = (code: number, error: PatchbayError, id: string | number | null = null): RpcResponse => {
  const wire = toWire(error)
  return { jsonrpc: '2.0', id, error: { code, message: wire.message, data: { ...wire.data, code: wire.code } } }
}

/** The answer to bytes that are no message. */
export const answerToFault = (fault: FrameFault): RpcResponse =>
  fault === 'too_large' || fault === 'too_deep'
    ? protocolFault(
        RPC_CODES.invalidRequest,
        new PatchbayError('request.too_large', {
          data: fault === 'too_large' ? { limitInBytes: LIMITS.lineInBytes } : { limitInLevels: LIMITS.depth },
        }),
      )
    : protocolFault(
        RPC_CODES.parse,
        new PatchbayError('request.malformed', { data: { reason: fault === 'not_utf8' ? 'not UTF-8' : 'not JSON' } }),
      )

/** The id of a message that is otherwise not understood, so that its sender can tell which one it was. */
const idOf = (message: unknown): string | number | null => {
  if (typeof message !== 'object' || message === null || !('id' in message)) return null
  const { id } = message
  return (typeof id === 'string' && id.length <= 200) || (typeof id === 'number' && Number.isSafeInteger(id)) ? id : null
}

/** Reads the envelope of one message. Batches, answers and other versions of the protocol are refused; the connection may go on. */
export const readCall = (frame: Frame): Incoming => {
  if (!frame.ok) return { kind: 'refused', answer: answerToFault(frame.fault), isFatal: true }
  const parsed = RpcRequest.safeParse(frame.message)
  if (parsed.success) return { kind: 'call', call: parsed.data }
  const isAboutParams = parsed.error.issues.every((issue) => issue.path[0] === 'params')
  const answer = isAboutParams
    ? protocolFault(
        RPC_CODES.invalidParams,
        new PatchbayError('request.invalid', { data: { problems: [{ path: 'params', message: 'must be an object' }] } }),
        idOf(frame.message),
      )
    : protocolFault(
        RPC_CODES.invalidRequest,
        new PatchbayError('request.malformed', { data: Array.isArray(frame.message) ? { reason: 'batches are refused' } : {} }),
        idOf(frame.message),
      )
  return { kind: 'refused', answer, isFatal: false }
}

/** The text of an answer; one that is longer than the limit becomes an error, so that a line out never exceeds 8 MiB. */
export const writeAnswer = (id: string | number, reply: Reply): string => {
  const text = JSON.stringify(toRpc(id, reply))
  if (text.length * 3 <= LIMITS.lineOutBytes || Buffer.byteLength(text) <= LIMITS.lineOutBytes) return text
  return JSON.stringify(toRpc(id, { ok: false, error: toWire(new PatchbayError('request.result_too_large')) }))
}

/** The text of a notification. */
export const writeNotification = (method: string, params: unknown): string => JSON.stringify({ jsonrpc: '2.0', method, params })
