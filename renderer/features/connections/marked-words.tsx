import type { ReactNode } from 'react'

/** A name in a sentence: its direction of writing is its own. */
export const isolated = (words: ReactNode): ReactNode => <bdi>{words}</bdi>

/** A name that a sentence is about. */
export const strong = (words: ReactNode): ReactNode => <bdi className="font-medium break-all text-ink-1">{words}</bdi>
