import { PatchbayError, toWire } from '#shared/errors'
import type { Reply } from '#shared/wire'

/** The answer to whom this is not open. */
export const deniedReply = (code: 'automation.denied' | 'automation.unproven'): Reply => ({
  ok: false,
  error: toWire(new PatchbayError(code)),
})

/** The answer to a call whose parameter at `path` is wrong. */
export const invalidReply = (path: string, message: string): Reply => ({
  ok: false,
  error: toWire(new PatchbayError('request.invalid', { data: { problems: [{ path, message }] } })),
})
