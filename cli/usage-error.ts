import { PatchbayError } from '#shared/errors'

/** A command that is not understood; exit code 2. `next` is the one thing to do about it. */
export const usageError = (message: string, next: string = 'See `patchbay --help`.'): PatchbayError =>
  new PatchbayError('request.invalid', { message, data: { next } })
