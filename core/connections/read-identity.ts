import type { NangoClient, NangoConnectionKey } from '../nango/nango-client.ts'
import type { RawIdentity } from '../nango/nango-identity.ts'
import type { Identity } from './connection-row.ts'

/** Who an account is: what the token answer told. Null where nobody says. */
export const readIdentity = async (
  _client: NangoClient,
  { told }: { readonly connectorId: string; readonly key: NangoConnectionKey; readonly told: RawIdentity | null },
): Promise<Identity | null> => told
