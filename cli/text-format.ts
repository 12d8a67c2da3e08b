/** Colours of a terminal; the identity where there is none. */
export interface Paint {
  readonly dim: (text: string) => string
  readonly bold: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly warn: (text: string) => string
}

const sgr =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`
const plain = (text: string): string => text

export const createPaint = (hasColour: boolean): Paint =>
  hasColour
    ? { dim: sgr(2), bold: sgr(1), good: sgr(32), bad: sgr(31), warn: sgr(33) }
    : { dim: plain, bold: plain, good: plain, bad: plain, warn: plain }

/** Control, direction-changing and invisible characters as boxes: text from outside must not steer a terminal. */
export const safeText = (text: string): string =>
  text.replace(
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}|[\u{e0000}-\u{e007f}]/gu,
    '□',
  )

/** JSON whose control characters are all escaped: JSON itself leaves DEL and the C1 controls as they are, which steer some terminals. */
export const jsonForTerminal = (value: unknown, indent = 0): string =>
  JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const NARROW = /^[\u0020-\u007e]*$/

/** Columns that a text takes on a terminal, without colours. */
export const widthOf = (text: string): number => {
  if (NARROW.test(text)) return text.length
  let width = 0
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return width
}

const cut = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  let result = ''
  let used = 0
  for (const character of text) {
    used += widthOf(character)
    if (used > width - 1) break
    result += character
  }
  return `${result}…`
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const

/** An instant as a distance from now: `5 min ago`, `in 3 h`. Older or later than 60 days: the date. */
export const relativeTime = (instant: string, now: number = Date.now()): string => {
  const at = Date.parse(instant)
  if (Number.isNaN(at)) return safeText(instant)
  const seconds = Math.round((at - now) / 1000)
  const distance = Math.abs(seconds)
  if (distance > 60 * 86_400) return new Date(at).toISOString().slice(0, 10)
  if (distance < 2) return 'now'
  const [unit, size] = UNITS.find(([, each]) => distance >= each) ?? ['s', 1]
  const amount = `${Math.floor(distance / size)} ${unit}`
  return seconds < 0 ? `${amount} ago` : `in ${amount}`
}

/** One cell: what is shown, and how it is coloured once its width is known. */
export interface Cell {
  readonly text: string
  readonly paint?: (text: string) => string
}

const GAP = '  '

/** Lines with aligned columns. Texts that are too long for `columns` are cut in the widest column. */
export const formatTable = (head: readonly string[], rows: readonly (readonly Cell[])[], columns: number | null, paint: Paint): string => {
  const widths = head.map((title, index) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index]?.text ?? ''))))
  const total = (): number => widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1)
  while (columns !== null && total() > columns && Math.max(...widths) > 12) {
    const widest = widths.indexOf(Math.max(...widths))
    widths[widest] = Math.max(12, (widths[widest] ?? 12) - (total() - columns))
  }
  const line = (cells: readonly Cell[]): string =>
    cells
      .map(({ text, paint: colour = plain }, index) => {
        const width = widths[index] ?? 0
        const shown = cut(text, width)
        const padding = index === cells.length - 1 ? '' : ' '.repeat(Math.max(0, width - widthOf(shown)))
        return `${colour(shown)}${padding}`
      })
      .join(GAP)
      .trimEnd()
  return [line(head.map((text) => ({ text, paint: paint.dim }))), ...rows.map(line)].join('\n')
}
