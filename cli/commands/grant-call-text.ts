import { callDetails, type CallEffect, callEffect } from '#shared/call-details'
import type { LiveCall } from '#shared/contract/grants'
import type { View } from '../output.ts'
import { formatTable, relativeTime, safeText, widthOf } from '../text-format.ts'
import { factLines, pathText, quoted, targetText, withoutGaps } from './grant-text.ts'

const EFFECT_WORDS: Readonly<Record<CallEffect, string>> = {
  connect: 'a sign-in for a new connection begins',
  reconnect: 'a new sign-in for this connection begins',
  update: 'its label, notes or tags are changed',
  metadata: 'its metadata at Nango is changed',
  refresh: 'Nango is asked for a fresh token',
  secret: 'THE PROGRAM GETS THE CREDENTIAL ITSELF: what it has copied stays with it. That cannot be undone',
  revoke: 'ACCESS IS ENDED AT THE SERVICE; the connection no longer works. That cannot be undone',
  remove: 'THE CONNECTION IS DELETED AT NANGO and forgotten here. That cannot be undone',
  revoke_remove: 'ACCESS IS ENDED AT THE SERVICE, then the connection is deleted. That cannot be undone',
  forget: 'the connection is forgotten here; Nango keeps it',
}
const LOUD: ReadonlySet<CallEffect> = new Set(['secret', 'revoke', 'remove', 'revoke_remove'])

const DETAIL_WORDS: Readonly<Record<string, string>> = {
  query: 'Query',
  headers: 'Headers',
  body: 'Body',
  label: 'Label',
  notes: 'Notes',
  tags: 'Tags',
  mode: 'Mode',
  metadata: 'Metadata',
  scopes: 'Scopes',
  connectorId: 'To connect',
}

const NAME_COLUMNS = 16
const FEWEST_COLUMNS = 20

/** Data behind a bar on every line, so that no line of it can be taken for one of ours, however narrow the terminal is. */
const barred = (json: string, { columns, paint }: View): string[] => {
  const most = Math.max(FEWEST_COLUMNS, (columns ?? 100) - NAME_COLUMNS - 3)
  const lines = ['']
  let used = 0
  for (const character of safeText(withoutGaps(json))) {
    const width = widthOf(character)
    if (used + width > most) {
      lines.push('')
      used = 0
    }
    lines.push(`${lines.pop() ?? ''}${character}`)
    used += width
  }
  return lines.map((line) => `${paint.dim('|')} ${line}`)
}

const detailFacts = ({ method, details }: LiveCall, view: View): (readonly [string, string])[] => {
  const { items, isCut } = callDetails(details)
  // How it is removed is said in words.
  const shown = method === 'connections.remove' ? [] : items
  return [
    ...shown.flatMap(({ key, json }) =>
      barred(json, view).map((line, index) => [index > 0 || key === null ? '' : (DETAIL_WORDS[key] ?? safeText(key)), line] as const),
    ),
    ...(isCut ? [['', view.paint.warn('(cut here: it would send more than is shown)')] as const] : []),
  ]
}

/** Which program makes a call, what comes of it, and what it would send or change. */
export const formatCallFacts = (call: LiveCall, view: View): string => {
  const { program, pid } = call
  const effect = callEffect(call)
  return factLines(
    [
      [
        'Program',
        program === null
          ? view.paint.warn('this system does not tell which program it is')
          : `${pathText(program)}${pid === null ? '' : `, process ${pid}`}`,
      ],
      ...(effect === null
        ? []
        : [['What happens', LOUD.has(effect) ? view.paint.bad(`${EFFECT_WORDS[effect]}.`) : `${EFFECT_WORDS[effect]}.`] as const]),
      ...detailFacts(call, view),
    ],
    view,
  ).join('\n')
}

const whatWords = ({ clientName, method, handle, target }: LiveCall): string =>
  `${quoted(clientName)} wants ${target === null ? safeText(method) : quoted(target)}${handle === null ? '' : ` with ${safeText(handle)}`}.`

/** One call that waits, with all that is known of it. */
export const formatCall = (call: LiveCall, view: View): string => `${whatWords(call)}\n${formatCallFacts(call, view)}`

/** The same as the question that is answered. */
export const callQuestion = (call: LiveCall): string => `${whatWords(call)} Allow this one call? [y/N] `

/** The calls of programs that run or wait; under the table those that wait, one by one. */
export const formatCalls = (result: unknown, view: View): string => {
  const { calls } = result as { readonly calls: readonly LiveCall[] }
  if (calls.length === 0) return 'No program makes a call now.'
  const table = formatTable(
    ['CALL', 'STATE', 'PROGRAM', 'PROCESS', 'METHOD', 'CONNECTION', 'WHAT', 'SINCE'],
    calls.map(({ callId, state, clientName, pid, method, handle, target, startedAt }) => [
      { text: safeText(callId) },
      { text: state, paint: state === 'waiting' ? view.paint.warn : view.paint.good },
      { text: quoted(clientName) },
      { text: pid === null ? '-' : String(pid) },
      { text: safeText(method) },
      { text: handle === null ? '-' : safeText(handle) },
      { text: target === null ? '-' : targetText(target) },
      { text: relativeTime(startedAt, view.now) },
    ]),
    view.columns,
    view.paint,
  )
  const waiting = calls.filter(({ state }) => state === 'waiting')
  return [
    table,
    ...waiting.map((call) => `\n${safeText(call.callId)}: ${formatCall(call, view)}`),
    ...waiting.slice(0, 1).map(({ callId }) => view.paint.dim(`\nTo answer: patchbay grants allow-call ${safeText(callId)}, or deny-call`)),
  ].join('\n')
}
