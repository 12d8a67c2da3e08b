import fc from 'fast-check'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { METHODS } from '#shared/contract/contract'
import type { Method } from '#shared/contract/define'
import type { Reply } from '#shared/wire'
import { mutated, type Schema, valuesOf } from './schema-values.ts'

/** What the fuzzing saw; a fault names the method, the seed that makes it again, and what was wrong. */
export interface FuzzReport {
  readonly methods: number
  readonly refused: number
  readonly accepted: number
  readonly faults: readonly string[]
}

/** Reading methods that the socket answers itself, before the door. */
const OF_THE_SOCKET = new Set(['events.subscribe'])

/** So that one bad method does not hide the others. */
const MOST_FAULTS_EACH = 3

const strict = (schema: z.ZodType): z.ZodType => (schema instanceof z.ZodObject ? schema.strict() : schema)

/** What is looked at after every call; the rows of the database are after all calls of a method. */
const stateOf = ({ folder, settings }: FuzzTarget): string =>
  ['vault.json']
    .map((name) => {
      const file = join(folder, name)
      const stat = statSync(file, { throwIfNoEntry: false, bigint: true })
      return stat === undefined ? `${name} -` : `${name} ${stat.size} ${stat.mtimeNs}`
    })
    .join('\n') + JSON.stringify(settings())

const LEAKS = [/node_modules/, /\bat [\w.<>]+ \(/, /\.ts:\d/, /SELECT |INSERT |UPDATE |SQLITE_/, /\/home\/|\/root\/|\/tmp\//]

const faultOf = (error: Extract<Reply, { ok: false }>['error']): string | null => {
  if (error.code !== 'request.invalid') return `answered ${error.code}`
  const said = JSON.stringify(error)
  const leak = LEAKS.find((pattern) => pattern.test(error.message))
  if (leak !== undefined) return `tells too much: ${error.message.slice(0, 120)}`
  return said.length > 8192 ? `answered ${said.length} bytes` : null
}

export interface FuzzTarget {
  readonly folder: string
  readonly settings: () => unknown
  /** All rows of the database as one text, what the audit writes down of every call aside. */
  readonly rows: () => string
  readonly call: (method: string, params: unknown) => Promise<Reply>
}

/** Sends `runs` inputs that its schema refuses, and as many valid ones to methods that only read, to every method. */
export const fuzzMethods = async (
  target: FuzzTarget,
  runs: number,
  seed: number,
  isWanted: (method: Method) => boolean = () => true,
): Promise<FuzzReport> => {
  const { call } = target
  const faults: string[] = []
  let refused = 0
  let accepted = 0

  const refuseAll = async (name: string, method: Method, values: fc.Arbitrary<unknown>): Promise<void> => {
    const schema = strict(method.params)
    const most = faults.length + MOST_FAULTS_EACH
    const rows = target.rows()
    const broken = values.chain(mutated).filter((value) => !schema.safeParse(value ?? {}).success)
    for (const value of fc.sample(broken, { numRuns: runs, seed })) {
      const before = stateOf(target)
      const reply = await call(name, value)
      refused += 1
      if (reply.ok) faults.push(`${name} (seed ${seed}): took what its schema refuses`)
      else {
        const fault = faultOf(reply.error)
        if (fault !== null) faults.push(`${name} (seed ${seed}): ${fault}`)
      }
      if (stateOf(target) !== before) faults.push(`${name} (seed ${seed}): a refused call changed the state`)
      if (faults.length >= most) return
    }
    if (target.rows() !== rows) faults.push(`${name} (seed ${seed}): refused calls changed the state, rows of the database`)
  }

  const acceptAll = async (name: string, method: Method, values: fc.Arbitrary<unknown>): Promise<void> => {
    const schema = strict(method.params)
    const most = faults.length + MOST_FAULTS_EACH
    for (const value of fc.sample(values, { numRuns: Math.ceil(runs / 4), seed })) {
      if (!schema.safeParse(value).success) continue
      const reply = await call(name, value)
      accepted += 1
      if (!reply.ok && reply.error.code === 'internal')
        faults.push(`${name} (seed ${seed}): answered ${reply.error.code} to ${JSON.stringify(value).slice(0, 120)}`)
      if (faults.length >= most) return
    }
  }

  const wanted = [...METHODS].filter(([, method]) => isWanted(method))
  for (const [name, method] of wanted) {
    const values = valuesOf(z.toJSONSchema(method.params, { io: 'input', unrepresentable: 'any' }) as Schema)
    await refuseAll(name, method, values)
    if (method.access === 'read' && !OF_THE_SOCKET.has(name)) await acceptAll(name, method, values)
  }
  if (Object.hasOwn(Object.prototype, 'isTrusted') || 'polluted' in {}) faults.push('a prototype was changed')
  return { methods: wanted.length, refused, accepted, faults }
}

/** The line of counts. */
export const fuzzCount = (report: FuzzReport, runs: number): string =>
  `methods fuzzed: ${report.methods} methods, ${runs} refused inputs each, ${report.refused} in all, ${report.accepted} valid ones, ${report.faults.length} faults`

/** The longest line of a data folder's logs, bytes. */
export const longestLogLine = (folder: string): number => {
  const file = join(folder, 'logs', 'patchbay.log')
  return existsSync(file)
    ? Math.max(
        0,
        ...readFileSync(file, 'utf8')
          .split('\n')
          .map((line) => Buffer.byteLength(line)),
      )
    : 0
}
