import { type ErrorSpec, spec } from './error-spec.ts'

/** What can go wrong with a connection, its making aside. */
export const CONNECTION_ERRORS = {
  'connection.not_found': spec('There is no such connection.', 'See `patchbay connections list`.', 'never'),
  'connection.ambiguous': spec('More than one connection matches.', 'Name one of the candidates by its handle.', 'after_fix', 2),
  'connection.pending': spec('This connection is still being made.', 'Finish or cancel its sign-in first.', 'later', 5),
  'connection.refresh_failed': spec(
    'The provider did not give a fresh token.',
    'Wait and try again; if it stays so, connect the account again.',
    'after_fix',
    5,
  ),
  'connection.refresh_risky': spec(
    'The last refresh failed. Another try now makes Nango refuse this connection for 30 seconds if it fails too.',
    'Wait, or try anyway.',
    'after_fix',
    5,
  ),
  'connection.refresh_backoff': spec('A recent refresh failed; Nango waits before the next try.', 'Try again in 30 seconds.', 'later', 5),
  'connection.not_importable': spec(
    'Nango would not take these credentials. Nothing was sent.',
    'Correct the named fields; some ways to sign in cannot be imported.',
    'after_fix',
    2,
  ),
  'connection.invalid_tags': spec('Some tags are not right. Nothing was sent.', 'Correct the named tags.', 'after_fix', 2),
  'connection.metadata_too_large': spec(
    'Metadata takes at most 64 KiB and 32 levels. Nothing was sent.',
    'Keep less in it; larger things belong in a place of your own.',
    'after_fix',
    2,
  ),
  'connection.cannot_replace': spec(
    'Only two connections of the same connector and profile can stand in for each other. Nothing was changed.',
    'Name two different accounts of one connector.',
    'after_fix',
    2,
  ),
  'connection.identity_mismatch': spec(
    'Another account came back than the one this connection is for.',
    'Sign in again with the right account, or connect the other one as a connection of its own.',
    'after_fix',
    5,
  ),
  'connection.reconnect_risky': spec(
    'The sign-in of now cannot be kept aside: if another account comes back, it cannot be put back. Nothing was changed.',
    'Reconnect anyway. A key that may read credentials lets Patchbay keep them, where Nango takes their kind back.',
    'after_fix',
    5,
  ),
  'connection.cannot_put_back': spec(
    'The sign-in of before was not kept, so it cannot be put back.',
    'Let the new account take its place, or cancel and sign in again with the right one.',
    'after_fix',
    5,
  ),
  'connection.gone': spec(
    'This connection was deleted at Nango.',
    'Connect the account again; what is left of this one goes with the next look.',
    'after_fix',
    5,
  ),
  'connection.refused': spec('The service refuses this connection.', 'Connect the account again.', 'after_fix', 5),
  'connection.revoke_failed': spec(
    'The provider did not end access. Nothing was deleted.',
    'Try again, or remove it without revoke and end access in your account there.',
    'later',
    7,
  ),
  'connection.revoke_unknown': spec(
    'Whether the provider ended access is not known. Nothing was deleted.',
    'Try again, or look in your account there and remove it without revoke.',
    'later',
    5,
  ),
  'connection.not_revocable': spec(
    'Access to this service cannot be ended from here.',
    'End it in your account there; a key is ended by deleting it at the service.',
    'never',
  ),
} as const satisfies Record<string, ErrorSpec>
