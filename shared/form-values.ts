// What a connector's form accepts. Nango keeps whatever it is sent, so these rules are the only check before a useless
// connection; the window and the core run the same ones.
import type { ConnectorField } from './contract/catalogue.ts'
import { readKeyFile } from './key-file.ts'

/** What is wrong with one value; never contains the value of a secret. */
export interface FormProblem {
  readonly name: string
  /** Null for a name the form does not have. */
  readonly group: ConnectorField['group'] | null
  readonly message: string
  /** What was probably meant; using it makes the field right. Never given for a secret. */
  readonly suggestion?: string
}

/** The values as Nango takes them, or everything that is wrong with them. */
export type FormResult =
  | {
      readonly ok: true
      readonly params: Record<string, string>
      readonly credentials: Record<string, string>
      readonly assertion: Record<string, string>
    }
  | { readonly ok: false; readonly problems: readonly FormProblem[] }

type FieldRules = Omit<ConnectorField, 'description' | 'docsUrl'>
type Values = Readonly<Record<string, string>>

const LONGEST = 65_536
/** Patterns are written by others: a bounded value bounds what a bad one can cost. */
const LONGEST_FOR_PATTERN = 8_192
/** Longer text is no slip of the fingers, and not worth a guess. */
const LONGEST_TO_READ = 2_048

const ONLY_HOST = 'Only the host is wanted here, without https:// and path.'

const FORMATS: Readonly<Record<string, { readonly accepts: RegExp; readonly wanted: string }>> = {
  hostname: {
    accepts: /^[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_-]{1,63}){0,20}\.?(:\d{1,5})?$/i,
    wanted: ONLY_HOST,
  },
  uri: {
    // No user name before the host: `https://github.com@example.test` leads to example.test.
    accepts: /^https?:\/\/[^\s/?#@\\]+([/?#][^\s\\]*)?$/i,
    wanted: 'The whole address is wanted here, beginning with https://.',
  },
  uuid: {
    accepts: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
    wanted: 'A UUID is wanted here: 32 digits and letters a to f in five groups.',
  },
  email: { accepts: /^[^\s@<>,;]{1,64}@[^\s@<>,;]{1,190}\.[^\s@<>,;.]{1,63}$/, wanted: 'An email address is wanted here.' },
}

const isSchemePrefix = (prefix: string | null): boolean => prefix !== null && /:\/\/$/.test(prefix)

