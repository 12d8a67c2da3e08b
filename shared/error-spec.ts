/** When trying the same call again can help: never, after the person did something, or by itself later. */
export type Retry = 'never' | 'after_fix' | 'later'

/** The exit code of the command line for an error, see surface: 1 failed, 2 usage, 3 no host, 4 denied, 5 person, 6 vault, 7 unreachable. */
export type ExitCode = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 130

/** What belongs to each code of the table of errors. */
export interface ErrorSpec {
  /** What happened, in one sentence. */
  readonly message: string
  /** The one next thing to do. */
  readonly next: string
  readonly retry: Retry
  readonly exit: ExitCode
}

/** One entry of the table; the exit code is 1 where none is given. */
export const spec = (message: string, next: string, retry: Retry, exit: ExitCode = 1): ErrorSpec => ({ message, next, retry, exit })
