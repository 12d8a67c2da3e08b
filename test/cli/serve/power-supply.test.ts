import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isOnBattery } from '#cli/serve/power-supply'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-power-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const supply = (name: string, facts: Readonly<Record<string, string>>): void => {
  mkdirSync(join(folder, name))
  for (const [fact, value] of Object.entries(facts)) writeFileSync(join(folder, name, fact), `${value}\n`)
}
const battery = (status: string): void => supply('BAT0', { type: 'Battery', status })

describe('a computer', () => {
  test('with a battery that empties and no charger runs on it', () => {
    supply('AC', { type: 'Mains', online: '0' })
    battery('Discharging')
    expect(isOnBattery(folder)).toBe(true)
  })

  test('on its charger does not, whatever the battery does', () => {
    supply('ucsi-source-psy', { type: 'USB', online: '1' })
    battery('Discharging')
    expect(isOnBattery(folder)).toBe(false)
  })

  test('with a full battery does not', () => {
    battery('Full')
    expect(isOnBattery(folder)).toBe(false)
  })

  test('is not told by the battery of its mouse', () => {
    supply('hidpp_battery_0', { type: 'Battery', status: 'Discharging', scope: 'Device' })
    expect(isOnBattery(folder)).toBe(false)
  })

  test('that tells nothing does not', () => {
    expect(isOnBattery(join(folder, 'nothing'))).toBe(false)
  })
})
