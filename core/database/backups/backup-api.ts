import type { Implements } from '#shared/contract/contract'
import type { Caller } from '../../caller.ts'
import type { BackupKeeper } from './backup-keeper.ts'

/** More than a data folder has in practice; the newest are told. */
const MOST_TOLD = 500

/** The domain `backup`; all of it but `create` works in rescue. */
export const createBackupApi = (keeper: BackupKeeper): Implements<'backup', Caller> => ({
  list: () => ({ backups: keeper.list().slice(0, MOST_TOLD) }),
  create: () => keeper.create(),
  compare: ({ backupId }) => keeper.compare(backupId),
  restore: ({ backupId }) => keeper.replace(backupId),
  startOver: () => keeper.replace(null),
})
