import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const textOf = (folder: string, name: string): string => {
  try {
    return readFileSync(join(folder, name), 'utf8').trim()
  } catch {
    return ''
  }
}

/** Whether a Linux computer runs on its own battery now, as the kernel tells in this folder; false where it does not tell. */
export const isOnBattery = (folder = '/sys/class/power_supply'): boolean => {
  let supplies: string[]
  try {
    supplies = readdirSync(folder).map((name) => join(folder, name))
  } catch {
    return false
  }
  // The battery of a mouse says nothing about the computer.
  const own = supplies.filter((supply) => textOf(supply, 'scope') !== 'Device')
  if (own.some((supply) => textOf(supply, 'type') !== 'Battery' && textOf(supply, 'online') === '1')) return false
  return own.some((supply) => textOf(supply, 'type') === 'Battery' && textOf(supply, 'status') === 'Discharging')
}
