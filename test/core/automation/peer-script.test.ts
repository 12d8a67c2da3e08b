import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { wordsOfArgumentBlock } from '#core/automation/peer-processes'
import { isInterpreter, scriptOf } from '#core/automation/peer-script'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-script-'))
  mkdirSync(join(folder, 'lib'))
  for (const name of ['a.py', 'a.js', 'lib/index.js', 'a', 'b', 'a b.rb', 'a.jar']) writeFileSync(join(folder, name), '')
})
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['/usr/bin/node', ['node', '--import', 'a', '--no-warnings', 'a.js', 'b'], 'a.js'],
  ['/usr/bin/node', ['node', 'lib'], 'lib/index.js'],
  ['/usr/bin/node', ['node', './a.js'], 'a.js'],
  ['/opt/node-22/bin/node', ['node', '-e', 'code', 'a'], null],
  ['/usr/bin/node', ['npm run a'], null],
  ['/usr/bin/python3.12', ['python3', '-X', 'b', '-u', 'a.py', '--flag'], 'a.py'],
  ['/usr/bin/python3', ['python3', '-um', 'a'], null],
  ['/usr/bin/python3', ['python3', '-'], null],
  ['/bin/bash', ['bash', '-o', 'b', 'a'], 'a'],
  ['/bin/dash', ['sh', '-ec', 'a'], null],
  ['/bin/busybox', ['busybox', 'sh', 'a'], 'a'],
  ['/usr/bin/perl', ['perl', '-Mstrict', '-I', 'b', 'a'], 'a'],
  ['/usr/bin/perl', ['perl', '-ne', 'a'], null],
  ['/usr/bin/ruby', ['ruby', '-r', 'b', '--', 'a b.rb'], 'a b.rb'],
  ['/usr/bin/deno', ['deno', 'run', '-A', '--config', 'b', 'a.js'], 'a.js'],
  ['/usr/bin/deno', ['deno', 'eval', 'a'], null],
  ['/usr/bin/bun', ['bun', 'run', 'a.js'], 'a.js'],
  ['/usr/bin/java', ['java', '-cp', 'b', '-jar', 'a.jar', 'x'], 'a.jar'],
  ['/usr/bin/java', ['java', 'com.example.Main'], null],
  ['/usr/bin/node', ['node', 'missing.js'], null],
  ['/usr/bin/git', ['git', 'a'], null],
])('%s as %j runs %s', (interpreter, words, script) => {
  expect(scriptOf(interpreter, words, folder)).toBe(script === null ? null : join(folder, script))
})

test('an interpreter is told by its name', () => {
  const names = ['node', 'python3.13', 'pypy3', 'sh', 'perl5.36', 'ruby', 'deno', 'bun', 'git', 'nodejs-tool', 'code', 'shfmt', 'pythonic']
  expect(names.filter((name) => isInterpreter(`/usr/bin/${name}`))).toEqual(names.slice(0, 8))
})

test('the argument block of macOS: count, path, padding, words, then the environment', () => {
  const block = (count: number, text: string): Buffer => Buffer.concat([Buffer.from([count, 0, 0, 0]), Buffer.from(text)])
  expect(wordsOfArgumentBlock(block(2, '/usr/bin/node\0\0\0\0node\0a.js\0SECRET=1\0'))).toEqual(['node', 'a.js'])
  expect([wordsOfArgumentBlock(Buffer.alloc(0)), wordsOfArgumentBlock(block(9, '/usr/bin/node'))]).toEqual([[], []])
})
