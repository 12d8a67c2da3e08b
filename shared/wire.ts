import { z } from 'zod'
import { isErrorCode, type WireError } from './errors.ts'

/** What a call answers inside the program and over Electron's IPC. */
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError }

/** JSON-RPC 2.0's own codes, and the one number all application errors share. */
export const RPC_CODES = {
  parse: -32700,
  invalidRequest: -32600,
  unknownMethod: -32601,
  invalidParams: -32602,
  internal: -32603,
  application: -32000,
} as const

/** Limits of a socket or WebSocket message. */
export const LIMITS = { lineInBytes: 1_048_576, lineOutBytes: 8_388_608, depth: 64 } as const

/** A call as it arrives. The id is a string or an integer; a call without one is a notification and gets no answer. */
export const RpcRequest = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string().max(200), z.number().int()]).optional(),
  method: z.string().min(1).max(200),
  params: z.record(z.string(), z.unknown()).default({}),
})
export type RpcRequest = z.output<typeof RpcRequest>

/** An answer as it leaves. */
export type RpcResponse =
  | { readonly jsonrpc: '2.0'; readonly id: string | number | null; readonly result: unknown }
  | {
      readonly jsonrpc: '2.0'
      readonly id: string | number | null
      readonly error: {
        readonly code: number
        readonly message: string
        readonly data: { readonly code: string } & Record<string, unknown>
      }
    }

/** The JSON-RPC number for an error of ours. */
const numberOf = (error: WireError): number => {
  if (error.code === 'request.invalid') return RPC_CODES.invalidParams
  if (error.code === 'request.unknown_method') return RPC_CODES.unknownMethod
  if (error.code === 'request.malformed' || error.code === 'request.too_large') return RPC_CODES.invalidRequest
  return RPC_CODES.application
}

/** Turns a reply into the JSON-RPC answer to `id`. */
export const toRpc = (id: string | number | null, reply: Reply): RpcResponse =>
  reply.ok
    ? { jsonrpc: '2.0', id, result: reply.value }
    : {
        jsonrpc: '2.0',
        id,
        error: { code: numberOf(reply.error), message: reply.error.message, data: { ...reply.error.data, code: reply.error.code } },
      }

const RpcAnswer = z.object({
  id: z.union([z.string(), z.number(), z.null()]),
  result: z.unknown().optional(),
  error: z.object({ message: z.string(), data: z.looseObject({ code: z.string() }).optional() }).optional(),
})

/** Reads a JSON-RPC answer back into a reply. */
export const fromRpc = (message: unknown): { readonly id: string | number | null; readonly reply: Reply } | null => {
  const parsed = RpcAnswer.safeParse(message)
  if (!parsed.success) return null
  const { id, error, result } = parsed.data
  if (error === undefined) return { id, reply: { ok: true, value: result } }
  const { code = 'internal', ...data } = error.data ?? {}
  return { id, reply: { ok: false, error: { code: isErrorCode(code) ? code : 'internal', message: error.message, data } } }
}
