/**
 * The scopes that were asked for and not given; null where either is not known. A granted scope covers a requested one of the same
 * name, whatever its case.
 */
export const missingScopes = (scopes: {
  readonly requested: readonly string[] | null
  readonly granted: readonly string[] | null
}): string[] | null => {
  if (scopes.requested === null || scopes.granted === null) return null
  const granted = new Set(scopes.granted.map((scope) => scope.toLowerCase()))
  return [...new Set(scopes.requested)].filter((scope) => !granted.has(scope.toLowerCase()))
}

/** The scopes that were given without having been asked for; null where either is not known. */
export const additionalScopes = (scopes: {
  readonly requested: readonly string[] | null
  readonly granted: readonly string[] | null
}): string[] | null => missingScopes({ requested: scopes.granted, granted: scopes.requested })
