import { PatchbayError } from '#shared/errors'

export type Tags = Readonly<Record<string, string>>

const MOST_TAGS = 10
const MOST_KEY = 64
const MOST_VALUE = 255
const KEY = /^[a-zA-Z][a-zA-Z0-9_./-]*$/
/** Tags of our own: they tell what was connected from here, and by which attempt. */
const OURS = /^patchbay_/i

const isOurs = (key: string): boolean => OURS.test(key)

const problemOf = (key: string, value: string): string | null => {
  if (!KEY.test(key) || key.length > MOST_KEY)
    return 'a key begins with a letter, has letters, digits and _ . / - and at most 64 characters'
  if (value.length === 0 || value.length > MOST_VALUE) return 'a value has 1 to 255 characters'
  if (/[\p{Cc}\p{Cs}]/u.test(value)) return 'a value has no control characters'
  if (key.toLowerCase() === 'end_user_email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return 'this tag is an e-mail address'
  return null
}

/** Keys as Nango keeps them, in lower case. Throws `connection.invalid_tags` with each problem (nango-api.md section 5). */
export const acceptTags = (given: Tags): Record<string, string> => {
  const problems: { readonly path: string; readonly message: string }[] = []
  const accepted = new Map<string, string>()
  for (const [key, value] of Object.entries(given)) {
    const lower = key.toLowerCase()
    const problem = accepted.has(lower) ? 'this key is there twice, upper and lower case are the same' : problemOf(key, value)
    if (problem !== null) problems.push({ path: key.slice(0, 80), message: problem })
    accepted.set(lower, value)
  }
  if (accepted.size > MOST_TAGS) problems.push({ path: 'tags', message: 'a connection has at most 10 tags' })
  if (problems.length > 0) throw new PatchbayError('connection.invalid_tags', { data: { problems: problems.slice(0, 20) } })
  return Object.fromEntries(accepted)
}

/** Throws `connection.invalid_tags` where tags of our own would be changed or taken away by name. */
export const refuseOurs = (keys: readonly string[]): void => {
  const problems = keys
    .filter(isOurs)
    .map((key) => ({ path: key.slice(0, 80), message: 'tags that begin with patchbay_ are kept as they are' }))
  if (problems.length > 0) throw new PatchbayError('connection.invalid_tags', { data: { problems: problems.slice(0, 20) } })
}

/** How tags change: these beside the others, without these, or these in the place of the others. */
export type TagChange =
  | { readonly mode: 'add' | 'replace'; readonly tags: Tags }
  | { readonly mode: 'remove'; readonly keys: readonly string[] }

/**
 * The tags after a change. Those of our own stay as they are; given unchanged, they do not hurt. Throws `connection.invalid_tags`,
 * also where there would be more than ten.
 */
export const tagsAfter = (before: Tags, change: TagChange): Record<string, string> => {
  const ours = Object.entries(before).filter(([key]) => isOurs(key))
  const others = Object.entries(before).filter(([key]) => !isOurs(key))
  if (change.mode === 'remove') {
    refuseOurs(change.keys)
    const gone = new Set(change.keys.map((key) => key.toLowerCase()))
    return Object.fromEntries([...others.filter(([key]) => !gone.has(key)), ...ours])
  }
  const given = acceptTags(change.tags)
  refuseOurs(Object.keys(given).filter((key) => given[key] !== before[key]))
  const kept = change.mode === 'add' ? others : []
  return acceptTags(Object.fromEntries([...kept, ...Object.entries(given), ...ours]))
}

/** Whether two sets of tags say the same, in whatever order. */
export const areSameTags = (left: Tags, right: Tags): boolean => {
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key])
}
