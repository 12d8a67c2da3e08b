import type { Command } from '../command.ts'

/** What does it; read when one of these commands runs, so that no other command has to. */
type Runs = typeof import('./audit-run.ts')
const later =
  (name: keyof Runs): Command['run'] =>
  async (context, args) =>
    (await import('./audit-run.ts'))[name](context, args)

const FILTER_USAGE =
  '[--client CLIENT] [--connection REF] [--outcome done|denied|failed|cancelled] [--caller ui|cli|automation|unproven] [--method M] [--grant GRANT] [--since 2h|DATE] [--until DATE]'
const FILTER_VALUES = [
  'client',
  'client-id',
  'connection',
  'connection-id',
  'grant',
  'grant-id',
  'outcome',
  'caller',
  'method',
  'since',
  'until',
]

/** What was done, by whom; by their words. */
export const auditCommands: readonly (readonly [words: string, command: Command])[] = [
  [
    'audit list',
    {
      usage: `audit list ${FILTER_USAGE} [--limit N]`,
      summary: 'What was called, by whom and how it ended, newest first.',
      values: [...FILTER_VALUES, 'limit', 'cursor'],
      run: later('list'),
    },
  ],
  [
    'audit usage',
    {
      usage: 'audit usage [REF] [--client CLIENT] [--since 30d|DATE]',
      summary: 'Who used a connection, or with --client what a program used.',
      values: ['client', 'client-id', 'connection', 'connection-id', 'since'],
      run: later('usage'),
    },
  ],
  [
    'audit verify',
    {
      usage: 'audit verify',
      summary: 'Checks that no line of the audit was changed, taken away or moved; exit 1 when one was.',
      run: later('verify'),
    },
  ],
  [
    'audit export',
    {
      usage: `audit export [--format ndjson|csv] [--file FILE] [--force] ${FILTER_USAGE}`,
      summary: 'Writes the audit, oldest first, to a file for your eyes only, or to stdout.',
      values: [...FILTER_VALUES, 'format', 'file'],
      booleans: ['force'],
      run: later('exportAudit'),
    },
  ],
]
