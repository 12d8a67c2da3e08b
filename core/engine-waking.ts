import type { Clock } from './clock.ts'
import { ClockWatch, type Waking } from './clock-watch.ts'
import type { ConnectEngine } from './connect/connect-engine.ts'
import type { Log } from './log.ts'
import type { NangoAccess } from './nango/nango-access.ts'
import type { SyncRunner } from './sync/sync-runner.ts'

export interface EngineWakingOptions {
  readonly clock: Clock
  readonly log: Log
  readonly nango: NangoAccess
  readonly runner: SyncRunner
  readonly connect: ConnectEngine
  /** Told how much time may have gone by in a sleep, before anything is asked again. */
  readonly onSlept: (gapMs: number) => void
  /** Told when the computer woke, or its clock was set. */
  readonly onWake?: ((gapMs: number) => void) | undefined
  /** Between looks at the clocks, milliseconds. */
  readonly tickMs?: number | undefined
}

/** Brings everything that talks to Nango up to date when the computer woke, came onto another network, or somebody looks. */
export interface EngineWaking {
  start(): void
  stop(): void
  /** Somebody wants to know now. */
  noteAttention(): void
  /** A host heard that the computer woke: what the clocks tell is looked at now, and everything is brought up to date. */
  noteWake(): void
}

/** Joins the watch of the clocks with what a waking concerns. */
export const createEngineWaking = ({ clock, log, nango, runner, connect, onSlept, onWake, tickMs }: EngineWakingOptions): EngineWaking => {
  const wake = ({ gapMs, lateMs }: Waking): void => {
    log.info('host.woke', { gapMs: Math.round(gapMs), lateMs: Math.round(lateMs) })
    if (gapMs > 0) {
      nango.slept(gapMs)
      onSlept(gapMs)
    }
    nango.renew()
    runner.wake(gapMs)
    connect.wake()
    onWake?.(gapMs)
  }

  const watch = new ClockWatch({
    clock,
    onWake: wake,
    onNetwork: () => {
      log.info('host.network_changed')
      nango.renew()
      runner.noteAttention()
      connect.wake()
    },
    ...(tickMs === undefined ? {} : { tickMs }),
  })

  return {
    start: () => watch.start(),
    stop: () => watch.stop(),
    noteAttention: () => {
      nango.hurry()
      runner.noteAttention()
    },
    noteWake: () => {
      watch.check()
      wake({ gapMs: 0, lateMs: 0 })
    },
  }
}
