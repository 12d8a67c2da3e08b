import { AUTOMATION_ERRORS, USE_ERRORS } from './automation-errors.ts'
import { CONNECTION_ERRORS } from './connection-errors.ts'
import { type ErrorSpec, spec } from './error-spec.ts'
import { PICK_ERRORS } from './pick-errors.ts'

/** Every error that crosses a boundary: its words, its next step, whether a retry helps, and the command line's exit code. */
export const ERRORS = {
  internal: spec('Patchbay made a mistake.', 'Look in the log for the reference, then try again.', 'later'),
  'request.invalid': spec('The call is not understood.', 'Correct the named values.', 'after_fix', 2),
  'request.unknown_method': spec('There is no such method.', 'See docs/API.md for the methods there are.', 'never', 2),
  'request.too_large': spec('The message is too large.', 'Send at most 1 MiB in one message.', 'never', 2),
  'request.result_too_large': spec('The answer would be larger than 8 MiB.', 'Ask for less at once.', 'after_fix'),
  'request.malformed': spec('The message is not JSON-RPC 2.0.', 'Send one JSON object a line, not an array.', 'never', 2),
  'request.cancelled': spec('It was cancelled.', 'Start it again when you want to.', 'later', 130),
  'host.not_running': spec('Patchbay is not running.', 'Start it with `patchbay serve`, or leave out --no-autostart.', 'after_fix', 3),
  'host.already_running': spec('Another Patchbay owns this data folder.', 'Use that one, or stop it first.', 'after_fix', 3),
  'host.busy': spec('Too many programs are connected to Patchbay.', 'Close some, or try again in a moment.', 'later', 3),
  'host.stopping': spec('Patchbay is stopping.', 'Start it again.', 'later', 3),
  'host.unsupported_runtime': spec('This Node is too old for Patchbay.', 'Use Node 22.18 or newer, or start through npm.', 'after_fix'),
  'host.unsafe_start': spec(
    'Patchbay does not start so: it lets others into it.',
    'Leave it out and start again. On a computer where Patchbay is worked on, set PATCHBAY_DEV=1.',
    'after_fix',
  ),
  ...AUTOMATION_ERRORS,
  'vault.locked': spec(
    'The vault is locked.',
    'Unlock it: `patchbay vault unlock`, or set PATCHBAY_PASSPHRASE for a headless host.',
    'after_fix',
    6,
  ),
  'vault.key_missing': spec(
    'The key of this vault is gone.',
    'Bring back the keychain or key file it was sealed with. Nothing was deleted and no new key was made.',
    'after_fix',
    6,
  ),
  'vault.wrong_passphrase': spec('That is not the passphrase.', 'Type it again; nothing was changed.', 'after_fix', 6),
  'vault.unsealable': spec('A stored secret cannot be opened.', 'Enter it again. The unreadable one is kept.', 'after_fix', 6),
  'storage.busy': spec('The database is busy.', 'Try again in a moment.', 'later'),
  'storage.full': spec('The disk is full.', 'Free some space; what was acknowledged is kept.', 'after_fix'),
  'storage.read_only': spec('The data folder cannot be written.', 'Make it writable again.', 'after_fix'),
  'storage.unsafe_folder': spec(
    'The data folder is not yours alone.',
    'Use a folder of your own, or name another one in PATCHBAY_HOME.',
    'after_fix',
  ),
  'storage.corrupt': spec('The database is damaged.', 'It was left as it is; restore a backup.', 'after_fix'),
  'storage.future': spec(
    'The database was written by a newer Patchbay.',
    'Start that version. The files were left untouched.',
    'after_fix',
  ),
  'storage.failed': spec(
    'The data folder did not take the write.',
    'Check the disk, then look again: the change may be there or not.',
    'later',
  ),
  'storage.rescue': spec(
    'The database cannot be used as it is; nothing was deleted.',
    'Run `patchbay doctor`: it names the cause and the way out.',
    'after_fix',
  ),
  'storage.missing': spec(
    'The database is gone from its place.',
    'Bring it back, or restore a backup: `patchbay backup list`.',
    'after_fix',
  ),
  'backup.not_found': spec('There is no such backup.', 'See `patchbay backup list`.', 'never'),
  'backup.unusable': spec('This backup cannot be used.', 'Choose another one; nothing was changed.', 'never'),
  'profile.none': spec('No profile is in use.', 'Add one: `patchbay profiles add`, or in the window.', 'after_fix'),
  'profile.not_found': spec('There is no such profile.', 'See `patchbay profiles list`.', 'never'),
  'profile.read_only': spec(
    'This profile comes from the environment.',
    'Change NANGO_HOST or NANGO_SECRET_KEY and start again.',
    'after_fix',
  ),
  'profile.key_required': spec(
    'This profile has no secret key for its address.',
    'Enter the secret key of this Nango environment.',
    'after_fix',
    5,
  ),
  'profile.invalid_key': spec(
    'That is not a Nango secret key.',
    'A secret key is a UUID. Copy it from Environment Settings, API keys.',
    'after_fix',
    2,
  ),
  'profile.invalid_address': spec(
    'That is not the address of a server.',
    'Give an https address, such as https://nango.example.com.',
    'after_fix',
    2,
  ),
  'profile.insecure_address': spec(
    'Over http everybody on the way can read the key.',
    'Use https, or accept the risk for this profile.',
    'after_fix',
    2,
  ),
  'profile.invalid_certificate': spec(
    'That is not a PEM certificate.',
    'Choose a file that begins with BEGIN CERTIFICATE.',
    'after_fix',
    2,
  ),
  'direct.unavailable': spec(
    'Connecting without Nango is not possible yet.',
    'Unset NANGO_ENABLED, and use a Nango profile or the sandbox.',
    'after_fix',
  ),
  'nango.unreachable': spec(
    'Nango cannot be reached.',
    'Check the address and your connection. What you see is the last known state.',
    'later',
    7,
  ),
  'nango.timeout': spec('Nango did not answer in time.', 'Try again; if it stays so, check the server.', 'later', 7),
  'nango.certificate': spec("Nango's certificate is not trusted.", "Add your company's CA to the profile, as a PEM.", 'after_fix', 7),
  'nango.not_nango': spec(
    "The address answers with a web page, not with Nango's API.",
    'Check the address; a self-hosted server usually listens on port 3003.',
    'after_fix',
    7,
  ),
  'nango.key_refused': spec(
    'Nango refused the secret key.',
    'Enter the current key of this environment. Connections at Nango are untouched.',
    'after_fix',
    5,
  ),
  'nango.scope_missing': spec('The key may not do that.', 'Give the key the named scope at Nango, or use another key.', 'after_fix', 4),
  'nango.public_key': spec('Nango says this is a public key.', 'Use the secret key of the environment instead.', 'after_fix', 5),
  'nango.rate_limited': spec('Nango asks for a pause.', 'It goes on by itself after the named time.', 'later', 7),
  'nango.rejected': spec('Nango refused the request.', 'Read its words below and correct what they name.', 'after_fix'),
  'nango.not_found': spec('Nango does not know that.', 'Compare with the Nango dashboard, then sync.', 'after_fix'),
  'nango.server_error': spec('Nango failed inside.', 'Try again; if it stays so, read the server log.', 'later', 7),
  'nango.protocol': spec(
    'Nango answered something that is not understood.',
    'Check the address and the version of the server.',
    'after_fix',
    7,
  ),
  'nango.too_large': spec('Nango answered more than 8 MiB.', 'Check the address; nothing was taken over.', 'after_fix', 7),
  'connector.not_found': spec('There is no such connector.', 'See `patchbay connectors list --search`.', 'never'),
  'connector.needs_integration': spec(
    'Nango has no integration for this connector yet.',
    'Set it up: `patchbay integrations create`, or in the window, with the client id and secret where it needs them.',
    'after_fix',
  ),
  'connector.not_from_here': spec(
    'This connector cannot be connected from here yet.',
    'Connect it in the Nango dashboard; it appears here then.',
    'never',
  ),
  'integration.exists': spec('An integration with this id exists already.', 'Choose another id.', 'after_fix', 2),
  'integration.field_required': spec(
    'Something that this connector needs is missing. Nothing was sent.',
    'Fill in the named field.',
    'after_fix',
    2,
  ),
  'integration.field_unknown': spec('This connector does not take the named field. Nothing was sent.', 'Leave it out.', 'after_fix', 2),
  'integration.refused': spec('Nango refused what was entered.', 'Read its words below and correct the named field.', 'after_fix', 2),
  'integration.in_use': spec(
    'Connections hang on this integration.',
    'Removing it deletes them too: say how many you know of. A new id is possible only once they are gone.',
    'after_fix',
  ),
  'integration.dashboard_only': spec(
    'Nango takes what this connector needs in its dashboard only.',
    'Set it up in the Nango dashboard; it appears here then.',
    'never',
  ),
  'connect.invalid_fields': spec('Some fields are not right yet. Nothing was sent.', 'Correct the named fields.', 'after_fix', 2),
  'connect.no_connect_ui': spec('This Nango has no Connect UI.', 'Sign in on the page of the service instead.', 'never'),
  'connect.busy': spec('A sign-in for this connector and label is already waiting.', 'Finish or cancel that one first.', 'after_fix'),
  'connect.test_failed': spec(
    'The credentials were not accepted.',
    'Check them for a typing mistake, missing rights or a wrong address field; Nango also says this when the service cannot be reached.',
    'after_fix',
    5,
  ),
  'connect.limit_reached': spec(
    'Your plan at Nango allows no more connections. Nothing was connected.',
    'Remove connections that nobody needs, or raise the plan at Nango, then try again.',
    'after_fix',
  ),
  'connect.not_allowed': spec(
    'Nango does not let this sign-in make a connection of that integration.',
    'Start it anew; if it stays so, compare the integration with the Nango dashboard.',
    'after_fix',
  ),
  'connector.integration_incomplete': spec(
    'The integration at Nango lacks what it signs in with. Nothing was opened.',
    'Enter its client id and secret: `patchbay integrations update`, or in the window.',
    'after_fix',
  ),
  'queue.not_found': spec('There is no such queue.', 'See `patchbay queue list`.', 'never'),
  'queue.ended': spec('This queue is over.', 'Start a new one with what is left.', 'never'),
  'queue.busy': spec('A queue is under way for this profile.', 'Finish or cancel that one first.', 'after_fix'),
  'connect.denied': spec('Access was not given. Nothing was connected.', 'Try again if that was not meant.', 'after_fix', 5),
  'connect.expired': spec('The page was good for 30 minutes and has run out. Nothing was connected.', 'Get a new page.', 'after_fix', 5),
  'connect.provider_error': spec(
    'The provider did not complete the sign-in. Nothing was connected.',
    'Read its words below, then try again.',
    'after_fix',
    5,
  ),
  'connect.interrupted': spec('Patchbay stopped while this was open.', 'Start it again.', 'after_fix', 5),
  'connect.not_found': spec('There is no such flow.', 'Start a new one.', 'never'),
  'connect.ended': spec('This flow has ended.', 'Start a new one.', 'never'),
  'connect.no_browser': spec('No browser could be opened.', 'Copy the address and open it yourself.', 'after_fix'),
  ...CONNECTION_ERRORS,
  ...PICK_ERRORS,
  ...USE_ERRORS,
  'provider.unreachable': spec(
    'Nango cannot reach the service behind this connection.',
    'Try again; if it stays so, look whether the service is up, and whether your Nango may call it.',
    'later',
    7,
  ),
  'connect.nothing_to_decide': spec('This flow asks nothing.', 'See `patchbay connect list` for the flows that do.', 'never', 2),
  'provider.failing': spec(
    'The service behind this connection does not work at present.',
    'Wait: the connection itself may be well. It is looked at again by itself.',
    'later',
    7,
  ),
  'bulk.stopped': spec('The run was stopped.', 'Mend what stands in its way, then do the rest: `patchbay bulk retry`.', 'after_fix'),
  'bulk.not_found': spec('There is no such run.', 'See `patchbay bulk list`.', 'never'),
  'bulk.nothing_selected': spec(
    'It is not said which connections are meant. Nothing was done.',
    'Name them, give a filter, or say --all.',
    'after_fix',
    2,
  ),
  'bulk.incomplete': spec('This action needs something more. Nothing was done.', 'Give what is named.', 'after_fix', 2),
  'bulk.total_differs': spec(
    'There are more or fewer connections than were meant. Nothing was done.',
    'Look at them again, then start it anew.',
    'after_fix',
  ),
  'bulk.not_undoable': spec(
    'This run cannot be undone: it did not change labels or tags, or it is still going on.',
    'See `patchbay bulk results` for what it did.',
    'never',
  ),
  'bulk.changed_since': spec('This one was changed since and is left as it is now.', 'Change it by hand where that is wanted.', 'never'),
  'bulk.still_running': spec('This run has not ended yet.', 'Wait for its end, or cancel it.', 'later'),
  'sandbox.required': spec(
    'This profile is not a sandbox.',
    'Use a sandbox: choose one in the profile switcher, or name it: --profile-id.',
    'after_fix',
    2,
  ),
  'sandbox.no_token': spec('This connection has no token that is renewed.', 'Choose one that signs in through a page.', 'never', 2),
  'sandbox.no_receiver': spec(
    'The sandbox sends webhooks nowhere yet.',
    'Set the address of your receiver first: `patchbay sandbox update --webhook-url http://127.0.0.1:PORT/...`.',
    'after_fix',
    2,
  ),
  'sandbox.invalid_address': spec(
    'The sandbox sends webhooks to this computer only.',
    'Give an address such as http://127.0.0.1:8080/webhooks.',
    'after_fix',
    2,
  ),
  'cursor.invalid': spec('The list has moved on.', 'Read it again from the start.', 'after_fix', 2),
} as const satisfies Record<string, ErrorSpec>

