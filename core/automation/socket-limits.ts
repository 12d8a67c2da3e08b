/** What every connection may take of the host. Times in milliseconds, sizes in bytes. */
export interface SocketLimits {
  readonly connections: number
  /** Until `system.prove` must have succeeded. */
  readonly unprovenMs: number
  /** Without a call, an answer or a subscription. */
  readonly idleMs: number
  /** Between the first and the last byte of a line. */
  readonly lineMs: number
  /** Unread answers beyond this stop the reading of further calls ... */
  readonly unreadBytes: number
  /** ... and end the connection when they stay unread this long ... */
  readonly unreadMs: number
  /** ... or grow to this. */
  readonly maxUnreadBytes: number
  readonly callsInFlight: number
  readonly failedProofs: number
}
