import { randomBytes } from 'node:crypto'
import type { Method } from '#shared/contract/define'
import { PatchbayError } from '#shared/errors'
import { inEnglish } from '#shared/sentence'
import type { UnsavedStops } from './automation/grant-savings.ts'
import { AuditLog } from './automation/audit-log.ts'
import { TerminalApprovals } from './automation/terminal-approvals.ts'
import type { Caller } from './caller.ts'
import type { WatchPace } from './connect/flow-watch.ts'
import type { Core } from './core.ts'
import { createBackupApi } from './database/backups/backup-api.ts'
import { createDispatcher, type Handler } from './dispatcher.ts'
import { createEngine, type Engine } from './engine.ts'
import { createEngineLife } from './engine-life.ts'
import { createEventBus } from './events/event-bus.ts'
import { ChosenLogLevel } from './health/log-level.ts'
import { createSettingsApi } from './health/settings-api.ts'
import { createSystemApi, type SystemApiDependencies, systemStatus } from './health/system-api.ts'
import { createTroubleApi } from './health/trouble-api.ts'
import type { HttpLimits } from './http.ts'
import { createLog, logLevelFrom, openLogFile } from './log.ts'
import type { Platform } from './platform.ts'
import { readNangoEnvironment } from './profiles/environment-profile.ts'
import { Vault } from './vault/vault.ts'
import { createVaultApi } from './vault/vault-api.ts'

export interface CoreOptions {
  /** The compiled catalogue, `resources/catalogue.json`. */
  readonly catalogueFile: string
  /** How often open flows are looked after; tests shorten it. */
  readonly pace?: WatchPace
  /** Between looks at Nango's list while nothing happens, milliseconds. */
  readonly idleIntervalMs?: number
  /** Between turns of looks at services, milliseconds; a measurement shortens it. */
  readonly probeTurnMs?: number
  /** Between looks whether a backup is due, milliseconds; tests shorten it. */
  readonly backupLookMs?: number
  /** Between looks at the clocks, milliseconds; tests shorten it. */
  readonly clockTickMs?: number
  /** Other deadlines and limits for calls to Nango; tests shorten them. */
  readonly httpLimits?: Partial<HttpLimits>
}

