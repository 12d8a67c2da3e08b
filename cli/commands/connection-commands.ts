import { PatchbayError } from '#shared/errors'
import { type Command, confirm, wordsOf } from '../command.ts'
import { safeText } from '../text-format.ts'
import { formatRemoval } from './health-commands.ts'

interface Named {
  readonly connectionId: string
  readonly handle: string
}

/** `patchbay connections rename REF LABEL`. */
export const renameCommand: Command = {
  usage: 'connections rename REF LABEL',
  summary: 'Gives a connection another label; its handle stays.',
  run: async ({ session, print }, args) => {
    const [connectionId = '', label = ''] = wordsOf(args, renameCommand.usage, 2)
    print(await session.call('connections.update', { connectionId, label: label === '' ? null : label }))
  },
}

/** `patchbay connections refresh REF`: a risky one is asked for first. */
export const refreshCommand: Command = {
  usage: 'connections refresh REF [--yes]',
  summary: 'Asks Nango for a fresh token now.',
  booleans: ['accept-risk'],
  run: async (context, args) => {
    const { session, print } = context
    const [connectionId = ''] = wordsOf(args, refreshCommand.usage, 1)
    const refresh = (acceptRisk: boolean): Promise<unknown> => session.call('connections.refresh', { connectionId, acceptRisk })
    try {
      print(await refresh(args.flags.has('accept-risk')))
    } catch (error) {
      if (!(error instanceof PatchbayError) || error.code !== 'connection.refresh_risky') throw error
      const canAsk = context.saysYes || (context.io.isInputTerminal && context.io.isErrorTerminal)
      if (!canAsk || !(await confirm(context, `${error.message} Try anyway?`))) throw error
      print(await refresh(true))
    }
  },
}

/** `patchbay connections remove REF`: cannot be undone, so it asks. */
export const removeConnectionCommand: Command = {
  usage: 'connections remove REF [--forget-only] [--revoke] [--yes]',
  summary: 'Deletes a connection at Nango and forgets it here, or only forgets it here; with --revoke, ends access first.',
  booleans: ['forget-only', 'revoke'],
  run: async (context, args) => {
    const { session, print } = context
    const [reference = ''] = wordsOf(args, removeConnectionCommand.usage, 1)
    // The question names what would go, and the answer is about exactly that one.
    const found = (await session.call('connections.get', { connectionId: reference })) as Named
    const forgetOnly = args.flags.has('forget-only')
    const isRevoked = args.flags.has('revoke')
    const end = isRevoked ? 'End its access at the provider, delete' : 'Delete'
    const question = forgetOnly
      ? `${isRevoked ? 'End its access at the provider and forget' : 'Forget'} ${safeText(found.handle)} on this computer? It stays at Nango.`
      : `${end} ${safeText(found.handle)} at Nango and forget it here? Programs that use it lose it.`
    if (!(await confirm(context, question))) throw new PatchbayError('request.cancelled')
    const removed = await session.call('connections.remove', { connectionId: found.connectionId, forgetOnly, revoke: isRevoked })
    print(removed, formatRemoval)
  },
}
