import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root, sourceFiles } from './source-imports.ts'

const filesWith = (pattern: RegExp): string[] =>
  sourceFiles(['electron']).filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')))

test('only ipc.ts listens to calls, and only the preload scripts send them', () => {
  const listeners = filesWith(/\bipcMain\s*\??\.\s*(on|once|handle|handleOnce|addListener)\b/)
  expect(listeners.filter((file) => file !== 'electron/ipc.ts')).toEqual([])
  const senders = filesWith(/\bipcRenderer\b/)
  expect(senders.filter((file) => !/^electron\/(auth-)?preload\.ts$/.test(file))).toEqual([])
  expect(filesWith(/\bipcMain\b/)).toContain('electron/ipc.ts')
  expect(senders).toContain('electron/preload.ts')
})
