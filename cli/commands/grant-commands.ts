import type { Command } from '../command.ts'

/** What does it; read when one of these commands runs, so that no other command has to. */
type Runs = typeof import('./grant-run.ts')
const later =
  (name: keyof Runs): Command['run'] =>
  async (context, args) =>
    (await import('./grant-run.ts'))[name](context, args)

const TERM_USAGE =
  '[--verbs read,request,write,secret] [--connection CONNECTION]... [--connector CONNECTOR]... [--tag NAME[=VALUE]] [--all] [--get-only] [--rule "GET /path/**"]... [--calls-per-minute N] [--calls-per-day N] [--asks-each-time] [--term once|session|twelve_hours'
const TERM_VALUES = [
  'grant-id',
  'verbs',
  'connection',
  'connector',
  'tag',
  'rule',
  'calls-per-minute',
  'calls-per-day',
  'term',
  'connections',
  'limits',
]
const TERM_BOOLEANS = ['all', 'get-only', 'asks-each-time']

const oneGrant = (verb: string, summary: string, name: keyof Runs): readonly [string, Command] => [
  `grants ${verb}`,
  { usage: `grants ${verb} GRANT`, summary, values: ['grant-id'], run: later(name) },
]

/** The grants of programs, for a person at a terminal; by their words. */
export const grantCommands: readonly (readonly [words: string, command: Command])[] = [
  [
    'grants list',
    {
      usage: 'grants list [--state waiting|active|denied|ended] [--client-id CLIENT]',
      summary: 'Which programs may do what: those that wait for your answer first.',
      values: ['state', 'client-id'],
      run: later('list'),
    },
  ],
  [
    'grants approve',
    {
      usage: `grants approve [GRANT] ${TERM_USAGE}] [--yes]`,
      summary: 'Shows what a program asks for and allows it, or less of it; --yes needs GRANT and asks nothing.',
      values: TERM_VALUES,
      booleans: TERM_BOOLEANS,
      run: later('approve'),
    },
  ],
  oneGrant('deny', 'Says no to a program that asks.', 'deny'),
  [
    'grants watch',
    {
      usage: 'grants watch',
      summary: 'Stays and asks you about each request as it comes, for computers without a window.',
      run: later('watch'),
    },
  ],
  [
    'grants update',
    {
      usage: `grants update GRANT ${TERM_USAGE}|standing] [--ends-at 30d|DATE] [--any-call] [--no-asks-each-time] [--no-ends-at]`,
      summary: 'Changes what a grant allows.',
      values: [...TERM_VALUES, 'ends-at'],
      booleans: [...TERM_BOOLEANS, 'any-call', 'no-asks-each-time', 'no-ends-at', 'no-calls-per-minute', 'no-calls-per-day'],
      run: later('update'),
    },
  ],
  oneGrant('revoke', 'Takes a grant back: its program is refused at once.', 'revoke'),
  oneGrant('restore', 'Gives back what was taken back a moment ago.', 'restore'),
  [
    'grants revoke-all',
    { usage: 'grants revoke-all [--yes]', summary: 'Takes all grants back and denies what waits.', run: later('revokeAll') },
  ],
  oneGrant('forget', 'Takes a grant that has ended off the list; the audit keeps what it did.', 'forget'),
  [
    'grants pause',
    { usage: 'grants pause', summary: 'Refuses the calls of all programs for now; nothing is taken back.', run: later('pause') },
  ],
  ['grants resume', { usage: 'grants resume', summary: 'Lets programs use their grants again.', run: later('resume') }],
  [
    'grants calls',
    { usage: 'grants calls', summary: 'The calls of programs that run now, and those that wait for your yes.', run: later('calls') },
  ],
  [
    'grants allow-call',
    {
      usage: 'grants allow-call CALL [--yes]',
      summary: 'Shows one call that waits and says yes to it; without a terminal, or with --yes, unasked.',
      run: later('allowCall'),
    },
  ],
  ['grants deny-call', { usage: 'grants deny-call CALL', summary: 'Says no to one call that waits.', run: later('denyCall') }],
]
