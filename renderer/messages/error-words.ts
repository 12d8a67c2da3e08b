import { type ErrorCode, ERRORS, PatchbayError } from '#shared/errors'
import { ERROR_MESSAGES } from './message-catalogue.ts'
import { language } from './translate.ts'

/** What happened and the one next thing to do, in the language of the window. */
export interface ErrorWords {
  readonly message: string
  readonly next: string
}

const wordsOf = (code: ErrorCode): ErrorWords => ERROR_MESSAGES[language()]?.[code] ?? ERRORS[code]

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

/** The message of an error that was written down, in the language of the window where it is the one of its code. */
export const errorMessage = ({ code, message }: { readonly code: string; readonly message: string }): string =>
  isErrorCode(code) && message === ERRORS[code].message ? wordsOf(code).message : message

/** The words of an error. What the core said more precisely than its table stays as it said it. */
export const errorWords = (error: Error): ErrorWords => {
  if (!(error instanceof PatchbayError)) return wordsOf('internal')
  return { message: errorMessage(error), next: wordsOf(error.code).next }
}
