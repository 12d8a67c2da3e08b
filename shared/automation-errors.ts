import { type ErrorSpec, spec } from './error-spec.ts'

/** What can become of the calls of programs, and of what they ask for. */
export const AUTOMATION_ERRORS = {
  'automation.denied': spec('This caller may not do that.', 'Ask for a grant that covers it.', 'after_fix', 4),
  'automation.unproven': spec('The caller has not said who it is.', 'Call system.hello and system.prove first.', 'after_fix', 4),
  'automation.approval_required': spec(
    'This needs your yes.',
    'Run it on a terminal and answer there, or do it in the window.',
    'after_fix',
    4,
  ),
  'automation.paused': spec('All programs are paused.', 'Resume them in Automations, or with `patchbay grants resume`.', 'after_fix', 4),
  'automation.rate_limited': spec('The grant allows no more calls for now.', 'Call again after the named time.', 'later', 4),
  'automation.call_refused': spec(
    'The call was not allowed: nobody said yes to it.',
    'Ask again when somebody is at the window.',
    'later',
    4,
  ),
  'automation.busy': spec(
    'Too many requests wait for an answer already.',
    'Wait until one of them is answered, then ask again.',
    'later',
    4,
  ),
  'automation.muted': spec('Requests of this program were refused three times.', 'It may ask again after the named time.', 'later', 4),
  'grant.not_found': spec('There is no such grant.', 'List them with `patchbay grants list`.', 'after_fix'),
  'grant.not_waiting': spec('This request has been answered, or has ended.', 'Nothing is left to answer.', 'never'),
  'grant.not_active': spec('This grant is not in force.', 'The program can ask for another one.', 'after_fix'),
  'grant.too_early': spec('A request can be allowed only once it has been shown for a moment.', 'Answer again now.', 'later'),
  'grant.too_wide': spec('A grant cannot allow more than was asked for.', 'Leave out what goes further.', 'after_fix', 2),
  'grant.not_restorable': spec('This grant cannot be given back any more.', 'The program can ask for another one.', 'never'),
  'grant.call_ended': spec('This call has been answered, or has ended.', 'Nothing is left to answer.', 'never'),
  'audit.unavailable': spec(
    'The audit cannot be written, so programs may do nothing.',
    'Free some space on the disk, or look at `patchbay doctor`.',
    'after_fix',
  ),
} as const satisfies Record<string, ErrorSpec>

/** What can become of using a connection. */
export const USE_ERRORS = {
  'connection.not_usable': spec(
    'The connection cannot be used now.',
    'Look at what it needs: `patchbay connections get REF`.',
    'after_fix',
    5,
  ),
  'connection.no_credential': spec('There is no credential that could be handed out.', 'Use `connections.request` instead.', 'never', 5),
  'stream.not_found': spec(
    'There is no such stream: its body or its call has ended.',
    'Make the call again where the body did not come to its end.',
    'after_fix',
  ),
  'stream.idle': spec('Nobody read or sent a piece of the body for a minute.', 'Make the call again.', 'after_fix'),
  'stream.whole_only': spec(
    'The call was made, and its answer is given whole only: the text of this service may hold the credential.',
    'Make it without `stream`, again where it may be made twice.',
    'after_fix',
  ),
  'stream.too_many': spec('Too many bodies are on their way at once.', 'Read the others to their end, or close them.', 'later'),
  'connection.validity_too_short': spec(
    'The service gives no token that is good for as long as was asked.',
    'Ask for a shorter time.',
    'after_fix',
    5,
  ),
} as const satisfies Record<string, ErrorSpec>
