import { PatchbayError } from '#shared/errors'
import { type Command, confirm, valueOfFlag, wordsOf } from '../command.ts'
import { safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'

interface Named {
  readonly connectionId: string
  readonly handle: string
}

/** `patchbay connections get-metadata REF`. */
export const getMetadataCommand: Command = {
  usage: 'connections get-metadata REF',
  summary: 'The metadata that Nango keeps of a connection.',
  run: async ({ session, print }, args) => {
    const [connectionId = ''] = wordsOf(args, getMetadataCommand.usage, 1)
    print(await session.call('connections.getMetadata', { connectionId }))
  },
}

const objectFrom = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Falls through: it is told below what is wanted.
  }
  throw usageError('Metadata is a JSON object.', 'Write --data \'{"team":"ops"}\', or send it to stdin with --data -.')
}

/** `patchbay connections set-metadata REF --data JSON`: merges; with --replace it asks, because what was there is gone then. */
export const setMetadataCommand: Command = {
  usage: 'connections set-metadata REF --data JSON|- [--replace] [--yes]',
  summary: 'Writes metadata at Nango: each key beside the others, or with --replace in the place of all.',
  booleans: ['replace'],
  values: ['data'],
  run: async (context, args) => {
    const { session, print, io } = context
    const [reference = ''] = wordsOf(args, setMetadataCommand.usage, 1)
    const data = valueOfFlag(args, 'data')
    if (data === undefined) throw usageError(`The command is: patchbay ${setMetadataCommand.usage}`)
    const metadata = objectFrom(data === '-' ? await io.readInput() : data)
    const mode = args.flags.has('replace') ? 'replace' : 'merge'
    const found = (await session.call('connections.get', { connectionId: reference })) as Named
    const question = `Replace all metadata of ${safeText(found.handle)}? What is there now is gone then.`
    if (mode === 'replace' && !(await confirm(context, question))) throw new PatchbayError('request.cancelled')
    print(await session.call('connections.setMetadata', { connectionId: found.connectionId, mode, metadata }))
  },
}

const QUESTIONS = {
  forget: (old: string): string => `Forget ${old} on this computer then? It stays at Nango.`,
  remove: (old: string): string => `Delete ${old} at Nango then and forget it here? Programs that use it by its id lose it.`,
} as const

/** `patchbay connections replace REF BY`: asks where the old one is to go. */
export const replaceCommand: Command = {
  usage: 'connections replace REF BY [--old keep|forget|remove] [--yes]',
  summary: 'Puts one account in the place of another: handle, label, notes and default move to it.',
  values: ['old'],
  run: async (context, args) => {
    const { session, print } = context
    const [reference = '', by = ''] = wordsOf(args, replaceCommand.usage, 2)
    const old = valueOfFlag(args, 'old') ?? 'keep'
    const found = (await session.call('connections.get', { connectionId: reference })) as Named
    if ((old === 'forget' || old === 'remove') && !(await confirm(context, QUESTIONS[old](safeText(found.handle)))))
      throw new PatchbayError('request.cancelled')
    print(await session.call('connections.replace', { connectionId: found.connectionId, byConnectionId: by, old }))
  },
}
