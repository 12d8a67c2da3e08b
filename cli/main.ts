import { runCommandLine } from './command-line.ts'
import { programFile } from './commands/host-commands.ts'
import { processIo } from './console-io.ts'

const table = await import('virtual:contract-table')

process.exitCode = await runCommandLine(process.argv.slice(2), {
  io: processIo(),
  version: table.version,
  methods: async () => table.methods,
  program: programFile(),
})
