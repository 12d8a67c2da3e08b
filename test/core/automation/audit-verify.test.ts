import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { createAuditChain } from '#core/automation/audit-chain'
import { AuditLog } from '#core/automation/audit-log'
import { readHead, readLines, writeHead } from '#core/automation/audit-store'
import { type AuditVerdict, verifyAudit } from '#core/automation/audit-verify'
import type { SqlValue, WritableDb } from '#core/database/sql'
import { SILENT_LOG } from '#core/log'
import { auditLine, type AuditWorld, openAuditWorld } from '#test/helpers/audit-world'
import { count, HARNESS_SEED, type Random, randomFrom } from '#test/reliability/seeded-random'

const worlds: AuditWorld[] = []
afterEach(() => {
  for (const world of worlds.splice(0)) world.close()
})

/** An audit of so many lines, written in several batches. */
const filled = (lines: number, options: Parameters<typeof openAuditWorld>[0] = {}): AuditWorld => {
  const world = openAuditWorld(options)
  worlds.push(world)
  for (let index = 0; index < lines; index++) {
    world.log.note(auditLine({ connectionId: `con_${index % 7}`, target: `GET /items/${index}`, durationMs: index }))
    if (index % 9 === 0) world.log.settle()
  }
  world.log.settle()
  return world
}

/** As a host finds it that starts now and has written nothing yet. */
const found = (world: AuditWorld): Promise<AuditVerdict> => verifyAudit(world.db, world.chain)
const faults = async (world: AuditWorld): Promise<string[]> =>
  (await found(world)).faults.map(({ sequence, kind }) => `${sequence} ${kind}`)
const rows = (db: WritableDb, ...sequences: number[]): Record<string, SqlValue>[] =>
  sequences.map((sequence) => db.get<Record<string, SqlValue>>('SELECT * FROM audit WHERE sequence = ?', sequence) ?? {})
const put = (db: WritableDb, row: Record<string, SqlValue>): void => {
  const values = Object.values(row)
  db.run(`INSERT OR REPLACE INTO audit (${Object.keys(row).join(', ')}) VALUES (${values.map(() => '?').join(', ')})`, ...values)
}
const swap = (db: WritableDb, left: number, right: number, keeps: readonly string[] = ['sequence']): void => {
  const [one = {}, other = {}] = rows(db, left, right)
  const kept = (from: Record<string, SqlValue>) => Object.fromEntries(keeps.map((name) => [name, from[name] ?? null]))
  put(db, { ...other, ...kept(one) })
  put(db, { ...one, ...kept(other) })
}

describe('an audit that nobody touched', () => {
  it('is whole, also while it is empty, after a restart, and whatever was pruned', async () => {
    const empty = filled(0)
    expect(await found(empty)).toEqual({ checked: 0, firstSequence: null, lastSequence: null, faults: [] })
    const world = filled(50)
    expect(await found(world)).toEqual({ checked: 50, firstSequence: 1, lastSequence: 50, faults: [] })
    world.log.close()
    world.log.open(world.db, createAuditChain(Buffer.alloc(32, 1)))
    world.log.close()
    world.log.open(world.db, world.chain)
    await world.log.commit(auditLine())
    expect(await found(world)).toMatchObject({ checked: 51, faults: [] })
  })

  it('is whole while lines are written and the oldest let go in the middle of it', async () => {
    const world = filled(1_500, { kept: { lines: 900, part: 100 } })
    const look = verifyAudit(world.db, world.chain, () => world.log.head)
    const add = setInterval(() => world.log.note(auditLine({ target: String(Math.random()) })), 1)
    const verdict = await look
    clearInterval(add)
    expect(verdict.faults).toEqual([])
  })

  it('shows nothing that fits under another key', async () => {
    const world = filled(3)
    const verdict = await verifyAudit(world.db, createAuditChain(randomBytes(32)))
    expect(verdict.faults.length).toBeGreaterThan(0)
  })
})

