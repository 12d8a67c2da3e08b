import { z } from 'zod'
import { displayData, displayText } from '../display-text.ts'

/** An instant, ISO 8601 in UTC. */
export const Instant = z.iso.datetime()

/** The identifier of a row of ours: letters, digits, `_` and `-`. */
export const Identifier = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

/**
 * How a caller names a connection: its id, its handle (`github/work`) or, when exactly one matches, a connector's slug.
 * Resolved to the id before authorization.
 */
export const ConnectionReference = z.string().min(1).max(320)

/** A connector's slug, as in Nango's catalogue: `google-mail`. */
export const ConnectorSlug = z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,99}$/i)

/** Text that a person gave as a name: one line, 1 to 200 characters once trimmed, no control or direction-changing characters. */
export const Label = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]*$/u, 'control and direction characters are not allowed')

/** Text that a service or Nango gave, on its way out: fit to be shown, whatever it held. */
export const ForeignText = z.string().overwrite((text) => displayText(text))

/** A longer one, such as the words of an error. */
export const ForeignWords = z.string().overwrite((text) => displayText(text, 2000))

/** Data for a person to judge: its lines stay, and what cannot be seen in them is written as `\u202e`. */
export const ForeignData = z.string().overwrite((text) => displayData(text))

/** Who an account is, as far as anybody said. */
export const AccountIdentity = z.object({
  accountId: ForeignText.nullable(),
  displayName: ForeignText.nullable(),
  username: ForeignText.nullable(),
  email: ForeignText.nullable(),
  avatarUrl: z.string().nullable(),
  workspace: ForeignText.nullable(),
})

/** A secret on its way in; never part of a result. */
export const SecretInput = z.string().min(1).max(65_536)

/** The result of a method that has nothing to say. */
export const Nothing = z.object({})
