import type { Grant, GrantLimits, GrantVerb } from '#shared/contract/grants'
import type { View } from '../output.ts'
import { type Cell, formatTable, relativeTime, safeText } from '../text-format.ts'

/** Two or more of what looks blank: enough to push words to where they would look like ours. */
const GAPS = /[\s\u115f\u1160\u2800\u3164\uffa0]{2,}/g

/** What pushes words away is shown. */
export const withoutGaps = (text: string): string => text.replace(GAPS, (gap) => '␣'.repeat(gap.length))

/** Words of a program in quotes: on one line, and nothing in them ends the quotes or leaves a gap. */
export const quoted = (text: string): string => `"${safeText(withoutGaps(text).trim()).replaceAll('"', "'")}"`

/** A path or tag as it is where it is plain, in quotes where it could be read as something else. */
export const pathText = (path: string): string => (/^[\w./@+:\\~*%=-]+$/.test(path) ? path : quoted(path))

/** `GET /user` as it is where it is no more than that. */
export const targetText = (target: string): string => (/^[A-Z]+ \/[\w./@+:~*%=-]*$/.test(target) ? target : quoted(target))

const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

const END_WORDS: Readonly<Record<NonNullable<Grant['endedBecause']>, string>> = {
  refused: 'refused',
  unanswered: 'nobody answered',
  withdrawn: 'withdrawn',
  taken_back: 'taken back',
  expired: 'its time is over',
  idle: 'not used for 10 minutes',
  hung_up: 'it hung up',
  locked: 'Patchbay was locked',
  program_changed: 'the program has changed',
  server_changed: 'its profile has another server or key now',
}

const VERB_WORDS: Readonly<Record<GrantVerb, string>> = {
  read: 'look at connections: their names, accounts and state',
  request: 'make calls to the services through them',
  write: 'change them: connect, rename, refresh, remove',
  secret: 'HOLD THEIR CREDENTIALS: what it has copied stays with it, whatever you take back later',
}

