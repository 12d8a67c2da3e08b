import type { Grant, LiveCall } from '#shared/contract/grants'

/** What waits for the person's yes: a request of a program, or one of its calls. */
export type Question =
  | { readonly kind: 'grant'; readonly id: string; readonly at: string; readonly grant: Grant }
  | { readonly kind: 'call'; readonly id: string; readonly at: string; readonly call: LiveCall & { readonly answerBy: string } }

/** What waits, the oldest first. */
export const questionsOf = (grants: readonly Grant[], calls: readonly LiveCall[]): readonly Question[] =>
  [
    ...grants
      .filter(({ state }) => state === 'waiting')
      .map((grant) => ({ kind: 'grant' as const, id: grant.grantId, at: grant.requestedAt, grant })),
    ...calls.flatMap((call) => {
      const { answerBy } = call
      return call.state !== 'waiting' || answerBy === null
        ? []
        : [{ kind: 'call' as const, id: call.callId, at: call.startedAt, call: { ...call, answerBy } }]
    }),
  ].toSorted((one, other) => one.at.localeCompare(other.at) || one.id.localeCompare(other.id))