export type ErrorCode = keyof typeof ERRORS

/** Facts that travel with an error: ids, numbers and texts, never secrets. */
export type ErrorData = Readonly<Record<string, unknown>>

/** An error as it crosses a boundary. */
export interface WireError {
  readonly code: ErrorCode
  readonly message: string
  readonly data: ErrorData
}

/** The only error that may cross a boundary; `cause` stays on this side. */
export class PatchbayError extends Error {
  readonly code: ErrorCode
  readonly data: ErrorData

  constructor(code: ErrorCode, options: { readonly message?: string; readonly data?: ErrorData; readonly cause?: unknown } = {}) {
    super(options.message ?? ERRORS[code].message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'PatchbayError'
    this.code = code
    this.data = options.data ?? {}
  }
}

/** Whether a string is a code of the table. */
export const isErrorCode = (value: unknown): value is ErrorCode => typeof value === 'string' && Object.hasOwn(ERRORS, value)

/** The form that travels. Anything but a PatchbayError becomes `internal` with the reference under which the log has it. */
export const toWire = (error: unknown, reference: string | null = null): WireError =>
  error instanceof PatchbayError
    ? { code: error.code, message: error.message, data: { next: ERRORS[error.code].next, ...error.data } }
    : {
        code: 'internal',
        message: ERRORS.internal.message,
        data: { next: ERRORS.internal.next, ...(reference === null ? {} : { reference }) },
      }

/** Rebuilds the error on the far side; a code of a newer version becomes `internal` and keeps its message. */
export const fromWire = (wire: { readonly code: string; readonly message: string; readonly data?: ErrorData | undefined }): PatchbayError =>
  new PatchbayError(isErrorCode(wire.code) ? wire.code : 'internal', { message: wire.message, data: wire.data ?? {} })
