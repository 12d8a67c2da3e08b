import type { Command } from './command.ts'
import { type Flag, flagName, flagsOf, wordOf } from './command-from-method.ts'
import type { ContractMethod } from './contract-method.ts'

const GLOBAL = [
  ['--json', 'exactly the result, as one JSON document'],
  ['--yes', 'say yes beforehand to what cannot be undone'],
  ['--account NAME', 'with a connector as REF: which of its accounts, by label, handle, e-mail address or user name'],
  ['--no-autostart', 'do not start a host; exit 3 when none runs'],
  ['--help', 'this help, or the help of a command'],
  ['--version', 'the version'],
] as const

const aligned = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)))
  return rows
    .map(([left, right]) => (left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`))
    .join('\n')
}

/** The help of the whole program. */
export const programHelp = (commands: ReadonlyMap<string, Command>, methods: ReadonlyMap<string, ContractMethod>): string => {
  const shortcuts = [...commands.values()].map(
    ({ usage, summary }) => [`patchbay ${usage.replace(/ [[-].*$/, '')}`.trim(), summary] as const,
  )
  const domains = new Map<string, string[]>()
  for (const name of methods.keys()) {
    const [domain = '', verb = ''] = name.split('.')
    domains.set(domain, [...(domains.get(domain) ?? []), verb])
  }
  return [
    'Patchbay connects your accounts once and lets programs on this computer use them.',
    '',
    'Commands:',
    aligned(shortcuts),
    '',
    'Every method, as `patchbay DOMAIN METHOD [--flag value]`:',
    aligned([...domains].map(([domain, verbs]) => [domain, verbs.join(' ')] as const)),
    '',
    'Flags of every command:',
    aligned(GLOBAL),
    '',
    'REF is a connection id, a handle such as github/work, or a connector when one connection of it exists.',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no host, 4 denied, 5 the connection needs you, 6 vault locked, 7 unreachable, 130 cancelled.',
    '',
  ].join('\n')
}

/** The help of one command. */
export const commandHelp = ({ usage, summary }: Command): string =>
  `patchbay ${usage}\n\n${summary}\n\nFlags of every command:\n${aligned(GLOBAL)}\n`

const valueName = (flag: Flag): string => {
  if (flag.kind === 'boolean') return ''
  if (flag.isSecret) return flag.kind === 'map' ? ' name=-' : ' -'
  if (flag.choices !== null) return ` ${flag.choices.join('|')}`
  return { number: ' N', list: ' a,b', map: ' name=value', json: ' JSON', text: ' TEXT' }[flag.kind]
}

const noteOf = (flag: Flag): string =>
  [flag.isRequired ? 'needed' : '', flag.isSecret ? 'read from stdin' : '', flag.isNullable ? `--no-${flag.flag} takes it away` : '']
    .filter((note) => note !== '')
    .join(', ')

/** The help of one method, from its schema. */
export const methodHelp = (method: ContractMethod): string => {
  const flags = flagsOf(method)
  const words = flags.filter((flag) => flag.isRequired && !flag.isSecret).map((flag) => ` ${wordOf(flag.name)}`)
  const rows = flags.map((flag) => [`--${flag.flag}${valueName(flag)}`, noteOf(flag)] as const)
  return [
    `patchbay ${method.name.replace('.', ' ')}${words.join('')}${flags.length > 0 ? ' [--flag value]...' : ''}`,
    '',
    method.summary,
    ...(rows.length > 0 ? ['', 'Flags:', aligned(rows)] : []),
    '',
    'Flags of every command:',
    aligned(GLOBAL),
    '',
  ].join('\n')
}

/** The help of a domain: its commands, and its methods that are no command of their own. */
export const domainHelp = (domain: string, methods: readonly ContractMethod[], commands: ReadonlyMap<string, Command>): string => {
  const own = [...commands].filter(([words]) => words.startsWith(`${domain} `))
  const rest = methods.filter(({ name, callers }) => {
    const words = `${domain} ${name.split('.')[1] ?? ''}`
    return callers.includes('cli') && !commands.has(words) && !commands.has(flagName(words))
  })
  const rows = [
    ...own.map(([words, { summary }]) => [words.split(' ')[1] ?? '', summary] as const),
    ...rest.map(({ name, summary }) => [name.split('.')[1] ?? '', summary] as const),
  ]
  return `patchbay ${domain} METHOD [--flag value]...\n\n${aligned(rows)}\n`
}
