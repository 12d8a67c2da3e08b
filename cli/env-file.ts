import { usageError } from './usage-error.ts'

const NAME = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]{0,200})\s*=\s*(.*)$/s

/** The value of a line: `'...'` as it stands, `"..."` with `\n`, `\"` and `\\`, else up to a ` #`; null where quotes are not closed. */
const valueOf = (text: string): string | null => {
  const quote = text[0]
  if (quote === "'") return /^'([^']*)'\s*(?:#.*)?$/s.exec(text)?.[1] ?? null
  if (quote !== '"') return text.replace(/(?:^|\s)#.*$/s, '').trim()
  const inner = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/s.exec(text)?.[1]
  return inner?.replaceAll(/\\(.)/gs, (_whole, character: string) => (character === 'n' ? '\n' : character)) ?? null
}

/** The variables of an env file, the last of a name counts. Throws a usage error that names the line, never its value. */
export const parseEnvFile = (text: string, file: string): Record<string, string> => {
  const variables = new Map<string, string>()
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const [, name, rest = ''] = NAME.exec(line) ?? []
    const value = name === undefined ? null : valueOf(rest)
    if (name === undefined || value === null)
      throw usageError(`${file}, line ${index + 1} is not understood.`, 'Write NAME=value, one a line.')
    variables.set(name, value)
  }
  return Object.fromEntries(variables)
}

/** A field of a credential, as `patchbay://github/work/access_token` names it. */
export interface CredentialReference {
  /** A handle, an id or a connector. */
  readonly connection: string
  readonly field: string
}

const SCHEME = 'patchbay://'

/** Whether a value is a reference, whole or broken. */
export const isReference = (value: string): boolean => value.startsWith(SCHEME)

/** Reads a reference; null for one that is broken. */
export const parseReference = (value: string): CredentialReference | null => {
  const parts = value.slice(SCHEME.length).split('/')
  const field = parts.at(-1) ?? ''
  const connection = parts.slice(0, -1).join('/')
  const isWhole = isReference(value) && (parts.length === 2 || parts.length === 3) && !parts.includes('') && !/[\s?#]/.test(value)
  return isWhole ? { connection, field } : null
}
