import type { Grant, GrantLimits, GrantReach, GrantTerm, GrantVerb } from '#shared/contract/grants'
import type { HttpMethod } from '#shared/contract/http-method'
import { valueOfFlag } from '../command.ts'
import type { Arguments } from '../command-from-method.ts'
import { usageError } from '../usage-error.ts'
import { instantOf } from '../when.ts'

/** What a grant allows, as `grants.approve` and `grants.update` take it. */
export interface Terms {
  readonly verbs: readonly GrantVerb[]
  readonly connections: GrantReach
  readonly limits: GrantLimits
  readonly asksEachTime: boolean
  readonly term: GrantTerm
  readonly endsAt: string | null
}

const VERBS: readonly GrantVerb[] = ['read', 'request', 'write', 'secret']
const METHODS: readonly HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
const TERMS: readonly GrantTerm[] = ['once', 'session', 'twelve_hours', 'standing']

const textsOf = (args: Arguments, name: string): readonly string[] =>
  (args.flags.get(name) ?? []).filter((value) => value !== true).filter((value) => value !== '')

const itemsOf = (args: Arguments, name: string): string[] =>
  textsOf(args, name)
    .flatMap((text) => text.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '')

const oneOf = <T extends string>(flag: string, allowed: readonly T[], text: string): T => {
  const found = allowed.find((each) => each === text)
  if (found === undefined) throw usageError(`--${flag} is one of ${allowed.join(', ')}.`)
  return found
}

const jsonOf = (args: Arguments, name: string): unknown => {
  const text = valueOfFlag(args, name)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw usageError(`--${name} wants JSON.`)
  }
}

const tagReach = (text: string): GrantReach => {
  const at = text.indexOf('=')
  return at < 1 ? { kind: 'tag', tag: text } : { kind: 'tag', tag: text.slice(0, at), value: text.slice(at + 1) }
}

const reachOf = (args: Arguments): GrantReach | undefined => {
  const connectionIds = itemsOf(args, 'connection')
  const connectorIds = itemsOf(args, 'connector')
  const tag = valueOfFlag(args, 'tag')
  const raw = jsonOf(args, 'connections') as GrantReach | undefined
  const found: GrantReach[] = [
    ...(connectionIds.length > 0 ? [{ kind: 'some' as const, connectionIds }] : []),
    ...(connectorIds.length > 0 ? [{ kind: 'connectors' as const, connectorIds }] : []),
    ...(tag === undefined ? [] : [tagReach(tag)]),
    ...(args.flags.has('all') ? [{ kind: 'all' as const }] : []),
    ...(raw === undefined ? [] : [raw]),
  ]
  if (found.length > 1) throw usageError('Name the connections in one way: --connection, --connector, --tag or --all.')
  return found[0]
}

const RULE = /^([a-z]+(?:,[a-z]+)*)\s+(\/\S*)$/i

const ruleOf = (text: string): GrantLimits['rules'][number] => {
  const [, names, path] = RULE.exec(text.trim()) ?? []
  if (names === undefined || path === undefined) throw usageError('--rule wants methods and a path: --rule "GET,HEAD /repos/**".')
  return { methods: names.split(',').map((name) => oneOf('rule', METHODS, name.toUpperCase())), path }
}

const LOOKS = new Set<HttpMethod>(['GET', 'HEAD'])

/** The rules with nothing left in them but what looks. */
const onlyLooking = (rules: GrantLimits['rules']): GrantLimits['rules'] => {
  if (rules.length === 0) return [{ methods: ['GET', 'HEAD'], path: '/**' }]
  const left = rules.map(({ methods, path }) => ({ methods: methods.filter((name) => LOOKS.has(name)), path }))
  const some = left.filter(({ methods }) => methods.length > 0)
  if (some.length === 0) throw usageError('None of the calls of this grant only looks: with --get-only nothing is left of it.')
  return some
}

const paceOf = (args: Arguments, name: string, now: number | null): number | null => {
  if (args.flags.has(`no-${name}`)) return null
  const text = valueOfFlag(args, name)
  if (text === undefined) return now
  if (!/^[1-9]\d{0,6}$/.test(text)) throw usageError(`--${name} wants a number.`)
  return Number(text)
}

const LIMIT_FLAGS = ['rule', 'any-call', 'get-only', 'calls-per-minute', 'no-calls-per-minute', 'calls-per-day', 'no-calls-per-day']

const limitsOf = (args: Arguments, now: GrantLimits): GrantLimits | undefined => {
  const raw = jsonOf(args, 'limits') as GrantLimits | undefined
  if (raw !== undefined || !LIMIT_FLAGS.some((name) => args.flags.has(name))) return raw
  const named = textsOf(args, 'rule').map(ruleOf)
  if (named.length > 0 && args.flags.has('any-call')) throw usageError('--rule and --any-call mean different things: give one of them.')
  const rules = named.length > 0 ? named : args.flags.has('any-call') ? [] : now.rules
  return {
    rules: args.flags.has('get-only') ? onlyLooking(rules) : rules,
    callsPerMinute: paceOf(args, 'calls-per-minute', now.callsPerMinute),
    callsPerDay: paceOf(args, 'calls-per-day', now.callsPerDay),
  }
}

/** The terms that the flags name, what they leave open as it stands in `grant`. Throws usage errors. */
export const termsOf = (args: Arguments, grant: Pick<Grant, 'limits'>): Partial<Terms> => {
  const verbs = itemsOf(args, 'verbs').map((verb) => oneOf('verbs', VERBS, verb))
  const connections = reachOf(args)
  const limits = limitsOf(args, grant.limits)
  const term = valueOfFlag(args, 'term')
  const endsAt = valueOfFlag(args, 'ends-at')
  const asks = args.flags.has('asks-each-time')
  return {
    ...(verbs.length > 0 && { verbs }),
    ...(connections !== undefined && { connections }),
    ...(limits !== undefined && { limits }),
    ...(asks && { asksEachTime: true }),
    ...(args.flags.has('no-asks-each-time') && { asksEachTime: false }),
    ...(term !== undefined && { term: oneOf('term', TERMS, term) }),
    ...(endsAt !== undefined && { endsAt: instantOf('ends-at', endsAt, { span: 'ahead', day: 'end' }) }),
    ...(args.flags.has('no-ends-at') && { endsAt: null }),
  }
}
