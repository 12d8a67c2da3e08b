/** A connector's name as it stands in a sentence: `GitHub` of `GitHub (User OAuth)`. */
export const spokenName = (name: string): string => name.replace(/\s*\([^()]*\)$/, '') || name
