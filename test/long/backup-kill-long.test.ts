import { expect, test } from 'vitest'
import { killBackups } from '../reliability/backup-kill-harness.ts'
import { count, HARNESS_SEED, randomFrom, sizeFrom } from '../reliability/seeded-random.ts'

const size = sizeFrom('PATCHBAY_BACKUP_KILLS', 500)

test(`whatever has the name of a backup can be restored, after ${size} kills while backups are made`, { timeout: 3_600_000 }, async () => {
  const { kills, backups, faults } = await killBackups(size, randomFrom(HARNESS_SEED))
  count(`kill -9 during backups: ${kills} kills, ${backups} backups, ${faults.length} faults, one restored`)
  expect(faults).toEqual([])
})
