import { z } from 'zod'
import type { ConsoleIo } from '#cli/console-io'
import type { ContractMethod } from '#cli/contract-method'
import { runCommandLine } from '#cli/command-line'
import { METHODS } from '#shared/contract/contract'
import { SecretInput } from '#shared/contract/common'

/** The contract as the build hands it to the command line. */
export const contractMethods: readonly ContractMethod[] = [...METHODS].map(([name, { summary, access, callers, params }]) => ({
  name,
  summary,
  access,
  callers,
  params: z.toJSONSchema(params, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ zodSchema, jsonSchema }) => {
      if ((zodSchema as z.core.$ZodType) === SecretInput) jsonSchema.writeOnly = true
    },
  }) as ContractMethod['params'],
}))

export interface Typed {
  /** What is piped in; with it, stdin is no terminal. */
  readonly input?: string
  /** What a person answers, in order; with it, stdin and stderr are a terminal. */
  readonly answers?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Where it is run. */
  readonly folder?: string
  /** Called with all that was printed, at each print. */
  readonly onPrint?: (out: string, err: string) => void
}

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
  readonly questions: readonly { readonly question: string; readonly isSecret: boolean }[]
  /** The only JSON document of stdout. */
  readonly json: unknown
}

/** Runs one command line in this process against the host of `home`. */
export const runPatchbay = async (home: string, args: readonly string[], typed: Typed = {}): Promise<Ran> => {
  let out = ''
  let err = ''
  const answers = [...(typed.answers ?? [])]
  const questions: Ran['questions'][number][] = []
  const isTerminal = typed.answers !== undefined
  const print = (): void => typed.onPrint?.(out, err)
  const io: ConsoleIo = {
    environment: { PATCHBAY_HOME: home, PATH: process.env['PATH'] ?? '', ...typed.environment },
    isInputTerminal: isTerminal,
    isOutputTerminal: false,
    isErrorTerminal: isTerminal,
    columns: null,
    ...(typed.folder !== undefined && { folder: typed.folder }),
    out: (text) => {
      out += text
      print()
    },
    outBytes: (bytes) => {
      out += Buffer.from(bytes).toString('latin1')
      print()
    },
    err: (text) => {
      err += text
      print()
    },
    readInput: async () => typed.input ?? '',
    ask: async (question, { isSecret = false } = {}) => {
      questions.push({ question, isSecret })
      const answer = answers.shift()
      if (answer === undefined) throw new Error(`Nobody answers "${question}"`)
      return answer
    },
  }
  const code = await runCommandLine(args, { io, version: '0.0.0-test', methods: async () => contractMethods, program: 'no-program' })
  return {
    code,
    out,
    err,
    questions,
    get json() {
      return JSON.parse(out) as unknown
    },
  }
}
