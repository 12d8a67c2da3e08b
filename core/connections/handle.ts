/** The part of a handle after the slash: lower-cased, accents taken off, runs of other characters turned to `-`. */
export const slugOf = (label: string): string =>
  label
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '')

/**
 * The handle of a new connection: `connector/label`, with `-2`, `-3`... on a clash, or `connector/1`, `connector/2`... without a
 * label. `isTaken` is asked until a free one is found; `firstNumber` saves asking where many are made at once.
 */
export const makeHandle = (
  connectorId: string,
  label: string | null,
  isTaken: (handle: string) => boolean,
  firstNumber?: number,
): string => {
  const slug = label === null ? '' : slugOf(label)
  if (slug === '') {
    let number = firstNumber ?? 1
    while (isTaken(`${connectorId}/${number}`)) number += 1
    return `${connectorId}/${number}`
  }
  if (!isTaken(`${connectorId}/${slug}`)) return `${connectorId}/${slug}`
  let suffix = firstNumber ?? 2
  while (isTaken(`${connectorId}/${slug}-${suffix}`)) suffix += 1
  return `${connectorId}/${slug}-${suffix}`
}
