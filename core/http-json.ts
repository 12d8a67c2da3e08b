import { LIMITS } from '#shared/wire'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Whether arrays and objects of this JSON text are nested deeper than `limit`; looked at before it is parsed, so that depth costs nothing. */
export const isNestedDeeperThan = (text: string, limit: number): boolean => {
  let depth = 0
  let isInString = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (isInString) {
      if (code === BACKSLASH) index++
      else if (code === QUOTE) isInString = false
    } else if (code === QUOTE) isInString = true
    else if (code === 0x5b || code === 0x7b) {
      depth++
      if (depth > limit) return true
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return false
}

/** Parses JSON from outside. Undefined for what is not JSON or is nested deeper than 64 levels; never throws, never quotes the text. */
export const parseForeignJson = (text: string): unknown => {
  if (isNestedDeeperThan(text, LIMITS.depth)) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
