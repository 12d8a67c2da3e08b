import { writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { currentPlace, socketPathOf } from '#core/host-paths'
import { ERRORS, type ErrorCode } from '#shared/errors'
import { temporaryFolder } from '#test/transports/socket-peer'
import { type Ran, runPatchbay, type Typed } from './terminal-stand-in.ts'

/** What a host answers to a method: its result, or the code of an error. */
export type Answer = { readonly result: unknown } | { readonly error: ErrorCode }
export type Script = (method: string, params: Record<string, unknown>) => Answer

/** The other end of the socket as a test wants it: the texts of a command are tried against what no core would say so soon. */
export interface ScriptedHost {
  readonly home: string
  /** Every call but those that open a connection. */
  readonly calls: readonly (readonly [method: string, params: unknown])[]
  readonly patchbay: (args: string | readonly string[], typed?: Typed) => Promise<Ran>
  /** From now on it takes calls and answers none. */
  readonly stall: () => void
  readonly stop: () => Promise<void>
}

interface Asked {
  readonly id: number
  readonly method: string
  readonly params: Record<string, unknown>
}

export const startScriptedHost = async (script: Script): Promise<ScriptedHost> => {
  const folder = temporaryFolder()
  const calls: [string, unknown][] = []
  const sockets = new Set<Socket>()
  let isStalled = false
  const answer = ({ method, params }: Asked): object => {
    if (method === 'system.hello' || method === 'system.prove') return { result: {} }
    calls.push([method, params])
    const said = script(method, params)
    if ('result' in said) return said
    return { error: { code: -32000, message: ERRORS[said.error].message, data: { code: said.error } } }
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    createInterface({ input: socket }).on('line', (line) => {
      const asked = JSON.parse(line) as Asked
      if (isStalled) return
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: asked.id, ...answer(asked) })}\n`)
    })
    socket.on('error', () => {})
  })
  const path = socketPathOf(currentPlace({ PATCHBAY_HOME: folder.path }), folder.path)
  writeFileSync(join(folder.path, 'cli.pass'), 'pass')
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return {
    home: folder.path,
    calls,
    patchbay: (args, typed) => {
      process.exitCode = undefined
      return runPatchbay(folder.path, typeof args === 'string' ? args.split(' ') : args, typed)
    },
    stall: () => {
      isStalled = true
    },
    stop: async () => {
      process.exitCode = undefined
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      folder.remove()
    },
  }
}
