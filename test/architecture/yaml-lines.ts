/**
 * The values of electron-builder.yml by their dotted path, for the plain subset of YAML that it keeps to: maps by indentation,
 * lists of plain values (`path[]`), comments on lines of their own. Anything else throws.
 */
export const readPlainYaml = (text: string): ReadonlyMap<string, readonly string[]> => {
  const values = new Map<string, string[]>()
  const path: { readonly indent: number; readonly key: string }[] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue
    const match = /^( *)(?:- (?<item>.+)|(?<key>[A-Za-z0-9]+):(?: (?<value>.+))?)$/.exec(line)
    if (match?.groups === undefined) throw new Error(`Not in the plain subset: ${line}`)
    const indent = (match[1] ?? '').length
    while ((path.at(-1)?.indent ?? -1) >= indent) path.pop()
    const { item, key, value } = match.groups
    const plain = (raw: string) => raw.replace(/^'(.*)'$/, '$1')
    const above = path.map(({ key: name }) => name)
    if (item !== undefined) {
      const name = `${above.join('.')}[]`
      values.set(name, [...(values.get(name) ?? []), plain(item)])
    } else if (key !== undefined) {
      if (value === undefined) path.push({ indent, key })
      else values.set([...above, key].join('.'), [plain(value)])
    }
  }
  return values
}
