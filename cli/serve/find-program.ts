import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, extname, isAbsolute, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** The full path of a program on PATH, or null. Relative entries of PATH are passed over: they depend on where we were started. */
export const findProgram = (name: string, environment: Environment): string | null => {
  const folders = (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
  const file = process.platform === 'win32' && extname(name) === '' ? `${name}.exe` : name
  return folders.map((folder) => join(folder, file)).find(isProgram) ?? null
}
