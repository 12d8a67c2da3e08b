import { type ErrorSpec, spec } from './error-spec.ts'

/** What can become of a request for a connection, besides an answer. */
export const PICK_ERRORS = {
  'connection.nothing_to_pick': spec(
    'There is no connection to choose from.',
    'Connect an account first: `patchbay connect CONNECTOR`.',
    'after_fix',
    5,
  ),
  'connection.pick_no_window': spec(
    'No window of Patchbay is open to choose a connection in.',
    'Open Patchbay, then ask again; on a terminal, `patchbay connections pick` asks there.',
    'after_fix',
    5,
  ),
  'connection.pick_unanswered': spec('Nobody chose a connection in time.', 'Ask again when somebody is at the window.', 'later', 5),
  'connection.pick_busy': spec(
    'Too many requests for a connection wait already.',
    'Wait until one of them is answered, then ask again.',
    'later',
  ),
  'connection.pick_ended': spec('This request has ended; nobody waits for its answer.', 'Nothing is left to do.', 'never'),
  'connection.not_offered': spec('This connection is none of those that were asked for.', 'Choose one from the list.', 'after_fix', 2),
} as const satisfies Record<string, ErrorSpec>
