import { type ErrorCode, ERRORS, isErrorCode, PatchbayError } from '#shared/errors'
import { saidBy } from '#shared/sentence'
import { saidText } from '#renderer/ui/said-words.ts'
import { spokenWords } from './translate.ts'

/** What happened and the one next thing to do, in the language of the window. */
export interface ErrorWords {
  readonly message: string
  readonly next: string
}

const wordsOf = (code: ErrorCode): ErrorWords => spokenWords().errors?.[code] ?? ERRORS[code]

/** An error as it was written down. */
interface NotedError {
  readonly code: string
  readonly message: string
}

/** Whether the message of an error that was written down is that of its code, which every language has. */
export const isOwnMessage = (error: NotedError): error is NotedError & { readonly code: ErrorCode } =>
  isErrorCode(error.code) && error.message === ERRORS[error.code].message

/** The message of an error that was written down, in the language of the window where it is the one of its code. */
export const errorMessage = (error: NotedError): string => (isOwnMessage(error) ? wordsOf(error.code).message : error.message)

/** The words of an error. What the core said more precisely than its table stays as it said it, unless it came by key too. */
export const errorWords = (error: Error): ErrorWords => {
  if (!(error instanceof PatchbayError)) return wordsOf('internal')
  return { message: saidText(error.message, [saidBy(error)]), next: wordsOf(error.code).next }
}
