import { methods, version } from 'virtual:contract-table'
import { runCommandLine } from './command-line.ts'
import { programFile } from './commands/host-commands.ts'
import { hasOutputPending, processIo } from './console-io.ts'

const main = async (): Promise<void> => {
  const exitCode = await runCommandLine(process.argv.slice(2), {
    io: processIo(),
    version,
    methods: async () => methods,
    program: programFile(),
  })
  // Ending at once saves the orderly end of everything that a short command has opened, unless a slow reader is still reading.
  if (hasOutputPending()) process.exitCode = exitCode
  else process.exit(exitCode)
}

void main()