/** The value without surrounding blanks and without the prefix and suffix that the form shows around it. */
export const bareValue = (field: Pick<ConnectorField, 'prefix' | 'suffix'>, typed: string): string => {
  const { prefix, suffix } = field
  let value = typed.trim()
  if (prefix !== null && value.length > prefix.length && value.toLowerCase().startsWith(prefix.toLowerCase())) {
    value = value.slice(prefix.length)
    if (isSchemePrefix(prefix) && /^[^/?#]+\/$/.test(value)) value = value.slice(0, -1)
  }
  if (suffix !== null) {
    const end = value.endsWith('/') && !suffix.endsWith('/') ? value.slice(0, -1) : value
    if (end.length > suffix.length && end.toLowerCase().endsWith(suffix.toLowerCase())) value = end.slice(0, -suffix.length)
  }
  return value
}

const matchesFormat = (field: FieldRules, value: string): boolean => {
  const format = field.format === null ? undefined : FORMATS[field.format]
  if (format === undefined) return true
  return format.accepts.test(field.format === 'uri' && isSchemePrefix(field.prefix) ? `${field.prefix}${value}` : value)
}

/** Applied as written, like Nango's own form does: most patterns name both ends, a few mean only one. */
const matchesPattern = (pattern: string, value: string): boolean => {
  try {
    return new RegExp(pattern).test(value)
  } catch {
    return true
  }
}

/** The part of a host that a value stands for is nothing but that: a slash, `?`, `#`, `@` or `:` would lead elsewhere. */
const HOST_PART = /^[a-z0-9_](?:[a-z0-9_.-]{0,250}[a-z0-9_])?$/i

/** Whether the value is put into the host of an address, before a suffix such as `.zendesk.com`. */
const isHostPart = (field: FieldRules): boolean => field.group === 'config' && field.suffix?.startsWith('.') === true

/** A pattern may allow an address of any kind: what is an address by its format may still not hide where it leads. */
const isShaped = (field: FieldRules, value: string): boolean => {
  if (isHostPart(field) && !HOST_PART.test(value)) return false
  if (field.pattern === null) return matchesFormat(field, value)
  return matchesPattern(field.pattern, value) && (field.format !== 'uri' || matchesFormat(field, value))
}

/** Whether the definition's example, where it shows one in full, is a value that its own rules accept. */
export const acceptsOwnExample = (field: FieldRules): boolean =>
  field.kind === 'file' ||
  field.example === null ||
  /\*{2,}|\.{3}|[…•]/.test(field.example) ||
  isShaped(field, bareValue(field, field.example))

const hasBadCharacter = (field: FieldRules, value: string): boolean =>
  field.group === 'config' ? /\p{Cc}/u.test(value) : /[^\P{Cc}\t\r\n]/u.test(value)

/** A pattern of one character class with a fixed length: how long the value is to be. */
const fixedLength = (pattern: string | null): number | null => {
  const length = /^\^\[[^\]]+\]\{(\d{1,4})\}\$$/.exec(pattern ?? '')?.[1]
  return length === undefined ? null : Number(length)
}

const shapeMessage = (field: FieldRules, value: string): string => {
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) || /[/?#]/.test(value)
  if (field.suffix !== null && isAddress && field.format !== 'uri') return `Only the part before ${field.suffix} is wanted here.`
  const looksForHost = field.format === 'hostname' || (isSchemePrefix(field.prefix) && field.format !== 'uri')
  if (looksForHost && isAddress) return ONLY_HOST
  const length = fixedLength(field.pattern)
  if (length !== null && [...value].length !== length) return `${length} characters are wanted here; this has ${[...value].length}.`
  const format = field.format === null ? undefined : FORMATS[field.format]
  if (format !== undefined && field.format !== 'hostname') return format.wanted
  if (field.isSecret)
    return /\s/.test(value)
      ? 'A blank is in the middle of it. Copy it again, in one piece.'
      : 'It is not written like this. Copy it again, in one piece.'
  return field.example === null ? 'It is not written like this.' : `It is not written like this. An example: ${field.example}`
}

const hostOf = (typed: string): string | null =>
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@?#\s]*@)?([^/?#\s@:]+)(?::\d+)?(?:[/?#]\S*)?$/i.exec(typed)?.[1]?.toLowerCase() ?? null

const optionMessage = (options: readonly string[], typed: string): string => {
  const isAddress = /[/?#]/.test(typed) && hostOf(typed.trim()) !== null
  if (isAddress && options.some((option) => option.includes('.'))) return ONLY_HOST
  return `It is one of: ${options.slice(0, 8).join(', ')}${options.length > 8 ? ' and others' : ''}.`
}

/** What is wrong with a bare value that is there, or null. */
const problemOf = (field: FieldRules, value: string, typed: string): string | null => {
  const longest = field.pattern === null ? LONGEST : LONGEST_FOR_PATTERN
  if (value.length > longest) return `This is too long: at most ${longest} characters.`
  if (hasBadCharacter(field, value)) return 'It holds a line break or a character that cannot be seen. Type it again.'
  if (field.type === 'number' && !/^-?\d{1,15}(\.\d{1,15})?$/.test(value)) return 'A number is wanted here.'
  if (field.type === 'boolean' && value !== 'true' && value !== 'false') return 'true or false is wanted here.'
  if (field.options !== null) return field.options.includes(value) ? null : optionMessage(field.options, typed)
  return isShaped(field, value) ? null : shapeMessage(field, value)
}

/** The first reading of what was typed that the field takes. */
const suggest = (field: FieldRules, typed: string): string | undefined => {
  const text = typed.trim()
  if (field.isSecret || text.length > LONGEST_TO_READ) return undefined
  const host = hostOf(text)
  const options = (field.options ?? []).toSorted((a, b) => b.length - a.length)
  const candidates = [
    options.find((option) => option.toLowerCase() === text.toLowerCase()),
    options.find((option) => host !== null && (host === option.toLowerCase() || host.endsWith(`.${option.toLowerCase()}`))),
    text.replace(/[/?#]+$/, ''),
    field.format === 'uri' && host !== null && !text.includes('://') ? `https://${text.replace(/\/+$/, '')}` : undefined,
    host === null ? undefined : bareValue(field, host),
    host?.split('.')[0],
    /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0],
    /[^\s@<>,;:]+@[^\s@<>,;]+/.exec(text)?.[0],
    text.toLowerCase(),
  ]
  return candidates.find(
    (candidate) =>
      candidate !== undefined &&
      candidate !== '' &&
      candidate !== bareValue(field, typed) &&
      problemOf(field, candidate, candidate) === null,
  )
}

type Checked = { readonly value: string; readonly email?: string | null } | { readonly message: string; readonly suggestion?: string }

/** One value of the form, as it would be sent, or what is wrong with it. An empty value is only wrong where it is needed. */
export const checkField = (field: FieldRules, typed: string): Checked => {
  const value = bareValue(field, typed)
  if (field.kind === 'file' && value !== '')
    return value.length > LONGEST ? { message: `This is too long: at most ${LONGEST} characters.` } : readKeyFile(field.accepts, value)
  if (value === '') return field.isOptional || field.defaultValue !== null ? { value } : { message: `${field.title} is missing.` }
  const message = problemOf(field, value, typed)
  if (message === null) return { value }
  const suggestion = suggest(field, typed)
  return suggestion === undefined ? { message } : { message, suggestion }
}

const own = (values: Values, name: string): string | undefined => (Object.hasOwn(values, name) ? values[name] : undefined)

/** Where a value may come from: its own group, and for a secret parameter also the credentials, which stay out of argument lists. */
const typedValue = (field: FieldRules, all: readonly FieldRules[], fields: Values, credentials: Values): string => {
  if (field.group === 'credential') return own(credentials, field.name) ?? ''
  const isAlone = !all.some((other) => other.group === 'credential' && other.name === field.name)
  return own(fields, field.name) ?? (field.isSecret && isAlone ? own(credentials, field.name) : undefined) ?? ''
}

/** The field that a service account file answers too: whose account it is. */
const isFileEmail = ({ kind, name }: FieldRules): boolean =>
  kind === 'text' && /^(?:service_?account|client)_?email(?:_?address)?$/i.test(name)

const emailInFiles = (all: readonly FieldRules[], fields: Values, credentials: Values): string | null => {
  for (const field of all.filter(({ kind }) => kind === 'file')) {
    const checked = checkField(field, typedValue(field, all, fields, credentials))
    if ('value' in checked && checked.email) return checked.email
  }
  return null
}

const unknownNames = (connector: { name: string; fields: readonly FieldRules[] }, fields: Values, credentials: Values): FormProblem[] => {
  const asked = connector.fields.filter((field) => !field.isAutomated)
  const refuse = (name: string): FormProblem => {
    const automated = connector.fields.some((field) => field.name === name)
    const message = automated
      ? `${name} is not asked for in this group, or is filled in by itself.`
      : `${connector.name} has no field ${name}.`
    return { name: name.slice(0, 100), group: null, message }
  }
  return [
    ...Object.keys(fields).filter((name) => !asked.some((field) => field.group !== 'credential' && field.name === name)),
    ...Object.keys(credentials).filter(
      (name) => !asked.some((field) => field.name === name && (field.group === 'credential' || field.isSecret)),
    ),
  ].map(refuse)
}

/** Checks a whole form before anything is sent; `params` are Nango's connection parameters. Empty optional values are left out. */
export const validateForm = (
  connector: { readonly name: string; readonly fields: readonly FieldRules[] },
  fields: Values,
  credentials: Values,
): FormResult => {
  const problems = unknownNames(connector, fields, credentials)
  const values = { config: new Map<string, string>(), credential: new Map<string, string>(), assertion: new Map<string, string>() }
  const emailOfFile = emailInFiles(connector.fields, fields, credentials)
  for (const field of connector.fields) {
    const target = values[field.group]
    if (field.isAutomated) {
      if (field.defaultValue !== null) target.set(field.name, field.defaultValue)
      continue
    }
    const typed = typedValue(field, connector.fields, fields, credentials)
    const checked = checkField(field, typed === '' && isFileEmail(field) ? (emailOfFile ?? '') : typed)
    if ('message' in checked) problems.push({ name: field.name, group: field.group, ...checked })
    else if (checked.value !== '') target.set(field.name, checked.value)
    else if (field.defaultValue !== null) target.set(field.name, field.defaultValue)
  }
  if (problems.length > 0) return { ok: false, problems }
  return {
    ok: true,
    params: Object.fromEntries(values.config),
    credentials: Object.fromEntries(values.credential),
    assertion: Object.fromEntries(values.assertion),
  }
}
