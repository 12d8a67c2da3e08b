import { exactTime, longAgo, shortAgo } from './relative-words.ts'

/** A moment in the past, relative under 7 days; the exact time is its title. `now` comes from useNow. */
export const RelativeTime = ({ at, now, isLong = false }: { readonly at: string; readonly now: number; readonly isLong?: boolean }) => (
  <time dateTime={at} title={exactTime(at)}>
    {isLong ? longAgo(at, now) : shortAgo(at, now)}
  </time>
)
