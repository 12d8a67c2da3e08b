import { describe, expect, test } from 'vitest'
import { flagsOf, isBooleanFlag, paramsFromArguments, parseArguments } from '#cli/command-from-method'
import type { ContractMethod } from '#cli/contract-method'
import { contractMethods } from './terminal-stand-in.ts'

const method = (name: string): ContractMethod => {
  const found = contractMethods.find((each) => each.name === name)
  if (found === undefined) throw new Error(name)
  return found
}

const paramsOf = (name: string, ...args: string[]) =>
  paramsFromArguments(method(name), parseArguments(args, isBooleanFlag(flagsOf(method(name)))))

describe('arguments become parameters', () => {
  test('what is required may come as words, in order', () => {
    expect(paramsOf('connections.get', 'github/work')).toEqual({ connectionId: 'github/work' })
    expect(paramsOf('connections.get', '--connection-id', 'c1')).toEqual({ connectionId: 'c1' })
    expect(paramsOf('connections.get', '--connectionId=c1')).toEqual({ connectionId: 'c1' })
  })

  test('numbers, switches, choices and lists take their types', () => {
    expect(paramsOf('connections.list', '--limit', '5', '--descending', '--status', 'expired', '--sort=name')).toEqual({
      limit: 5,
      descending: true,
      status: 'expired',
      sort: 'name',
    })
    expect(paramsOf('connections.list', '--status', 'expired,error', '--no-descending', '--is-ours=true')).toEqual({
      status: ['expired', 'error'],
      descending: false,
      isOurs: true,
    })
  })

  test('a value may look like a flag or be empty when it is joined by =', () => {
    expect(paramsOf('connections.update', 'c1', '--label=--work', '--notes=')).toEqual({ connectionId: 'c1', label: '--work', notes: '' })
    expect(paramsOf('connections.update', 'c1', '--no-label')).toEqual({ connectionId: 'c1', label: null })
  })

  test('names and values come in pairs; a value may hold =', () => {
    expect(paramsOf('connect.start', 'n8n', '--fields', 'baseUrl=https://a.test/?x=1', '--fields', 'b=')).toEqual({
      connectorId: 'n8n',
      fields: { baseUrl: 'https://a.test/?x=1', b: '' },
    })
  })

  test('a secret is a dash, never a value', () => {
    expect(paramsOf('vault.unlock', '--passphrase', '-')).toEqual({ passphrase: '-' })
    expect(paramsOf('connect.start', 'n8n', '--credentials', 'apiKey=-')).toMatchObject({ credentials: { apiKey: '-' } })
    for (const args of [
      ['vault.unlock', '--passphrase', 'open'],
      ['vault.setPassphrase', '--passphrase=open sesame'],
      ['profiles.create', 'x', 'nango', '--secret-key', 'key'],
      ['connect.start', 'n8n', '--credentials', 'apiKey=key'],
    ]) {
      expect(() => paramsOf(...(args as [string, ...string[]]))).toThrow(/never from an argument/)
    }
  })

  test.each([
    ['an unknown flag', ['connections.get', 'c1', '--colour', 'red'], /no flag --colour/],
    ['a short flag', ['connections.get', '-x'], /no flag -x/],
    ['a flag twice', ['connections.list', '--limit', '1', '--limit', '2'], /more than once/],
    ['a flag without its value', ['connections.list', '--limit'], /needs a value/],
    ['a word too many', ['connections.get', 'c1', 'c2'], /does not know what to do with "c2"/],
    ['a missing word', ['connections.get'], /needs REF/],
    ['no number', ['connections.list', '--limit', 'ten'], /wants a number/],
    ['half a switch', ['connections.list', '--descending=maybe'], /true or false/],
    ['no pair', ['connect.start', 'n8n', '--fields', 'baseUrl'], /wants name=value/],
    ['a name twice', ['connect.start', 'n8n', '--fields', 'a=1', '--fields', 'a=2'], /names a more than once/],
  ] as const)('%s is wrong usage', (_name, [name, ...args], message) => {
    expect(() => paramsOf(name, ...args)).toThrow(message)
    try {
      paramsOf(name, ...args)
    } catch (error) {
      expect(error).toMatchObject({ code: 'request.invalid' })
    }
  })

  test('every method of the contract has flags that can be written', () => {
    for (const each of contractMethods)
      for (const flag of flagsOf(each)) expect([each.name, flag.flag]).toEqual([each.name, expect.stringMatching(/^[a-z][a-z0-9-]*$/)])
  })
})
