/** What turns, hides or steers text without being seen: direction marks, zero-width and tag characters, soft hyphens, halves of pairs. */
const UNSEEN = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}|[\u{e0000}-\u{e007f}]/gu
const JOINER_ALONE = /(?<!\p{Extended_Pictographic}(?:[\u{1f3fb}-\u{1f3ff}]|\ufe0f)?)\u200d|\u200d(?!\p{Extended_Pictographic})/gu
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g
const STACKED = /(\p{M}{4})\p{M}+/gu
const HARMLESS = /^[\u0020-\u007e]*$/

/** A grapheme is rarely longer than this; what is longer is cut before it is taken apart. */
const UNITS_EACH = 20

/**
 * Text from outside on one line, fit to be shown: composed, breaks as blanks, control characters as a box, unseen and
 * direction-changing ones away, stacks of marks cut to four, at most `limit` graphemes.
 */
export const displayText = (text: string, limit = 200): string => {
  if (text.length <= limit && HARMLESS.test(text)) return text
  const clean = text
    .slice(0, limit * UNITS_EACH)
    .normalize('NFC')
    .replace(BREAKS, ' ')
    .replace(CONTROL, '□')
    .replace(UNSEEN, '')
    .replace(JOINER_ALONE, '')
    .replace(STACKED, '$1')
  if (clean.length <= limit) return clean
  const kept: string[] = []
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(clean)) {
    if (kept.length === limit) return `${kept.slice(0, -1).join('')}…`
    kept.push(segment)
  }
  return clean.length < text.length && text.length > limit * UNITS_EACH ? `${clean}…` : clean
}

/** What cannot be seen, or not told from a blank: all of it but blanks and breaks of lines; and marks beyond four on one letter. */
const NOT_SEEN = /[^\n\P{C}]|[^ \n\P{Z}]|\p{Default_Ignorable_Code_Point}|\u2800|(?<=\p{M}{4})\p{M}/gu

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')

/**
 * Data from outside, such as JSON, as somebody has to judge it: its lines stay lines, what cannot be seen is written as `\u202e`, and
 * nothing else is changed. Beyond `limit` characters it is cut and ends with ` …`.
 */
export const displayData = (text: string, limit = 4000): string => {
  const seen = text.slice(0, limit + 1).replace(NOT_SEEN, escaped)
  return seen.length <= limit ? seen : `${seen.slice(0, limit - 2).replace(/[\ud800-\udbff]$/, '')} …`
}
