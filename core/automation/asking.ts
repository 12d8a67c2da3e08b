/** Nobody reads a question in less, milliseconds: a yes that comes sooner is no person's. */
export const SHOWN_FOR_MS = 800
/** A question nobody answers is a no after this, milliseconds. */
export const ANSWER_MS = 60_000
/** So many questions of a kind wait at once. */
export const MOST_WAITING = 5
