import { type Command, valueOfFlag, wordsOf } from '../command.ts'
import { formatResult } from '../output.ts'
import { jsonForTerminal, relativeTime, safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'

const numberOf = (value: string | undefined, name: string): number | undefined => {
  if (value === undefined) return undefined
  if (!/^\d{1,15}$/.test(value)) throw usageError(`--${name} wants a number.`)
  return Number(value)
}

/** `patchbay events`: what happened; with --follow what happens, one JSON object a line with --json. */
export const eventsCommand: Command = {
  usage: 'events [--follow] [--after-sequence N] [--limit N] [--connection-id REF]',
  summary: 'What happened, newest last; with --follow also what happens from now on.',
  booleans: ['follow'],
  values: ['after-sequence', 'limit', 'connection-id'],
  run: async ({ io, session, print, isJson, view }, args) => {
    wordsOf(args, eventsCommand.usage, 0)
    const afterSequence = numberOf(valueOfFlag(args, 'after-sequence'), 'after-sequence')
    const limit = numberOf(valueOfFlag(args, 'limit'), 'limit')
    const connectionId = valueOfFlag(args, 'connection-id')
    if (!args.flags.has('follow')) {
      const newestFirst = afterSequence === undefined
      const page = (await session.call('events.list', {
        newestFirst,
        ...(afterSequence !== undefined && { afterSequence }),
        ...(limit !== undefined && { limit }),
        ...(connectionId !== undefined && { connectionId }),
      })) as { readonly events: readonly unknown[] }
      return print(page, () => formatResult({ events: newestFirst ? page.events.toReversed() : page.events }, view))
    }
    const client = await session.connect()
    client.onEvent((event) => {
      const { sequence, type, at, data } = event
      const about = [data['handle'], data['connectionId'], data['connectorId']].find((each) => typeof each === 'string') ?? ''
      io.out(isJson ? `${jsonForTerminal(event)}\n` : `${sequence}  ${relativeTime(at)}  ${safeText(type)}  ${safeText(about)}\n`)
    })
    await client.call('events.subscribe', afterSequence === undefined ? {} : { afterSequence })
    await client.closed
  },
}
