import type { WritableDb } from '../sql.ts'
import { up as initial } from './0010-initial.ts'
import { up as connectionsAtSize } from './0020-connections-at-size.ts'
import { up as flowPages } from './0030-flow-pages.ts'
import { up as reconnects } from './0040-reconnects.ts'
import { up as connectionHealth } from './0050-connection-health.ts'
import { up as bulk } from './0060-bulk.ts'
import { up as importedRows } from './0070-imported-rows.ts'
import { up as connectQueues } from './0080-connect-queues.ts'
import { up as grants } from './0090-grants.ts'
import { up as audit } from './0100-audit.ts'

/** One numbered step; numbers rise in tens and are never changed once released. */
export interface Migration {
  readonly version: number
  readonly up: (db: WritableDb) => void
}

/** All steps in order. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 10, up: initial },
  { version: 20, up: connectionsAtSize },
  { version: 30, up: flowPages },
  { version: 40, up: reconnects },
  { version: 50, up: connectionHealth },
  { version: 60, up: bulk },
  { version: 70, up: importedRows },
  { version: 80, up: connectQueues },
  { version: 90, up: grants },
  { version: 100, up: audit },
]
