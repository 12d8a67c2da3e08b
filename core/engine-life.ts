import { PatchbayError } from '#shared/errors'
import type { Access } from '#shared/contract/define'
import { BackupKeeper } from './database/backups/backup-keeper.ts'
import { acquireInstanceLock, type InstanceLock } from './database/instance-lock.ts'
import { Storage } from './database/storage.ts'
import type { WritableDb } from './database/sql.ts'
import type { EventBus } from './events/event-bus.ts'
import type { Log } from './log.ts'
import type { Platform } from './platform.ts'
import type { Vault } from './vault/vault.ts'

/** What the life of the engine has to know of it. */
interface Living {
  start(): void
  stop(): Promise<void>
  noteAttention(): void
}

export interface EngineLifeOptions<E extends Living> {
  readonly platform: Platform
  readonly vault: Vault
  readonly bus: EventBus
  readonly log: Log
  readonly createEngine: (db: WritableDb) => E
  /** Between two looks whether a backup is due, milliseconds. */
  readonly backupLookMs?: number | undefined
}

/** When a start that storage interrupted is tried again, milliseconds. */
const START_AGAIN_MS = 1_000

/** What a person may do on a full disk, since it makes space. */
const FREES_SPACE: ReadonlySet<string> = new Set(['connections.remove', 'profiles.remove', 'connect.cancel'])

/** What stops programs holds at once, and is written once the disk takes it: no trouble of the disk may keep it from being done. */
const STOPS_PROGRAMS: ReadonlySet<string> = new Set([
  'grants.deny',
  'grants.revoke',
  'grants.revokeAll',
  'grants.pause',
  'grants.answerCall',
])

/** Owns the data folder, and keeps an engine on its database as long as there is one that can be used. */
export const createEngineLife = <E extends Living>(options: EngineLifeOptions<E>) => {
  const { platform, vault, bus, log } = options
  let lock: InstanceLock | null = null
  let engine: E | null = null
  let isStarted = false
  let isStopping = false
  let isReplacing = false
  let isMending = false
  let isVaultRead = false
  let mending: Promise<void> | null = null
  let mendFailure: string | null = null
  let ended: Promise<void> = Promise.resolve()

  const announce = (): void => bus.publishChange({ type: 'storage.changed', data: {} })

  const storage = new Storage({
    folder: platform.dataFolder,
    now: () => platform.now(),
    log,
    keys: () => ({ database: vault.databaseKey(), mark: vault.markKey() }),
    onChange: () => {
      announce()
      if (storage.isWritable && engine !== null && !isStarted) void mend()
    },
    onLost: () => void endUse(),
    onMended: () => void mend(),
  })

  /** Takes the engine away from whoever asks next, and waits until it and those before it have ended. */
  const endUse = (): Promise<void> => {
    const last = engine
    const before = ended
    engine = null
    isStarted = false
    const end = async (): Promise<void> => {
      try {
        await last?.stop()
      } catch (error) {
        // What it wanted to write down has no place any more.
        log.warn('engine.stop_failed', { error })
      }
      await before
    }
    ended = end()
    return ended
  }

  const isOfStorage = (error: unknown): boolean => error instanceof PatchbayError && error.code.startsWith('storage.')

  /** Begins to use the database where vault and storage allow it; otherwise their status tells why not. */
  const beginUse = (): void => {
    // Who changes the files begins the use of them as well: an unlock meanwhile must not.
    if (engine !== null || isStopping || isReplacing || isMending || vault.status().state !== 'open') return
    const db = storage.open()
    if (db === null) return
    try {
      engine = options.createEngine(db)
      // Without a place to write, nothing may be asked of others whose answer would have to be kept.
      if (!storage.isWritable) return
      engine.start()
      isStarted = true
      backups.start()
    } catch (error) {
      if (!isOfStorage(error)) throw error
      log.error('engine.not_started', { error })
      // The storage may be well again before anybody looks at it: nobody else would begin once more.
      setTimeout(() => void (isStarted ? undefined : mend()), START_AGAIN_MS).unref()
    }
  }

  const openVault = async (): Promise<void> => {
    await vault.open()
    isVaultRead = true
  }

  /** The cause of a trouble is gone: everything is opened anew. */
  const mend = (): Promise<void> => {
    const work = async (): Promise<void> => {
      try {
        lock ??= acquireInstanceLock(platform.dataFolder)
        isMending = true
        await endUse()
        storage.letGo()
        // What a person locked stays locked.
        if (!isVaultRead) await openVault()
        isMending = false
        beginUse()
        engine?.noteAttention()
        mendFailure = null
        log.info('storage.opened_again', { state: storage.status().state, reason: storage.status().reason })
        announce()
      } catch (error) {
        // It is tried every second: said once.
        const code = error instanceof PatchbayError ? error.code : 'internal'
        if (mendFailure !== code) log.warn('storage.not_mended', { error })
        mendFailure = code
        // The files were let go of, and with them the watch for the cause to go.
        if (isOfStorage(error)) storage.waitForFolder(error as PatchbayError)
      } finally {
        isMending = false
      }
    }
    if (isStopping || isReplacing) return Promise.resolve()
    mending ??= work().finally(() => (mending = null))
    return mending
  }

  const backups = new BackupKeeper({
    storage,
    dataFolder: platform.dataFolder,
    now: () => platform.now(),
    monotonicNow: () => platform.monotonicNow(),
    log,
    onChange: announce,
    endUse: async () => {
      await mending
      isReplacing = true
      await endUse()
    },
    beginUse: () => {
      isReplacing = false
      beginUse()
      engine?.noteAttention()
      announce()
    },
    lookEveryMs: options.backupLookMs,
  })

  const lockFolder = (): void => {
    try {
      lock ??= acquireInstanceLock(platform.dataFolder)
    } catch (error) {
      // A folder that takes no writes has no owner, and nothing to fight over: it is only read.
      if (!(error instanceof PatchbayError) || !['storage.read_only', 'storage.full', 'storage.failed'].includes(error.code)) throw error
      log.warn('storage.not_locked', { code: error.code })
    }
  }

  return {
    storage,
    backups,
    engine: (): E | null => engine,
    beginUse,
    /** Takes the folder, opens vault and database as far as they can be. Throws `host.already_running`. */
    start: async (): Promise<void> => {
      lockFolder()
      try {
        try {
          await openVault()
        } catch (error) {
          if (!isOfStorage(error)) throw error
          log.error('vault.not_opened', { error })
          storage.waitForFolder(error as PatchbayError)
        }
        beginUse()
      } catch (error) {
        lock?.release()
        throw error
      }
    },
    stop: async (): Promise<void> => {
      isStopping = true
      await mending
      await backups.stop()
      await endUse()
      storage.close()
      lock?.release()
    },
    /** Throws when a call of this access cannot be made to last now. */
    admit: (name: string, access: Access): void => {
      if (access === 'open' || access === 'read' || STOPS_PROGRAMS.has(name)) return
      if (FREES_SPACE.has(name) && storage.relieve()) return
      const refusal = storage.refusal()
      if (refusal !== null) throw refusal
    },
  }
}
