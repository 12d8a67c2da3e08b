/** Lets `capacity` events through at once and `perSecond` more each second; answers whether this one may pass. */
export const createRateBucket = (capacity: number, perSecond: number, monotonicNow: () => number): (() => boolean) => {
  let tokens = capacity
  let last = monotonicNow()
  return () => {
    const now = monotonicNow()
    tokens = Math.min(capacity, tokens + ((now - last) / 1000) * perSecond)
    last = now
    if (tokens < 1) return false
    tokens -= 1
    return true
  }
}
