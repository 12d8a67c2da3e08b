// Names of an environment are told apart by case on some systems only.
const PRIVATE = /^(?:PATCHBAY_PASSPHRASE|NANGO_.*KEY|NANGO_WEBHOOK_SECRET)$/i

/** The environment for a program that is not ours: without our secrets. */
export const foreignEnvironment = (environment: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined || PRIVATE.test(name) ? [] : [[name, value] as const])),
  )
