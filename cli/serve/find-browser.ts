import { accessSync, constants, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

const LINUX = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'microsoft-edge-stable']
const MAC = [
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Chromium.app/Contents/MacOS/Chromium',
  'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
]
const WINDOWS = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe', 'Chromium/Application/chrome.exe']

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const folders = (platform: NodeJS.Platform, environment: Environment): readonly (string | undefined)[] => {
  if (platform === 'darwin') return ['/Applications', join(environment['HOME'] ?? '', 'Applications')]
  if (platform === 'win32') return [environment['PROGRAMFILES'], environment['PROGRAMFILES(X86)'], environment['LOCALAPPDATA']]
  return [...(environment['PATH'] ?? '').split(delimiter), '/snap/bin']
}

/** The first installed Chromium, Chrome or Edge, or null. */
export const findBrowser = (platform: NodeJS.Platform, environment: Environment): string | null => {
  const names = platform === 'darwin' ? MAC : platform === 'win32' ? WINDOWS : LINUX
  const places = folders(platform, environment).filter((folder) => folder !== undefined && folder !== '')
  const candidates = names.flatMap((name) => places.map((folder) => join(folder ?? '', name)))
  return candidates.find(isProgram) ?? null
}

/** The name under which snap confines a browser, or null. Such a browser cannot read hidden folders. */
export const snapNameOf = (browser: string): string | null => {
  const name = /^\/snap\/bin\/([\w-]+)$/.exec(browser)?.[1]
  if (name !== undefined) return name
  try {
    return realpathSync(browser) === '/usr/bin/snap' ? 'chromium' : null
  } catch {
    return null
  }
}
