type Environment = Readonly<Record<string, string | undefined>>

/** Variables through which another program loads code of its own into every program that is started with them. */
export const LOADER_VARIABLES = ['NODE_OPTIONS', 'LD_PRELOAD', 'LD_AUDIT', 'DYLD_INSERT_LIBRARIES'] as const

const DEBUGGER = /^--inspect(?:-|=|$)/

/** A computer on which Patchbay itself is worked on: a host may be debugged and given code, by whoever runs as its user. */
export const isForDevelopment = (environment: Environment): boolean => environment['PATCHBAY_DEV'] === '1'

/** The variable or option that lets others into a program that is started so, or null. `options` are those of Node itself. */
export const unsafeStartOf = (environment: Environment, options: readonly string[] = []): string | null => {
  if (isForDevelopment(environment)) return null
  const variable = LOADER_VARIABLES.find((name) => (environment[name] ?? '') !== '')
  return variable ?? options.find((option) => DEBUGGER.test(option))?.replace(/=.*$/s, '') ?? null
}

/** The environment for a host that a command starts by itself: without what would keep it from starting. */
export const withoutLoaders = (environment: Environment): Record<string, string | undefined> =>
  isForDevelopment(environment)
    ? { ...environment }
    : Object.fromEntries(Object.entries(environment).filter(([name]) => !LOADER_VARIABLES.some((loader) => loader === name)))
