interface Picture {
  readonly file: string
  readonly screen: string
  readonly language: string
  readonly theme: string
  readonly size: string
}

const read = (file: string): Picture | null => {
  const found = /^(?<screen>.+?)(?:-(?<language>de))?-(?<theme>light|dark)-(?<size>\d+x\d+)\.png$/.exec(file)?.groups
  if (found === undefined) return null
  const { screen = '', language = 'en', theme = '', size = '' } = found
  return { file, screen, language: language ?? 'en', theme, size }
}

const TITLES: readonly (readonly [title: string, screens: RegExp])[] = [
  ['First run and tour', /^(?:first-run|profile-form|empty|tour|sandbox)/],
  ['Connections', /^(?:connections|connection-panel|offline|remove|rolled-back|vault-locked)/],
  ['The life of a connection', /^(?:health|metadata|panel-menu|reconnect|replace|revoke|tags)/],
  ['Many connections at once', /^(?:bulk|expiring)/],
  ['Bring in what is there', /^(?:adopt|import)/],
  ['Connectors', /^connectors?(?:-|$)/],
  ['Connect several', /^queue-/],
  ['Set up an integration', /^integration-/],
  ['Connect', /^(?:connect-|key-)/],
  ['A program asks', /^(?:pick|approval)(?:-|$)/],
  ['Automations', /^automations-/],
  ['The window of a sign-in', /^auth-window-/],
  ['Palette and keys', /^(?:palette|keys)/],
  ['Settings', /^settings-/],
  ['When something is wrong', /^(?:diagnostics|rescue)-/],
]

const link = ({ file, language, theme, size }: Picture): string =>
  `[${language === 'de' ? 'German, ' : ''}${theme}, ${size.replace('x', ' by ')}](${file})`

/** The index of the folder: each screen with a small picture of it and links to all its sizes, themes and languages. */
export const galleryOf = (files: readonly string[]): string => {
  const pictures = files.map(read).filter((one) => one !== null)
  const screens = Map.groupBy(pictures, ({ screen }) => screen)
  const left = new Set([...screens.keys()].toSorted())
  const parts = new Map<string, string[]>()
  for (const [title, pattern] of TITLES) {
    const own = [...left].filter((screen) => pattern.test(screen))
    for (const screen of own) left.delete(screen)
    parts.set(title, own)
  }
  if (left.size > 0) throw new Error(`The gallery has no place for ${[...left].join(', ')}`)
  const section = ([title]: (typeof TITLES)[number]): string[] => {
    const own = parts.get(title) ?? []
    if (own.length === 0) return []
    const lines = own.map((screen) => {
      const all = screens.get(screen) ?? []
      const shown = all.find(({ language, file }) => language === 'en' && file.endsWith('light-900x600.png')) ?? all[0]
      return `| ${screen.replaceAll('-', ' ')} | <img src="${shown?.file ?? ''}" width="320" alt="${screen.replaceAll('-', ' ')}"> | ${all.map(link).join('<br>')} |`
    })
    return [`## ${title}`, '', '| screen | | pictures |', '| --- | --- | --- |', ...lines, '']
  }
  return [
    '# Pictures of the window',
    '',
    'Every screen and state, light and dark, at 900 by 600 and 1440 by 900; the main ones in German too. `npm run screenshots` takes them anew over demo data and fails where axe finds something or a time, a number or a button is cut.',
    '',
    ...TITLES.flatMap(section),
  ].join('\n')
}
