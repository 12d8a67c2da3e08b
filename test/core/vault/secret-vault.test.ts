import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { createSecretVault, type SecretReference, type SecretVault } from '#core/vault/secret-vault'
import { Secret } from '#core/vault/secret'
import { PatchbayError } from '#shared/errors'

const key = randomBytes(32)
const reference: SecretReference = { kind: 'nango-key', owner: 'p1', binding: 'https://api.nango.dev' }
let database: OpenDatabase
let vault: SecretVault
let isLocked = false

beforeEach(() => {
  isLocked = false
  database = openMemoryDatabase()
  vault = createSecretVault(
    database.db,
    {
      keyId: 'k1',
      secretsKey: () => {
        if (isLocked) throw new PatchbayError('vault.locked')
        return key
      },
    },
    () => 0,
  )
})
afterEach(() => database.close())

const codeOf = (work: () => unknown): string | null => {
  try {
    work()
    return null
  } catch (error) {
    if (error instanceof PatchbayError) return error.code
    throw error
  }
}

describe('the secret vault', () => {
  it('gives back what was put, and the newest', () => {
    vault.put(reference, new Secret('first'))
    vault.put(reference, new Secret('zweite \u{1f511}'))
    expect(vault.open(reference)?.reveal()).toBe('zweite \u{1f511}')
    expect(vault.has(reference)).toBe(true)
  })

  it('knows no secret for another address than the one it is bound to', () => {
    vault.put(reference, new Secret('bound'))
    const elsewhere = { ...reference, binding: 'https://evil.example' }
    expect(vault.open(elsewhere)).toBeNull()
    expect(vault.has(elsewhere)).toBe(false)
  })

  it('does not open a row whose address was rewritten in the database, and keeps it', () => {
    vault.put(reference, new Secret('bound'))
    database.db.run("UPDATE secrets SET binding = 'https://evil.example'")
    expect(codeOf(() => vault.open({ ...reference, binding: 'https://evil.example' }))).toBe('vault.unsealable')
    expect(database.db.all('SELECT 1 FROM secrets')).toHaveLength(1)
  })

  it('does not open two rows whose contents were swapped', () => {
    const other: SecretReference = { ...reference, owner: 'p2' }
    vault.put(reference, new Secret('one'))
    vault.put(other, new Secret('two'))
    const [first, second] = database.db.all<{ sealed: Uint8Array }>('SELECT sealed FROM secrets ORDER BY owner')
    database.db.run("UPDATE secrets SET sealed = ? WHERE owner = 'p1'", second?.sealed ?? null)
    database.db.run("UPDATE secrets SET sealed = ? WHERE owner = 'p2'", first?.sealed ?? null)
    expect(codeOf(() => vault.open(reference))).toBe('vault.unsealable')
    expect(codeOf(() => vault.open(other))).toBe('vault.unsealable')
  })

  it('notices every single changed bit of a sealed secret', () => {
    vault.put(reference, new Secret('abc'))
    const sealed = Buffer.from(database.db.get<{ sealed: Uint8Array }>('SELECT sealed FROM secrets')?.sealed ?? [])
    expect(sealed.length).toBeGreaterThan(30)
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      database.db.run('UPDATE secrets SET sealed = ?', changed)
      expect(codeOf(() => vault.open(reference))).toBe('vault.unsealable')
    }
    database.db.run('UPDATE secrets SET sealed = ?', sealed)
    expect(vault.open(reference)?.reveal()).toBe('abc')
  })

  it('stores nothing that contains the secret, and no secret twice the same', () => {
    vault.put(reference, new Secret('PBCANARY-secret'))
    const first = Buffer.from(database.db.get<{ sealed: Uint8Array }>('SELECT sealed FROM secrets')?.sealed ?? [])
    vault.put(reference, new Secret('PBCANARY-secret'))
    const second = Buffer.from(database.db.get<{ sealed: Uint8Array }>('SELECT sealed FROM secrets')?.sealed ?? [])
    expect(first.includes('PBCANARY')).toBe(false)
    expect(first.equals(second)).toBe(false)
  })

  it('refuses to put or open while the vault is locked, and changes nothing', () => {
    vault.put(reference, new Secret('kept'))
    isLocked = true
    expect(codeOf(() => vault.open(reference))).toBe('vault.locked')
    expect(codeOf(() => vault.put(reference, new Secret('new')))).toBe('vault.locked')
    isLocked = false
    expect(vault.open(reference)?.reveal()).toBe('kept')
  })

  it('removes one kind, or everything of an owner', () => {
    const sandbox: SecretReference = { kind: 'sandbox-key', owner: 'p1', binding: 'x' }
    const foreign: SecretReference = { ...reference, owner: 'p2' }
    for (const each of [reference, sandbox, foreign]) vault.put(each, new Secret('s'))
    vault.remove(reference)
    expect([vault.has(reference), vault.has(sandbox)]).toEqual([false, true])
    vault.removeOwner('p1')
    expect([vault.has(sandbox), vault.has(foreign)]).toEqual([false, true])
  })
})
