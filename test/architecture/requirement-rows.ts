/** One row of docs/REQUIREMENTS.md: the requirement's number, the files that fulfil it, the titles of the tests that show it. */
export interface RequirementRow {
  readonly number: string
  readonly places: readonly string[]
  readonly tests: readonly string[]
}

/** Where a cell holds code, its pieces are the entries, else the cell is one; `<br>` separates those without code. */
const entries = (cell: string): string[] => {
  const coded = [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')
  if (coded.length > 0) return coded
  return cell
    .split(/<br\s*\/?>/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** The rows `| A-number | where | test |`; a pipe inside a cell is written `\|`. */
export const readRequirements = (text: string): RequirementRow[] =>
  text.split('\n').flatMap((line) => {
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|'))
    const [number, where = '', tests = ''] = cells
    return number !== undefined && /^A\d+$/.test(number) ? [{ number, places: entries(where), tests: entries(tests) }] : []
  })
