/** Whether a text is one of those that a pattern stands for, in which `*` is any run of characters. Linear steps, whatever the pattern. */
const fits = (pattern: string, text: string): boolean => {
  let at = 0
  let from = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    if (from < pattern.length && pattern[from] === '*') {
      star = from
      resume = at
      from += 1
    } else if (from < pattern.length && pattern[from] === text[at]) {
      at += 1
      from += 1
    } else if (star >= 0) {
      // The last star takes one character more.
      resume += 1
      at = resume
      from = star + 1
    } else return false
  }
  while (pattern[from] === '*') from += 1
  return from === pattern.length
}

/**
 * Whether a path is one of those that a rule of a grant names: `*` is any run of characters within one segment, a last `/**` everything
 * below and the path itself. A slash at the end of the path makes no difference.
 */
export const fitsPath = (pattern: string, path: string): boolean => {
  const isDeep = pattern.endsWith('/**')
  const wanted = (isDeep ? pattern.slice(0, -3) : pattern).split('/')
  const given = (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path).split('/')
  if (isDeep ? given.length < wanted.length : given.length !== wanted.length) return false
  return wanted.every((segment, index) => fits(segment, given[index] ?? ''))
}
