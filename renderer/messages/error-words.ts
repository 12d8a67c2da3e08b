import { type ErrorCode, ERRORS, PatchbayError } from '#shared/errors'
import { ERROR_MESSAGES } from './message-catalogue.ts'
import { language } from './translate.ts'

/** What happened and the one next thing to do, in the language of the window. */
export interface ErrorWords {
  readonly message: string
  readonly next: string
}

const wordsOf = (code: ErrorCode): ErrorWords => ERROR_MESSAGES[language()]?.[code] ?? ERRORS[code]

/** The words of an error. What the core said more precisely than its table stays as it said it. */
export const errorWords = (error: Error): ErrorWords => {
  if (!(error instanceof PatchbayError)) return wordsOf('internal')
  const words = wordsOf(error.code)
  return { message: error.message === ERRORS[error.code].message ? words.message : error.message, next: words.next }
}