describe('what does not fit is named', () => {
  it('a changed line, and only that', async () => {
    const world = filled(30)
    world.db.run("UPDATE audit SET outcome = 'denied' WHERE sequence = 12")
    expect(await faults(world)).toEqual(['12 changed'])
    world.db.run('UPDATE audit SET hash = zeroblob(32) WHERE sequence = 20')
    expect(await faults(world)).toEqual(['12 changed', '20 changed'])
  })

  it('lines that are missing in the middle and at the beginning', async () => {
    const world = filled(30)
    world.db.run('DELETE FROM audit WHERE sequence IN (1, 7, 8)')
    expect(await faults(world)).toEqual(['1 missing', '7 missing', '8 missing'])
  })

  it('lines that stand in place of each other, neighbours too, with their hashes or without', async () => {
    const world = filled(30)
    swap(world.db, 5, 17)
    expect(await faults(world)).toEqual(['5 reordered', '17 reordered'])
    const neighbours = filled(30)
    swap(neighbours.db, 5, 6)
    expect(await faults(neighbours)).toEqual(['5 reordered', '6 reordered'])
    const withoutHash = filled(30)
    swap(withoutHash.db, 5, 17, ['sequence', 'hash'])
    expect(await faults(withoutHash)).toEqual(['5 reordered', '17 reordered'])
  })

  it('an end that was cut off, from where on it is missing', async () => {
    const world = filled(30)
    world.db.run('DELETE FROM audit WHERE sequence > 22')
    expect(await faults(world)).toEqual(['23 cut_off'])
    world.db.run('DELETE FROM audit')
    expect(await faults(world)).toEqual(['1 cut_off'])
  })

  it('a head that was moved back with the end, or is gone', async () => {
    const world = filled(30)
    const [line] = readLines(world.db, 'WHERE sequence = 22')
    world.db.run('DELETE FROM audit WHERE sequence > 22')
    world.db.run('UPDATE audit_head SET last_sequence = 22, last_hash = ?', line?.hash ?? null)
    expect(await faults(world)).toEqual(['22 cut_off'])
    world.db.run('DELETE FROM audit_head')
    expect(await faults(world)).toEqual(['22 cut_off'])
  })

  it('a line that nobody wrote: behind the end, before the beginning, and an older one that was put back as the last', async () => {
    const world = filled(30)
    const [line = {}] = rows(world.db, 12)
    put(world.db, { ...line, sequence: 31, method: 'connections.remove' })
    expect(await faults(world)).toEqual(['31 changed'])
    world.db.run('DELETE FROM audit WHERE sequence = 31')
    put(world.db, { ...line, sequence: 0, method: 'connections.remove' })
    expect(await faults(world)).toEqual(['0 changed'])
  })

  it('also the state of an hour ago, sealed as it was, while the host runs', async () => {
    const world = filled(30)
    const before = { head: world.db.get<Record<string, SqlValue>>('SELECT * FROM audit_head') ?? {} }
    world.log.note(auditLine({ method: 'connections.request' }))
    world.log.settle()
    world.db.run('DELETE FROM audit WHERE sequence = 31')
    world.db.run(
      'UPDATE audit_head SET last_sequence = 30, last_hash = ?, seal = ?',
      before.head['last_hash'] ?? null,
      before.head['seal'] ?? null,
    )
    const verdict = await verifyAudit(world.db, world.chain, () => world.log.head)
    expect(verdict.faults).toEqual([
      { sequence: 30, kind: 'cut_off' },
      { sequence: 31, kind: 'cut_off' },
    ])
  })

  it('for good: what a host writes afterwards hides nothing', async () => {
    const world = filled(30)
    world.log.close()
    world.db.run('DELETE FROM audit WHERE sequence > 22')
    world.db.run("UPDATE audit SET method = 'other' WHERE sequence = 5")
    const again = new AuditLog({ now: Date.now, log: SILENT_LOG, announce: () => {} })
    again.open(world.db, world.chain)
    await again.commit(auditLine())
    expect(await faults(world)).toEqual(['5 changed', ...[23, 24, 25, 26, 27, 28, 29, 30].map((sequence) => `${sequence} missing`)])
    again.close()
    world.db.run('DELETE FROM audit_head')
    const third = new AuditLog({ now: Date.now, log: SILENT_LOG, announce: () => {} })
    third.open(world.db, world.chain)
    await third.commit(auditLine())
    third.close()
    expect(await faults(world)).toContain('32 cut_off')
    expect(await faults(world)).toContain('5 changed')
  })
})

const COLUMNS: readonly (readonly [string, (random: Random) => SqlValue])[] = [
  ['at', (random) => new Date(1_700_000_000_000 + random.below(1e9)).toISOString()],
  ['caller', () => 'ui'],
  ['via', () => 'window'],
  ['client_id', () => null],
  ['client_name', () => 'Another'],
  ['grant_id', (random) => `gr_${random.below(1e6) + 2}`],
  ['program', () => '/tmp/other'],
  ['pid', (random) => 5_000 + random.below(1e6)],
  ['method', () => 'connections.list'],
  ['profile_id', () => ''],
  ['connection_id', (random) => `con_x${random.below(1e6)}`],
  ['handle', () => 'github/home'],
  ['target', () => null],
  ['outcome', () => 'failed'],
  ['code', () => ''],
  ['duration_ms', (random) => 1_000_000 + random.below(1e6)],
  ['count', (random) => 2 + random.below(1e6)],
  ['hash', () => randomBytes(32)],
]