/** Makes a core for a host: the only place, with the engine, where things are wired together. Nothing runs before `start`. */
export const createCore = (platform: Platform, options: CoreOptions): Core => {
  const startedAt = platform.now()
  const bus = createEventBus((error) => log.error('event.listener_failed', { error }))
  const logLevel = new ChosenLogLevel(platform.settings, logLevelFrom(platform.environment['LOG_LEVEL']), () =>
    bus.publishChange({ type: 'settings.changed', data: {} }),
  )
  const log = createLog(
    () => logLevel.current(),
    openLogFile(platform.dataFolder),
    () => platform.now(),
  )
  const vault = new Vault({ platform, log })
  const audit = new AuditLog({
    now: () => platform.now(),
    log,
    announce: (lastSequence) => bus.publishChange({ type: 'audit.changed', data: { lastSequence } }),
  })
  const unsavedStops: UnsavedStops = { ended: new Map(), isPauseUnsaved: false, isPaused: false }
  const approvals = new TerminalApprovals(() => platform.monotonicNow())
  const nangoEnvironment = readNangoEnvironment(platform.environment)
  const shutdownListeners = new Set<() => void>()
  let isStopping = false
  let unfollowScreen = (): void => {}

  const life = createEngineLife({
    platform,
    vault,
    bus,
    log,
    backupLookMs: options.backupLookMs,
    createEngine: (db) =>
      createEngine({
        platform,
        db,
        vault,
        bus,
        log,
        nangoEnvironment,
        catalogueFile: options.catalogueFile,
        startedAt,
        audit,
        unsavedStops,
        pace: options.pace,
        idleIntervalMs: options.idleIntervalMs,
        probeTurnMs: options.probeTurnMs,
        clockTickMs: options.clockTickMs,
        httpLimits: options.httpLimits,
        // Minutes in which the clock that never jumps stood still count as idle.
        onWake: (gapMs) => {
          if (gapMs <= 0) return
          approvals.clear()
          life.engine()?.automation.book.slept(gapMs)
        },
      }),
  })

  const requireEngine = (): Engine => {
    if (isStopping) throw new PatchbayError('host.stopping')
    const engine = life.engine()
    if (engine !== null) return engine
    const refusal = life.storage.refusal()
    if (refusal !== null) throw refusal
    vault.databaseKey()
    // Another database is being put in its place, or it is being opened again.
    throw new PatchbayError('storage.busy')
  }

  const vaultApi = createVaultApi({ vault })
  const systemParts: SystemApiDependencies = {
    platform,
    startedAt,
    vault: () => vault.status(),
    storage: () => life.storage.status(),
    acknowledgeStorage: () => life.storage.acknowledge(),
    view: () => life.engine()?.view() ?? null,
    approveTerminal: (terminal) => platform.now() + approvals.approve(terminal),
    requestShutdown: () => {
      for (const listener of shutdownListeners) queueMicrotask(listener)
    },
  }
  const trouble = createTroubleApi({
    platform,
    subjects: {
      platform,
      versions: process.versions,
      vault: () => vault.status(),
      storage: () => life.storage.status(),
      audit: () => audit,
      nangoEnvironment,
      logLevel: () => logLevel.current(),
    },
    engine: () => life.engine()?.trouble ?? null,
    requireEngine: () => requireEngine().trouble,
    status: () => systemStatus(systemParts),
    logLevel: () => logLevel.current(),
    bus,
  })
  const base = {
    system: { ...createSystemApi(systemParts), ...trouble.methods },
    vault: {
      ...vaultApi,
      unlock: async (params: { passphrase?: string | undefined }, caller: Caller) => {
        const status = await vaultApi.unlock(params, caller)
        life.beginUse()
        life.engine()?.noteAttention()
        return status
      },
      lock: async (params: Record<string, never>, caller: Caller) => {
        approvals.clear()
        return vaultApi.lock(params, caller)
      },
    },
    settings: createSettingsApi(platform.settings, bus, (written) => logLevel.apply(written.logLevel)),
    backup: createBackupApi(life.backups),
  }

  const handlerOf = (name: string, method: Method): Handler => {
    const [domain = '', verb = ''] = name.split('.')
    if (isStopping) throw new PatchbayError('host.stopping')
    if (!(domain in base)) {
      requireEngine()
      life.admit(name, method.access)
    }
    const handlers: Record<string, unknown> =
      domain in base ? { ...base[domain as keyof typeof base] } : { ...requireEngine().handlers[domain as keyof Engine['handlers']] }
    const handler = handlers[verb]
    if (typeof handler !== 'function') throw new Error(`No handler for ${name} (${method.access})`)
    return handler as Handler
  }

  const dispatch = createDispatcher({
    handlerOf,
    engine: () => (life.storage.isWritable ? (life.engine()?.automation.dispatching ?? null) : null),
    requireEngine: () => requireEngine().automation.dispatching,
    now: () => platform.now(),
    monotonicNow: () => platform.monotonicNow(),
    isApproved: (caller) =>
      caller.kind === 'cli' && (caller.isTrusted || (caller.terminal !== null && approvals.isApproved(caller.terminal))),
    log,
    newReference: () => randomBytes(6).toString('hex'),
  })

  return {
    log,
    dispatch,
    start: async () => {
      for (const { id, words } of nangoEnvironment.findings) log.warn('environment.finding', { id, summary: inEnglish(words) })
      await life.start()
      vault.onChange(() => {
        if (vault.status().state !== 'open') void platform.forgetCopied?.()
        bus.publishChange({ type: 'vault.changed', data: {} })
      })
      unfollowScreen =
        platform.onScreenLock?.(() => {
          if (vault.status().state !== 'open' || !platform.settings.read().locksWithScreen) return
          approvals.clear()
          vault.lock()
          log.info('vault.locked_with_screen')
        }) ?? unfollowScreen
      const { state, reason } = life.storage.status()
      log.info('core.started', { host: platform.host, version: platform.version, vault: vault.status().state, storage: state, reason })
    },
    stop: async () => {
      isStopping = true
      logLevel.stop()
      unfollowScreen()
      trouble.stop()
      await Promise.all([life.stop(), platform.forgetCopied?.()])
      log.info('core.stopped')
    },
    proveClient: (publicKey, program) => requireEngine().automation.clientOfKey(publicKey, program),
    maySeeEvent: (caller, event) =>
      caller.kind === 'automation' ? (life.engine()?.automation.maySee(caller, event) ?? 'suspended') : 'seen',
    hangUp: (caller) => (caller.kind === 'automation' ? life.engine()?.automation.book.hangUp(caller.clientId) : undefined),
    onChange: (listener) => bus.onChange(listener),
    onPublicEvent: (listener) => bus.onPublic(listener),
    onShutdownRequest: (listener) => {
      shutdownListeners.add(listener)
      return () => shutdownListeners.delete(listener)
    },
    noteAttention: () => life.engine()?.noteAttention(),
    noteWake: () => life.engine()?.noteWake(),
    authWindowOrigins: () => life.engine()?.connect.windows.origins() ?? [],
    redeemAuthTicket: async (ticket) => requireEngine().connect.windows.redeem(ticket),
    reportAuthOutcome: (ticket, outcome) => life.engine()?.connect.windows.report(ticket, outcome),
  }
}
