import { z } from 'zod'

/** One sentence for a person as a key of shared/finding-words.ts (or of an error) and the values in it; `said` is told in the words of another. */
export const SaidSentence = z.object({ key: z.string().max(80), values: z.record(z.string(), z.union([z.string(), z.number()])) })

/** What a text of an answer says, sentence by sentence, so that it can be told in another language; the text itself is its English. */
export const Said = z.array(SaidSentence).max(12)
export type Said = z.output<typeof Said>
