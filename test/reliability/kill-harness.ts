import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFakeNango } from '#test/helpers/fake-nango'
import { bundleProgram } from '#test/helpers/bundle-program'
import { spawnHost, type SpawnHostOptions } from '#test/helpers/spawn-host'
import type { SocketPeer } from '../transports/socket-peer.ts'
import { randomFrom } from './seeded-random.ts'

/** What a run of kills brought. */
export interface KillReport {
  readonly seed: number
  readonly kills: number
  readonly acknowledged: number
  /** Acknowledged writes that were gone after a kill, in words. */
  readonly lost: readonly string[]
  /** Databases that were not whole after a kill. */
  readonly damaged: readonly string[]
}

/** What the host said it had done, to be compared with what is there. */
class Ledger {
  readonly notes = new Map<string, { sent: number; acknowledged: number }>()
  readonly profiles = new Set<string>()
  readonly connected = new Set<string>()
  acknowledged = 0
}

const resultOf = async <T>(peer: SocketPeer, method: string, params: unknown): Promise<T> => {
  const answer = await peer.call(method, params)
  if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`)
  return answer.result as T
}

interface Row {
  readonly connectionId: string
  readonly handle: string
  readonly status: string
  readonly notes: string | null
}

const readAll = async (peer: SocketPeer): Promise<Row[]> => {
  const rows: Row[] = []
  let cursor: string | null = null
  do {
    const page: { connections: Row[]; nextCursor: string | null } = await resultOf(peer, 'connections.list', {
      limit: 500,
      ...(cursor === null ? {} : { cursor }),
    })
    rows.push(...page.connections)
    cursor = page.nextCursor
  } while (cursor !== null)
  return rows
}

const compare = async (peer: SocketPeer, ledger: Ledger, kill: number): Promise<string[]> => {
  const rows = new Map((await readAll(peer)).map((row) => [row.connectionId, row]))
  const profiles = (await resultOf<{ profiles: { profileId: string }[] }>(peer, 'profiles.list', {})).profiles.map(
    ({ profileId }) => profileId,
  )
  const lost: string[] = []
  for (const [connectionId, { sent, acknowledged }] of ledger.notes) {
    const found = Number(rows.get(connectionId)?.notes ?? 0)
    if (found < acknowledged || found > sent)
      lost.push(`kill ${kill}: note ${acknowledged} of ${connectionId} reads ${found}, sent was ${sent}`)
  }
  for (const profileId of ledger.profiles) if (!profiles.includes(profileId)) lost.push(`kill ${kill}: profile ${profileId}`)
  for (const connectionId of ledger.connected) {
    if (rows.get(connectionId)?.status !== 'connected')
      lost.push(`kill ${kill}: connection ${connectionId} is ${rows.get(connectionId)?.status ?? 'gone'}`)
  }
  return lost
}

/** Writes without a pause until the host dies; only answered writes count as acknowledged. */
const writeUntilDead = async (peer: SocketPeer, ledger: Ledger, targets: readonly string[], onFirst: () => void): Promise<void> => {
  for (let round = 0; ; round += 1) {
    const connectionId = targets[round % targets.length] ?? ''
    const note = ledger.notes.get(connectionId) ?? { sent: 0, acknowledged: 0 }
    ledger.notes.set(connectionId, note)
    note.sent += 1
    await resultOf(peer, 'connections.update', { connectionId, notes: String(note.sent) })
    note.acknowledged = note.sent
    ledger.acknowledged += 1
    if (round === 0) onFirst()
    if (round % 7 === 3) {
      const made = await resultOf<{ profileId: string }>(peer, 'profiles.create', {
        name: `P${ledger.profiles.size}`,
        kind: 'sandbox',
        use: false,
      })
      ledger.profiles.add(made.profileId)
      ledger.acknowledged += 1
    }
    if (round % 11 === 5) {
      const flow = await resultOf<{ state: string; connectionId: string }>(peer, 'connect.start', {
        connectorId: 'n8n',
        fields: { baseUrl: 'https://n8n.example.test' },
        credentials: { apiKey: `key-${round}-0123456789` },
      })
      if (flow.state === 'connected') {
        ledger.connected.add(flow.connectionId)
        ledger.acknowledged += 1
      }
    }
  }
}

/** Kills fall up to so long after the first acknowledged write, milliseconds. */
const LONGEST_LIFE_MS = 400

/** Folders that are killed beside each other: a host mostly waits for its start. */
const LANES = 3

/** One data folder whose host is killed again and again. */
const runLane = async (kills: number, seed: number, program: string): Promise<KillReport> => {
  const random = randomFrom(seed)
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-kill-'))
  const nango = await startFakeNango({ rateLimitPerMinute: 1_000_000 })
  nango.fillConnections(5)
  const environment = { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey, PATCHBAY_TEST_FAULT: 'hasty' }
  const ledger = new Ledger()
  const lost: string[] = []
  const damaged: string[] = []
  try {
    for (let kill = 0; kill <= kills; kill += 1) {
      const host = await spawnHost({ folder, environment, program })
      const peer = await host.connect()
      if (kill === 0) await resultOf(peer, 'sync.run', {})
      lost.push(...(await compare(peer, ledger, kill)))
      if (kill === kills || kill % 10 === 0) {
        const { checks } = await resultOf<{ checks: { id: string; status: string; summary: string }[] }>(peer, 'system.doctor', {})
        const database = checks.find(({ id }) => id === 'database')
        if (database?.status !== 'ok') damaged.push(`kill ${kill}: ${database?.summary ?? 'not looked at'}`)
      }
      if (kill === kills) {
        await host.end('SIGTERM')
        break
      }
      const targets = (await readAll(peer)).filter(({ status }) => status === 'connected').map(({ connectionId }) => connectionId)
      const delayMs = random() * LONGEST_LIFE_MS
      await writeUntilDead(peer, ledger, targets, () => setTimeout(() => host.child.kill('SIGKILL'), delayMs)).catch(() => {})
      await host.end('SIGKILL')
    }
  } finally {
    await nango.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { seed, kills, acknowledged: ledger.acknowledged, lost, damaged }
}

/** Kills a host again and again at random moments under load and compares what it had acknowledged with what is there. */
export const runKills = async (kills: number, seed: number, script: SpawnHostOptions['script'] = 'host-process'): Promise<KillReport> => {
  const program = await bundleProgram(script)
  const lanes = Array.from({ length: Math.min(LANES, kills) }, (_, lane) => ({
    lane,
    kills: Math.floor((kills + lane) / Math.min(LANES, kills)),
  }))
  try {
    const reports = await Promise.all(lanes.map((each) => runLane(each.kills, seed + each.lane, program.file)))
    return {
      seed,
      kills: reports.reduce((sum, each) => sum + each.kills, 0),
      acknowledged: reports.reduce((sum, each) => sum + each.acknowledged, 0),
      lost: reports.flatMap((each) => each.lost),
      damaged: reports.flatMap((each) => each.damaged),
    }
  } finally {
    program.remove()
  }
}
