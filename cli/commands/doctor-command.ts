import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { PatchbayError } from '#shared/errors'
import { type Command, valueOfFlag, wordsOf } from '../command.ts'
import { safeText } from '../text-format.ts'

interface Bundle {
  readonly text: string
  readonly contents: readonly { readonly part: string; readonly what: string }[]
}

/** Writes a bundle for this person's eyes only, never over a file that is there. */
const write = (file: string, text: string): string => {
  const path = resolve(file)
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new PatchbayError('storage.failed', {
      message: isThere ? `${path} exists already; it was left as it is.` : `${path} could not be written.`,
      data: { path, next: isThere ? 'Name another file.' : 'Name a file in a folder that you may write to.' },
      cause: error,
    })
  }
  return path
}

/** `patchbay doctor`: what it found as a table; with `--bundle FILE` a support bundle instead. Exit 1 when a check failed. */
export const doctorCommand: Command = {
  usage: 'doctor [--bundle FILE] [--json]',
  summary: 'Looks at everything Patchbay depends on and says what to do; with --bundle, writes a support bundle without secrets and names.',
  values: ['bundle'],
  run: async (context, args) => {
    wordsOf(args, doctorCommand.usage, 0)
    const { session, print, say, isJson } = context
    const file = valueOfFlag(args, 'bundle')
    if (file !== undefined) {
      const { text, contents } = (await session.call('system.bundle', {})) as Bundle
      const path = write(file, text)
      if (isJson) return print({ path, sizeBytes: Buffer.byteLength(text), contents })
      say(`Written to ${safeText(path)}, for your eyes only. Read it before you send it. It holds:`)
      for (const { part, what } of contents) say(`  ${part}: ${what}`)
      return
    }
    const found = (await session.call('system.doctor', {})) as { readonly checks: readonly { readonly status: string }[] }
    print(found)
    if (found.checks.some(({ status }) => status === 'fail')) process.exitCode = 1
  },
}
