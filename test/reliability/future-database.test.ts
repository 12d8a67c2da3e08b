import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { StorageStatus } from '#shared/contract/backup'
import { startCoreSession } from '#test/helpers/core-session'
import { CATALOGUE_FILE } from '#test/helpers/make-core'
import { openFolder } from '#test/helpers/open-folder'
import { makeSpecimen } from './damage-harness.ts'
import { readImage, scratchFolder, sumsOf, writeImage, type FolderImage } from './folder-image.ts'
import { count } from './seeded-random.ts'

/** The folder of a killed Patchbay of a later version: its number is in the WAL or, once that is folded in, in the database. */
const fromTheFuture = async (image: FolderImage, ahead: number, isFolded: boolean): Promise<FolderImage> => {
  const place = scratchFolder()
  try {
    const folder = join(place, 'data')
    writeImage(folder, image)
    const database = await openFolder(folder)
    const version = database.db.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0
    database.db.exec(`PRAGMA user_version = ${version + ahead}`)
    if (isFolded) database.close()
    execFileSync('cp', ['-r', folder, join(place, 'copy')])
    database.close()
    return readImage(join(place, 'copy'))
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

test('a database of a later version stays byte for byte as it is, and is named', { timeout: 60_000 }, async () => {
  const { image } = await makeSpecimen('killed', 10)
  const isDatabase = (name: string): boolean => name.startsWith('patchbay.db')
  let compared = 0
  for (const ahead of [1, 100]) {
    for (const isFolded of [true, false]) {
      const future = await fromTheFuture(image, ahead, isFolded)
      const folder = join(scratchFolder(), 'data')
      writeImage(folder, future)
      for (let start = 0; start < 3; start += 1) {
        const session = await startCoreSession({ folder, catalogueFile: CATALOGUE_FILE })
        const { storage } = await session.call<{ storage: StorageStatus }>('system.status')
        expect(storage).toMatchObject({ state: 'rescue', reason: 'future', isWritable: false })
        await expect(session.call('connections.list')).rejects.toMatchObject({ code: 'storage.rescue' })
        await session.stop()
        const after = sumsOf(readImage(folder), isDatabase)
        expect(after).toEqual(sumsOf(future, isDatabase))
        compared += Object.keys(after).length
      }
      rmSync(join(folder, '..'), { recursive: true, force: true })
    }
  }
  count(`databases from the future: 12 starts, ${compared} files compared, all unchanged`)
  expect(compared).toBeGreaterThanOrEqual(24)
})
