import type { Grant, GrantReach, GrantTerm, GrantVerb } from '#shared/contract/grants'
import type { ParamsOf } from '#renderer/api/use-api.ts'
import { VERBS } from './grant-words.ts'

/** How long a yes lasts, the shortest first. */
export const ASKED_TERMS = ['once', 'session', 'twelve_hours'] as const satisfies readonly GrantTerm[]
type AskedTerm = (typeof ASKED_TERMS)[number]

/** What the person has ticked on a card. */
export interface Answer {
  readonly verbs: ReadonlySet<GrantVerb>
  /** The connections that are left out. */
  readonly without: ReadonlySet<string>
  /** Also those that come later and fit; only where the program asked for more than single ones. */
  readonly isOpenEnded: boolean
  readonly term: AskedTerm
  readonly asksEachTime: boolean
}

/** A card as it opens: all that was asked but the credential, which only a tick of its own gives. */
export const firstAnswer = ({ verbs, connections, term, asksEachTime }: Grant): Answer => ({
  verbs: new Set(verbs.filter((verb) => verb !== 'secret')),
  without: new Set(),
  isOpenEnded: connections.kind !== 'some',
  term: ASKED_TERMS.find((one) => one === term) ?? 'session',
  asksEachTime,
})

/** The connections that stay. */
const chosenOf = (grant: Grant, { without }: Answer): readonly string[] =>
  grant.covered.map(({ connectionId }) => connectionId).filter((connectionId) => !without.has(connectionId))

/** What is to be reached; undefined where it is what was asked for. */
const reachOf = (grant: Grant, answer: Answer): GrantReach | undefined => {
  const isAsked = answer.without.size === 0 && (grant.connections.kind === 'some' || answer.isOpenEnded)
  return isAsked ? undefined : { kind: 'some', connectionIds: [...chosenOf(grant, answer)] }
}

/** Why the answer cannot be a yes. */
export const obstacleOf = (grant: Grant, answer: Answer): 'verbs' | 'connections' | null => {
  if (answer.verbs.size === 0) return 'verbs'
  return !answer.isOpenEnded && chosenOf(grant, answer).length === 0 ? 'connections' : null
}

/** What `grants.approve` is told. The verbs always: the credential is never given by leaving something out. */
export const approvalOf = (grant: Grant, answer: Answer): ParamsOf<'grants.approve'> => {
  const connections = reachOf(grant, answer)
  return {
    grantId: grant.grantId,
    verbs: VERBS.filter((verb) => answer.verbs.has(verb)),
    ...(connections === undefined ? {} : { connections }),
    asksEachTime: answer.asksEachTime,
    term: answer.term,
  }
}

/** Whether the yes is to less than what was asked for, and whether only by verbs. */
export const lessOf = (grant: Grant, answer: Answer): 'all' | 'verbs' | 'less' => {
  if (reachOf(grant, answer) !== undefined) return 'less'
  return answer.verbs.size < grant.verbs.length ? 'verbs' : 'all'
}
