/** How many rows had ended at a time. */
export interface PaceSample {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly ended: number
}

const MINUTE_MS = 60_000
/** Before so much has been seen, a pace is a guess. */
const SEEN_MS = 3000

/** The samples of the last minute, with one more. */
export const withSample = (samples: readonly PaceSample[], sample: PaceSample): readonly PaceSample[] => {
  const last = samples.at(-1)
  // The same again, a moment later, says nothing more.
  if (last !== undefined && last.ended === sample.ended && sample.at - last.at < 250) return samples
  return [...samples.filter(({ at }) => sample.at - at <= MINUTE_MS), sample]
}

/** Rows a minute and what is left at that pace; null while too little was seen. */
export const paceOf = (
  samples: readonly PaceSample[],
  waiting: number,
): { readonly perMinute: number; readonly leftMs: number | null } | null => {
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined || last.at - first.at < SEEN_MS || last.ended <= first.ended) return null
  const perMs = (last.ended - first.ended) / (last.at - first.at)
  return { perMinute: Math.round(perMs * MINUTE_MS), leftMs: waiting === 0 ? null : waiting / perMs }
}
