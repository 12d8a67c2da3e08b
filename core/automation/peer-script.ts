import { statSync } from 'node:fs'
import { basename, resolve } from 'node:path'

/** How the command line of an interpreter names its script. */
interface CommandRules {
  /** Options whose next word belongs to them. */
  readonly valued: readonly string[]
  /** Options after which there is no file: the program is in the command line, or comes from elsewhere. */
  readonly fileless: RegExp
  /** First words that are no file: `deno run`. */
  readonly commands?: readonly string[]
  /** The option that the script follows, where it does not stand alone. */
  readonly fileOption?: string
  /** What may be left out at the end of a name. */
  readonly endings?: readonly string[]
}

const SHELL: CommandRules = { valued: ['-o', '+o', '-O', '+O', '--rcfile', '--init-file'], fileless: /^-[a-z]*[cs]/ }
const SCRIPT_ENDINGS = ['.js', '.cjs', '.mjs', '.ts', '/index.js']

const RULES: readonly (readonly [name: RegExp, rules: CommandRules])[] = [
  [
    /^(?:node|nodejs)[\d.]*$/,
    {
      valued: ['-r', '--require', '--import', '-C', '--conditions', '--loader', '--experimental-loader', '--env-file', '--title'],
      fileless: /^(?:-[a-z]*[epi]|--eval|--print|--interactive|--run|-$)/,
      endings: SCRIPT_ENDINGS,
    },
  ],
  [/^(?:python|pypy)[\d.]*t?$/, { valued: ['-W', '-X', '--check-hash-based-pycs'], fileless: /^-(?:[a-zA-Z]*[cm]|$)/ }],
  [/^(?:bash|sh|dash|ash|zsh|ksh|mksh|fish|busybox)$/, { ...SHELL, commands: ['sh', 'ash'] }],
  [/^perl[\d.]*$/, { valued: ['-I'], fileless: /^-(?:[a-zA-LN-Z0-9]*[eE]|$)/ }],
  [/^(?:ruby|jruby|truffleruby)[\d.]*$/, { valued: ['-I', '-r', '-C', '-E'], fileless: /^-(?:[a-z]*e|$)/ }],
  [/^php[\d.]*$/, { valued: ['-d', '-c', '-z'], fileless: /^-[aBRr]/ }],
  [
    /^deno$/,
    {
      valued: ['-c', '--config', '--import-map', '-L', '--log-level', '--lock', '--cert'],
      fileless: /^(?:eval|repl|task|x)$/,
      commands: ['run', 'serve', 'test'],
    },
  ],
  [
    /^bun$/,
    { valued: ['-r', '--preload', '--cwd', '-c'], fileless: /^(?:x|-e|--eval|-p|--print)$/, commands: ['run'], endings: SCRIPT_ENDINGS },
  ],
  [/^java$/, { valued: [], fileless: /(?!)/, fileOption: '-jar' }],
  [/^(?:lua|luajit|tclsh|wish|Rscript|osascript|pwsh|groovy|guile|elixir|escript)[\d.]*$/, { valued: ['-l'], fileless: /^-e/ }],
]

const isFile = (path: string): boolean => {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true
  } catch {
    return false
  }
}

const wordOfScript = (rules: CommandRules, args: readonly string[]): string | null => {
  if (rules.fileOption !== undefined) {
    const at = args.indexOf(rules.fileOption)
    return at < 0 ? null : (args[at + 1] ?? null)
  }
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? ''
    if (word === '--') return args[at + 1] ?? null
    if (rules.fileless.test(word)) return null
    if (rules.valued.includes(word)) at += 1
    else if (!/^[-+]/.test(word) && word !== '' && !(at === 0 && rules.commands?.includes(word) === true)) return word
  }
  return null
}

/** Whether a program runs other people's scripts, so that its own name says little. */
export const isInterpreter = (path: string): boolean => RULES.some(([name]) => name.test(basename(path)))

/**
 * The script that the command line of an interpreter names, as a path of the process's own; null where it names none that is there.
 * Any process can write what it likes there. `root` is where the `/` of the process is seen from here.
 */
export const scriptOf = (interpreter: string, words: readonly string[], folder: string, root = ''): string | null => {
  const rules = RULES.find(([name]) => name.test(basename(interpreter)))?.[1]
  const word = rules === undefined ? null : wordOfScript(rules, words.slice(1))
  if (word === null || folder === '') return null
  const path = resolve(folder, word.startsWith('file://') ? decodeURIComponent(word.slice('file://'.length)) : word)
  return ['', ...(rules?.endings ?? [])].map((ending) => `${path}${ending}`).find((file) => isFile(`${root}${file}`)) ?? null
}
