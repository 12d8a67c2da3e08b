import { PatchbayError } from '#shared/errors'
import type { CommandContext } from '../command.ts'
import { safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'

/** A connection that a reference means, and why. */
export interface Meant {
  readonly connectionId: string
  readonly handle: string
  readonly connectorId: string
  readonly because: string
}

/** A credential as the host hands it out. */
export interface Handed {
  readonly handle: string
  readonly token: string | null
  readonly fields: Readonly<Record<string, string>>
}

const WHY: Readonly<Record<string, string>> = {
  id: 'its id',
  handle: 'its handle',
  only_one: 'the only one of this connector',
  client_default: 'the default of this program',
  default: 'the default of this connector',
}

/** Which connection a reference would mean, for a run that does nothing. */
export const meantBy = async ({ session }: CommandContext, reference: string): Promise<Meant & { readonly file?: string }> => {
  const named = session.inFolder(reference)
  const found = (await session.call('connections.resolve', { reference })) as Meant
  return named === null ? found : { ...found, because: 'folder', file: named.file }
}

/** `github/work (the default of this connector)`. */
export const meantText = ({ handle, because, file }: Meant & { readonly file?: string }): string =>
  `${safeText(handle)} (${file === undefined ? (WHY[because] ?? because) : `named in ${safeText(file)}`})`

/** A whole number of a flag within its limits. */
export const wholeNumber = (flag: string, text: string | undefined, least: number, most: number): number | undefined => {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most) throw usageError(`--${flag} wants a whole number from ${least} to ${most}.`)
  return value
}

/** For how long a token must be good where nobody says: a call may take a while. */
export const MIN_VALID_SECONDS = 300

/** The field of a credential by its name; without one its token. Throws a usage error that names the fields there are. */
export const fieldOf = ({ handle, token, fields }: Handed, name: string | undefined): string => {
  const value = name === undefined || name === 'token' ? (token ?? fields['token']) : Object.hasOwn(fields, name) ? fields[name] : undefined
  if (value !== undefined) return value
  const names = Object.keys(fields).join(', ')
  throw new PatchbayError('connection.no_credential', {
    message: `The credential of ${handle} has no ${name === undefined ? 'single token' : name}.`,
    data: { next: `It has: ${names}.` },
  })
}

const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,200}$/

/** A name that may stand in an environment. */
export const environmentName = (name: string): string => {
  if (!ENVIRONMENT_NAME.test(name)) throw usageError(`${name} is no name of an environment variable.`)
  return name
}

/** `github` and `access_token` as `GITHUB_ACCESS_TOKEN`. */
export const upperName = (...parts: readonly string[]): string =>
  parts
    .join('_')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_')
