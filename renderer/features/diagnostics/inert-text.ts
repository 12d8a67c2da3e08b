/** Text from outside without what could turn its direction, hide a part of it or run on without end. */
export const inertText = (text: string, most = 2000): string => text.slice(0, most).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '□')

/** The facts of a line in one row: `code nango.timeout · ms 12`. */
export const factsInLine = (fields: Readonly<Record<string, unknown>>): string =>
  inertText(
    Object.entries(fields)
      .map(([name, value]) => `${name} ${typeof value === 'string' ? value : (JSON.stringify(value) ?? '')}`)
      .join(' · '),
    400,
  )
