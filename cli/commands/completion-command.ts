import { type Command, wordsOf } from '../command.ts'
import { usageError } from '../usage-error.ts'

/** `patchbay completion bash|zsh`; with `values` it is what the script itself asks a running host for. */
export const completionCommand: Command = {
  usage: 'completion bash|zsh',
  summary: 'Prints a script that completes commands, flags and names of connections in your shell.',
  run: async (context, args) => {
    const [shell, kind = '', typed = ''] = wordsOf(args, completionCommand.usage, 1, 3)
    if (shell === 'values') return (await import('./completion-values.ts')).printValues(context, kind, typed)
    if ((shell !== 'bash' && shell !== 'zsh') || args.words.length > 1)
      throw usageError(`The command is: patchbay ${completionCommand.usage}`)
    const [{ completionScript }, { completionTable }] = await Promise.all([
      import('./completion-script.ts'),
      import('./completion-table.ts'),
    ])
    context.io.out(completionScript(shell, completionTable(context.commands, context.methods)))
  },
}
