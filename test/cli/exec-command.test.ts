import { expect, test } from 'vitest'
import { environmentOf } from '#cli/commands/exec-command'

test.each([
  ['node/a', 'options', '--import=data:text/javascript,0'],
  ['ld/a', 'preload', '/tmp/own.so'],
  ['dyld/a', 'insert_libraries', '/tmp/own.dylib'],
  ['bash/a', 'env', '/tmp/own.sh'],
  ['git/a', 'ssh_command', 'own'],
])('no connector and field of a server give the program orders: %s %s', (handle, field, value) => {
  expect(environmentOf({ handle, token: null, fields: { [field]: value } }, 'PATCHBAY_TOKEN', {})).toEqual({})
  // Who names it wants it.
  expect(environmentOf({ handle, token: null, fields: { [field]: value } }, 'PATCHBAY_TOKEN', { NODE_OPTIONS: field })).toEqual({
    NODE_OPTIONS: value,
  })
})

test('the token, each field and what was asked for stand in the environment of the program', () => {
  const handed = { handle: 'github/work', token: 't', fields: { access_token: 't', 'app.id': '7' } }
  expect(environmentOf(handed, 'PATCHBAY_TOKEN', { MINE: 'app.id' })).toEqual({
    PATCHBAY_TOKEN: 't',
    GITHUB_ACCESS_TOKEN: 't',
    GITHUB_APP_ID: '7',
    MINE: '7',
  })
})
