import { type Command, valueOfFlag, wordsOf } from '../command.ts'
import type { HostSession } from '../host-session.ts'
import { fieldOf, type Handed, meantBy, meantText, MIN_VALID_SECONDS, wholeNumber } from './use-text.ts'

const secondsOf = (text: string | undefined): number => wholeNumber('min-valid', text, 0, 86_400) ?? MIN_VALID_SECONDS

/** The token of a connection, good for so long. */
export const readToken = async (session: HostSession, connectionId: string, minValid: string | undefined): Promise<string> =>
  fieldOf((await session.call('connections.getCredentials', { connectionId, minValidSeconds: secondsOf(minValid) })) as Handed, undefined)

/** `patchbay token REF`: stdout holds the token and nothing else. */
export const tokenCommand: Command = {
  usage: 'token REF [--min-valid SECONDS] [--field NAME] [--dry-run]',
  summary: 'Prints the access token or key of a connection, good for 300 seconds at least.',
  booleans: ['dry-run'],
  values: ['min-valid', 'field'],
  run: async (context, args) => {
    const { session, print } = context
    const [connectionId = ''] = wordsOf(args, tokenCommand.usage, 1)
    const minValidSeconds = secondsOf(valueOfFlag(args, 'min-valid'))
    const field = valueOfFlag(args, 'field')
    if (args.flags.has('dry-run')) {
      const meant = await meantBy(context, connectionId)
      return print(meant, () => `Would print the ${field ?? 'token'} of ${meantText(meant)}.`)
    }
    const handed = (await session.call('connections.getCredentials', { connectionId, minValidSeconds })) as Handed
    print(handed, () => fieldOf(handed, field))
  },
}
