import { PatchbayError } from '#shared/errors'
import { type Command, confirm, profileIdOf, valueOfFlag, wordsOf } from '../command.ts'
import { safeText } from '../text-format.ts'

interface Described {
  readonly current: { readonly integrationId: string; readonly displayName: string; readonly connectionCount: number } | null
}

const hanging = (count: number): string =>
  count === 0
    ? 'No connection hangs on it.'
    : `${count} ${count === 1 ? 'connection hangs' : 'connections hang'} on it and ${count === 1 ? 'goes' : 'go'} with it.`

/** `patchbay integrations remove INTEGRATION`: cannot be undone and takes connections along, so it says how many and asks. */
export const removeIntegrationCommand: Command = {
  usage: 'integrations remove INTEGRATION [--profile P] [--yes]',
  summary: 'Deletes an integration at Nango, with the connections that hang on it.',
  values: ['profile'],
  run: async (context, args) => {
    const { session, print } = context
    const [integrationId = ''] = wordsOf(args, removeIntegrationCommand.usage, 1)
    const profile = valueOfFlag(args, 'profile')
    const place = profile === undefined ? {} : { profileId: await profileIdOf(context, profile) }
    const { current } = (await session.call('integrations.describe', { ...place, integrationId })) as Described
    if (current === null) throw new PatchbayError('nango.not_found')
    const { displayName, connectionCount } = current
    // The answer is about this many: where another connection comes meanwhile, nothing is deleted.
    const question = `Delete the integration ${safeText(integrationId)} (${safeText(displayName)}) at Nango? ${hanging(connectionCount)}`
    if (!(await confirm(context, question))) throw new PatchbayError('request.cancelled')
    print(await session.call('integrations.remove', { ...place, integrationId, connectionCount }))
  },
}