/** One change of what is stored, by somebody who can write the database and has no key. */
const tamper = (db: WritableDb, random: Random, lines: number): string => {
  const [one, other] = [1 + random.below(lines), 1 + random.below(lines - 1)]
  const partner = other >= one ? other + 1 : other
  const kind = random.pick(['column', 'column', 'delete', 'swap', 'insert', 'truncate', 'head', 'back'] as const)
  if (kind === 'column') {
    const [name, value] = random.pick(COLUMNS)
    db.run(`UPDATE audit SET ${name} = ? WHERE sequence = ?`, value(random), one)
    return `column ${name} of ${one}`
  }
  if (kind === 'delete') db.run('DELETE FROM audit WHERE sequence BETWEEN ? AND ?', one, one + random.below(3))
  if (kind === 'swap') swap(db, one, partner, random.chance(0.5) ? ['sequence'] : ['sequence', 'hash'])
  if (kind === 'insert') {
    const [line = {}] = rows(db, one)
    const isInMiddle = random.chance(0.5)
    const place = isInMiddle ? partner : lines + 1
    if (isInMiddle) {
      db.run('UPDATE audit SET sequence = -sequence WHERE sequence >= ?', place)
      db.run('UPDATE audit SET sequence = 1 - sequence WHERE sequence < 0')
    }
    put(db, { ...line, sequence: place })
  }
  if (kind === 'truncate') db.run('DELETE FROM audit WHERE sequence >= ?', one)
  if (kind === 'head') {
    const column = random.pick(['last_sequence', 'first_sequence'])
    db.run(`UPDATE audit_head SET ${column} = ?`, column === 'last_sequence' ? one - 1 : one + 1)
  }
  // The end and the head together, as far as that can be done without the key.
  if (kind === 'back') {
    const [line] = readLines(db, 'WHERE sequence = ?', one - 1)
    db.run('DELETE FROM audit WHERE sequence >= ?', one)
    db.run('UPDATE audit_head SET last_sequence = ?, last_hash = ?', one - 1, line?.hash ?? Buffer.alloc(32))
  }
  return `${kind} ${one} ${partner}`
}

describe('100 random tamperings', () => {
  const LINES = 40
  const TRIES = 100

  /** How many were caught; `isWeak`: as if nothing sealed where the chain ends. */
  const caught = async (isWeak: boolean): Promise<{ readonly caught: number; readonly missed: readonly string[] }> => {
    const world = filled(LINES)
    world.db.exec('CREATE TABLE kept AS SELECT * FROM audit; CREATE TABLE kept_head AS SELECT * FROM audit_head')
    const random = randomFrom(HARNESS_SEED)
    const missed: string[] = []
    for (let index = 0; index < TRIES; index++) {
      const name = tamper(world.db, random, LINES)
      // Without a head there is none to change.
      if (isWeak && !name.startsWith('head')) {
        const [last] = readLines(world.db, 'ORDER BY sequence DESC LIMIT 1')
        const head = { lastSequence: last?.entry.sequence ?? 0, lastHash: last?.hash ?? Buffer.alloc(32), unprovenFrom: null }
        writeHead(world.db, world.chain, { ...head, firstSequence: 1, beforeHash: Buffer.alloc(32) })
      }
      if ((await found(world)).faults.length === 0) missed.push(name)
      world.db.exec(
        'DELETE FROM audit; DELETE FROM audit_head; INSERT INTO audit SELECT * FROM kept; INSERT INTO audit_head SELECT * FROM kept_head',
      )
    }
    expect((await found(world)).faults).toEqual([])
    return { caught: TRIES - missed.length, missed }
  }

  it('are all caught, and some are not where nothing tells where the chain ends', async () => {
    const { caught: all, missed } = await caught(false)
    count(`audit: ${all} of ${TRIES} random tamperings caught`)
    expect(missed).toEqual([])
    const weak = await caught(true)
    count(`audit without a sealed end: ${weak.caught} of ${TRIES} caught`)
    expect(weak.missed.length).toBeGreaterThan(0)
    expect(weak.missed.every((name) => /^(truncate|back|delete)/.test(name))).toBe(true)
  })

  it('leave a head behind that is read only where its seal fits', () => {
    const world = filled(5)
    expect(readHead(world.db, world.chain)?.lastSequence).toBe(5)
    expect(readHead(world.db, createAuditChain(randomBytes(32)))).toBeNull()
  })
})
