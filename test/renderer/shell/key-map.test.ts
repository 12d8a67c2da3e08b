import { expect, test } from 'vitest'
import { findBinding, isPrefix, type KeyBinding, pressName } from '#renderer/shell/key-map.ts'

const key = (keys: string, more: Partial<KeyBinding> = {}): KeyBinding => ({ keys, does: keys, run: () => undefined, ...more })
const shell = [key('g c'), key('Mod+1'), key('F6', { isAlways: true })]
const page = [key('c'), key('Escape', { isAlways: true })]
const maps = [shell, page]
const press = (name: string, held: { ctrlKey?: boolean; metaKey?: boolean; altKey?: boolean; shiftKey?: boolean } = {}) =>
  pressName({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held })

test('Ctrl and Cmd are the same key, and Alt belongs to the system', () => {
  expect(press('L', { ctrlKey: true, shiftKey: true })).toBe('Mod+Shift+l')
  expect(press('1', { metaKey: true })).toBe('Mod+1')
  expect(press('c', { altKey: true })).toBeNull()
  expect(press('?', { shiftKey: true })).toBe('?')
})

test('C after G goes to a page; C alone does what the page says', () => {
  expect(isPrefix(maps, 'g')).toBe(true)
  expect(findBinding(maps, 'c', 'g', true)?.keys).toBe('g c')
  expect(findBinding(maps, 'c', null, true)?.keys).toBe('c')
})

test('switched off, single keys are silent while Esc, F6 and keys with Ctrl still work', () => {
  expect(findBinding(maps, 'c', null, false)).toBeNull()
  expect(findBinding(maps, 'c', 'g', false)).toBeNull()
  expect(['Escape', 'F6', 'Mod+1'].map((name) => findBinding(maps, name, null, false)?.keys)).toEqual(['Escape', 'F6', 'Mod+1'])
})
