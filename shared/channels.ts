/** Electron's IPC channel names; free of schemas, so that the preload script stays small. */
export const CHANNELS = {
  call: 'patchbay:call',
  event: 'patchbay:event',
  authSession: 'patchbay:auth-session',
  authOutcome: 'patchbay:auth-outcome',
} as const