/** Which connections, as it was asked: handles, `all of github`, `tag dev` or `all connections`. */
export const reachText = ({ connections, covered, coveredCount }: Pick<Grant, 'connections' | 'covered' | 'coveredCount'>): string => {
  if (connections.kind === 'all') return 'all connections'
  if (connections.kind === 'connectors') return `all of ${connections.connectorIds.map(safeText).join(', ')}`
  if (connections.kind === 'tag')
    return `tag ${pathText(connections.tag)}${connections.value === undefined ? '' : `=${pathText(connections.value)}`}`
  const handles = covered.slice(0, 3).map(({ handle }) => safeText(handle))
  const more = coveredCount - handles.length
  return handles.length === 0 ? 'none that is here' : `${handles.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const ruleTexts = ({ rules }: GrantLimits): string[] => rules.map(({ methods, path }) => `${methods.join(', ')} ${pathText(path)}`)

const paceTexts = ({ callsPerMinute, callsPerDay }: GrantLimits): string[] => [
  ...(callsPerMinute === null ? [] : [`${callsPerMinute} a minute`]),
  ...(callsPerDay === null ? [] : [`${callsPerDay} a day`]),
]

const mayText = ({ verbs, limits, asksEachTime }: Grant): string => {
  const rules = limits.rules.length > 1 ? [`${limits.rules.length} rules`] : ruleTexts(limits)
  const narrowed = [...rules, ...paceTexts(limits), ...(asksEachTime ? ['asks each time'] : [])]
  return `${verbs.join(', ')}${narrowed.length === 0 ? '' : ` (${narrowed.join('; ')})`}`
}

const termText = ({ term, endsAt }: Pick<Grant, 'term' | 'endsAt'>, now: number): string => {
  const until = endsAt === null ? '' : `, ends ${relativeTime(endsAt, now)}`
  return {
    once: `until it hangs up${until}`,
    session: `12 hours at most, less once it has made no call for 10 minutes${until}`,
    twelve_hours: `12 hours${until}`,
    standing: endsAt === null ? 'until you take it back' : `until you take it back${until}`,
  }[term]
}

const endsText = (grant: Grant, now: number): string => {
  if (grant.state === 'waiting') return relativeTime(grant.answerBy, now)
  if (grant.state !== 'active') return grant.endedAt === null ? '-' : relativeTime(grant.endedAt, now)
  if (grant.endsAt !== null) return relativeTime(grant.endsAt, now)
  return grant.term === 'standing' ? 'never' : 'when it hangs up'
}

const stateCell = ({ state, endedBecause }: Grant, { paint }: View): Cell => {
  if (state === 'waiting') return { text: 'waiting', paint: paint.warn }
  if (state === 'active') return { text: 'active', paint: paint.good }
  return { text: endedBecause === null ? state : `${state}: ${END_WORDS[endedBecause]}`, paint: paint.dim }
}

const PAUSED = 'All programs are paused: their calls are refused until `patchbay grants resume`.'

/** The table of grants, those that wait first, and what to do about those. */
export const formatGrants = (result: unknown, view: View): string => {
  const { grants, isPaused } = result as { readonly grants: readonly Grant[]; readonly isPaused: boolean }
  const paused = isPaused ? [view.paint.warn(PAUSED)] : []
  if (grants.length === 0) return [...paused, 'No program has a grant or asks for one.'].join('\n')
  const table = formatTable(
    ['GRANT', 'STATE', 'PROGRAM', 'CONNECTIONS', 'MAY', 'LAST CALL', 'ENDS'],
    grants.map((grant) => [
      { text: safeText(grant.grantId) },
      stateCell(grant, view),
      { text: quoted(grant.clientName) },
      { text: reachText(grant) },
      { text: mayText(grant), ...(grant.verbs.includes('secret') && grant.state === 'active' && { paint: view.paint.warn }) },
      { text: grant.lastCallAt === null ? '-' : relativeTime(grant.lastCallAt, view.now) },
      { text: endsText(grant, view.now) },
    ]),
    view.columns,
    view.paint,
  )
  const waiting = grants.find(({ state }) => state === 'waiting')
  const next = waiting === undefined ? [] : [view.paint.dim(`To answer: patchbay grants approve ${safeText(waiting.grantId)}`)]
  return [...paused, table, ...next].join('\n')
}

/** What a grant allows, fact by fact. */
const termFacts = (grant: Grant, { now, paint }: View): (readonly [string, string])[] => {
  const rules = ruleTexts(grant.limits)
  const pace = paceTexts(grant.limits)
  const covered = grant.covered.map(
    ({ handle, status, label }) => `${safeText(handle)}  ${safeText(status)}${label === null ? '' : `  ${quoted(label)}`}`,
  )
  const more = grant.coveredCount - covered.length
  const isOpen = grant.connections.kind !== 'some'
  const makesCalls = grant.verbs.includes('request')
  return [
    ...grant.verbs.map(
      (verb, index) =>
        [index === 0 ? 'May' : '', `${verb}: ${verb === 'secret' ? paint.bad(VERB_WORDS.secret) : VERB_WORDS[verb]}`] as const,
    ),
    ...(isOpen ? [['With', `${reachText(grant)}, also those that come later`] as const] : []),
    ...covered.map((line, index) => [index > 0 ? '' : isOpen ? 'Now that is' : 'With', line] as const),
    ...(covered.length === 0 ? [[isOpen ? 'Now that is' : 'With', 'none that is here'] as const] : []),
    ...(more > 0 ? [['', `and ${more} more`] as const] : []),
    ...grant.unknownReferences.slice(0, 10).map((name, index) => [index > 0 ? '' : 'Not here', quoted(name)] as const),
    ...(makesCalls && rules.length === 0 ? [['Calls', 'any call'] as const] : []),
    ...rules.map((rule, index) => [index > 0 ? '' : 'Calls', rule] as const),
    ...(pace.length > 0 ? [['At most', pace.join(', ')] as const] : []),
    ...(grant.asksEachTime ? [['Asks you', 'before each call that is more than looking'] as const] : []),
    ['How long', termText(grant, now)],
  ]
}

/** Facts under one another, their names at the left. */
export const factLines = (facts: readonly (readonly [string, string])[], { paint }: View): string[] =>
  facts.map(([title, text]) => `  ${paint.dim(title.padEnd(14))}${text}`)

const programFacts = (grant: Grant, { now, paint }: View): (readonly [string, string])[] => {
  const { program } = grant
  if (program === null) return [['Program', paint.warn('this system does not tell which program it is')]]
  return [
    ['Program', pathText(program.path)],
    ...(program.interpreter === null ? [] : [['Run by', `${pathText(program.interpreter)}: any script of it could say the same`] as const]),
    ['Process', `${program.pid}${program.startedBy.length === 0 ? '' : `, started by ${program.startedBy.map(pathText).join(', by ')}`}`],
    ['File changed', program.changedAt === null ? 'not known' : relativeTime(program.changedAt, now)],
  ]
}

/** All that a request asks for and who asks, for a person to say yes or no to. */
export const formatRequest = (grant: Grant, view: View): string =>
  [
    `${view.paint.bold('A program asks for a grant')}, ${safeText(grant.grantId)}. It is denied ${relativeTime(grant.answerBy, view.now)}.`,
    ...factLines(
      [
        ['Calls itself', `${quoted(grant.clientName)} ${view.paint.dim('(its own words)')}`],
        ['What for', `${quoted(grant.purpose)} ${view.paint.dim('(its own words)')}`],
        ...programFacts(grant, view),
        ['Key', `${safeText(grant.keyFingerprint)}, ${grant.isKnown ? 'held a grant before' : 'never held a grant'}`],
        ...(grant.via === 'mcp' ? [['Came by', 'the socket for MCP: it never gets a credential'] as const] : []),
        ...termFacts(grant, view),
      ],
      view,
    ),
  ].join('\n')

/** What a person says yes to where it is less than what was asked. */
export const formatLess = (grant: Grant, view: View): string => ['You allow less:', ...factLines(termFacts(grant, view), view)].join('\n')

const headline = ({ state, endedBecause, clientName, grantId }: Grant): string => {
  const who = `${quoted(clientName)} (${safeText(grantId)})`
  if (state === 'active') return `${who} may do this:`
  if (state === 'waiting') return `${who} waits for your answer:`
  if (endedBecause === 'refused') return `${who} was refused.`
  if (endedBecause === 'taken_back') return `Taken back: ${who}. It is refused from now on.`
  return `${who}: ${state === 'denied' ? 'denied' : 'ended'}${endedBecause === null ? '' : `, ${END_WORDS[endedBecause]}`}.`
}

/** A grant after something was done to it: what it allows, or that it has ended and how it comes back. */
export const formatGrant = (result: unknown, view: View): string => {
  const grant = result as Grant
  if (grant.state === 'active' || grant.state === 'waiting') return [headline(grant), ...factLines(termFacts(grant, view), view)].join('\n')
  const { restorableUntil, grantId } = grant
  if (restorableUntil === null) return headline(grant)
  return `${headline(grant)}\n${view.paint.dim(`To give it back, ${relativeTime(restorableUntil, view.now)} at the latest: patchbay grants restore ${safeText(grantId)}`)}`
}

/** What was taken back and denied at once. */
export const formatRevokedAll = (result: unknown): string => {
  const { takenBack, denied } = result as { readonly takenBack: number; readonly denied: number }
  if (takenBack + denied === 0) return 'No program had a grant or asked for one.'
  return `Taken back: ${many(takenBack, 'grant')}. Denied: ${many(denied, 'request')}.`
}
