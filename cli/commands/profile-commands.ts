import { readFileSync } from 'node:fs'
import { PatchbayError } from '#shared/errors'
import { type Command, type CommandContext, confirm, profileIdOf, readSecrets, valueOfFlag, wordsOf } from '../command.ts'
import type { Arguments } from '../command-from-method.ts'
import { safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'

const CLOUD = 'https://api.nango.dev'

/** Plain http that leaves this computer. */
const isInsecure = (address: string): boolean => {
  if (!URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return protocol === 'http:' && !/^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
}

const certificateFrom = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw usageError(
      `The certificate ${file} cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}.`,
    )
  }
}

const secretKeyFrom = async (context: CommandContext, args: Arguments): Promise<string | undefined> => {
  const given = valueOfFlag(args, 'secret-key')
  if (given !== undefined && given !== '-') {
    throw usageError(
      'The secret key is read from stdin or typed unseen, never from an argument.',
      'Write --secret-key - and send the key to stdin.',
    )
  }
  if (given === undefined && !context.io.isInputTerminal) return undefined
  return (await readSecrets(context, ['Secret key']))['Secret key']
}

const add: Command['run'] = async (context, args) => {
  const { session, print, say } = context
  const kind = valueOfFlag(args, 'kind') ?? 'nango'
  if (kind !== 'nango' && kind !== 'sandbox') throw usageError('--kind is nango or sandbox.')
  const [word] = wordsOf(args, addProfileCommand.usage, 0, 1)
  const nangoHost = valueOfFlag(args, 'host') ?? valueOfFlag(args, 'nango-host')
  const allowsInsecureHttp = args.flags.has('allow-insecure-http')
  if (nangoHost !== undefined && isInsecure(nangoHost)) {
    say(`Over http everybody on the way to ${safeText(nangoHost)} can read the key.`)
    if (!allowsInsecureHttp)
      throw new PatchbayError('profile.insecure_address', { data: { next: 'Use https, or add --allow-insecure-http.' } })
  }
  const certificate = valueOfFlag(args, 'certificate')
  const certificatePem = certificate === undefined ? undefined : certificateFrom(certificate)
  const secretKey = kind === 'sandbox' ? undefined : await secretKeyFrom(context, args)
  const name =
    valueOfFlag(args, 'name') ??
    word ??
    (kind === 'sandbox' ? 'Sandbox' : new URL(URL.canParse(nangoHost ?? '') ? (nangoHost ?? CLOUD) : CLOUD).hostname)
  print(
    await session.call('profiles.create', {
      name,
      kind,
      use: !args.flags.has('no-use'),
      ...(nangoHost !== undefined && { nangoHost }),
      ...(secretKey !== undefined && { secretKey }),
      ...(certificatePem !== undefined && { certificatePem }),
      ...(allowsInsecureHttp && { allowsInsecureHttp }),
    }),
  )
}

/** `patchbay profiles add`: the key is typed unseen or comes by stdin. */
export const addProfileCommand: Command = {
  usage: 'profiles add [NAME] [--kind nango|sandbox] [--host URL] [--secret-key -] [--certificate FILE] [--allow-insecure-http] [--no-use]',
  summary: 'Adds a profile and uses it; the secret key is typed unseen, or read from stdin with --secret-key -.',
  booleans: ['allow-insecure-http', 'no-use', 'use'],
  values: ['kind', 'host', 'nango-host', 'secret-key', 'certificate', 'name'],
  run: add,
}

/** `patchbay profiles use PROFILE`. */
export const useProfileCommand: Command = {
  usage: 'profiles use PROFILE',
  summary: 'Makes a profile the one in use.',
  run: async (context, args) => {
    const [reference = ''] = wordsOf(args, useProfileCommand.usage, 1)
    context.print(await context.session.call('profiles.use', { profileId: await profileIdOf(context, reference) }))
  },
}

interface Tested {
  readonly isWorking: boolean
  readonly checks: readonly { readonly status: string }[]
}

/** `patchbay profiles test [PROFILE]`; a profile that does not work, or a callback address that leads elsewhere, is exit 1. */
export const testProfileCommand: Command = {
  usage: 'profiles test [PROFILE] [--callback-url URL]',
  summary: 'Reaches the server, tries the key and names what is wrong; with --callback-url also at a callback address of your own.',
  values: ['callback-url'],
  run: async (context, args) => {
    const [reference] = wordsOf(args, testProfileCommand.usage, 0, 1)
    const callbackUrl = valueOfFlag(args, 'callback-url')
    const params = {
      ...(reference !== undefined && { profileId: await profileIdOf(context, reference) }),
      ...(callbackUrl !== undefined && { callbackUrl }),
    }
    const result = (await context.session.call('profiles.test', params)) as Tested
    context.print(result)
    if (!result.isWorking || result.checks.some(({ status }) => status === 'fail')) process.exitCode = 1
  },
}

/** `patchbay profiles remove PROFILE`: cannot be undone, so it asks. */
export const removeProfileCommand: Command = {
  usage: 'profiles remove PROFILE [--yes]',
  summary: 'Forgets a profile, its key and its connections on this computer; nothing changes at Nango.',
  run: async (context, args) => {
    const [reference = ''] = wordsOf(args, removeProfileCommand.usage, 1)
    const profileId = await profileIdOf(context, reference)
    if (!(await confirm(context, `Forget the profile ${safeText(reference)}, its key and its connections on this computer?`))) {
      throw new PatchbayError('request.cancelled')
    }
    context.print(await context.session.call('profiles.remove', { profileId }))
  },
}
