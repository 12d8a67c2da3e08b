/** The initials of the first and last word (`Google Ads`: GA); of one word its first two letters (`Segment`: Se). */
export const monogram = (name: string): string => {
  const words = name
    .normalize('NFC')
    .split(/[\s\-_/.]+/u)
    .map((word) => word.replace(/[^\p{L}\p{N}]/gu, ''))
    .filter((word) => word !== '')
  const first = [...(words[0] ?? '')]
  if (words.length > 1) return `${first[0] ?? ''}${[...(words.at(-1) ?? '')][0] ?? ''}`.toLocaleUpperCase('en')
  return `${(first[0] ?? '?').toLocaleUpperCase('en')}${first[1] ?? ''}`
}
