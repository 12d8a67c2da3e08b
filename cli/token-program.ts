import { createRequire } from 'node:module'
import { version } from 'virtual:contract-table'
import { programFile } from './commands/host-commands.ts'
import { readToken } from './commands/token-command.ts'
import { hasOutputPending, processIo } from './console-io.ts'
import { printFailure } from './failure-text.ts'
import { HostSession } from './host-session.ts'

/** `token REF [--min-valid N]`, as scripts ask for it; null for everything else. */
const plainly = ([word, reference, flag, seconds, ...more]: readonly string[]): { reference: string; minValid?: string } | null => {
  if (word !== 'token' || reference === undefined || reference.startsWith('-') || more.length > 0) return null
  if (flag === undefined) return { reference }
  return flag === '--min-valid' && seconds !== undefined ? { reference, minValid: seconds } : null
}

/** The one command that others wait for again and again, without the rest of the command line. */
const main = async (): Promise<void> => {
  const asked = plainly(process.argv.slice(2))
  if (asked === null) return createRequire(import.meta.filename)('./program.cjs') as void
  const io = processIo()
  const session = new HostSession({ io, version, program: programFile(), mayStart: true })
  let exitCode = 0
  try {
    io.out(`${await readToken(session, asked.reference, asked.minValid)}\n`)
  } catch (error) {
    exitCode = printFailure(io, error, false)
  }
  session.close()
  if (hasOutputPending()) process.exitCode = exitCode
  else process.exit(exitCode)
}

void main()
