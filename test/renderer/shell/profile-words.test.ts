import { describe, expect, test } from 'vitest'
import { holderOf, whereOf } from '#renderer/shell/profile-words.ts'

const cloud = { kind: 'nango', name: 'production', nangoHost: 'https://api.nango.dev' } as const
const own = { kind: 'nango', name: 'staging', nangoHost: 'https://nango.harborline.example:3003' } as const
const sandbox = { kind: 'sandbox', name: 'Sandbox' } as const

describe('the words of a profile', () => {
  test('say where its sign-ins are kept', () => {
    expect([cloud, own, sandbox].map(whereOf)).toEqual(['Nango Cloud', 'nango.harborline.example:3003', 'in this app'])
  })

  test('say who holds the credentials of a connection, and through which profile (A3, A25, A39)', () => {
    expect(holderOf('nango', cloud)).toBe('Nango, production (Nango Cloud)')
    expect(holderOf('nango', own)).toBe('Nango, staging (nango.harborline.example:3003)')
    expect(holderOf('nango', sandbox)).toBe('the sandbox in this app')
    expect(holderOf('direct', cloud)).toBe('this computer')
    expect(holderOf('nango', null)).toBe('Nango')
  })
})
