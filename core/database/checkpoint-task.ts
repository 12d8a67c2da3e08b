/** What the thread of the checkpoints gets; both arrays are shared with it. */
export interface CheckpointTask {
  /** The live database. */
  readonly file: string
  /** 32 bytes, zeroed by the one who started the thread. */
  readonly key: Uint8Array
  readonly flags: Int32Array<SharedArrayBuffer>
}

/** Of the flags: the thread has the database open. */
export const HOLDS = 0
/** Of the flags: the thread may not open it any more. */
export const ENDED = 1
