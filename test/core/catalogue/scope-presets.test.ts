import { expect, test } from 'vitest'
import { scopePresetsOf } from '#core/catalogue/scope-presets'

const presets = (scopes: readonly string[], defaultScopes: readonly string[] = [], suggestedScopes: readonly string[] = []) => {
  const connector = { scopes: [...scopes] } as Parameters<typeof scopePresetsOf>[0]['connector']
  const found = scopePresetsOf({ connector, defaultScopes: [...defaultScopes], suggestedScopes: [...suggestedScopes] })
  return Object.fromEntries(found.map((preset) => [preset.preset, preset.scopes]))
}

test('scopes are offered as the suggested ones, those that only read by their names, and everything', () => {
  const scopes = ['openid', 'files.read', 'files.readwrite', 'mail.send', 'calendar.readonly', 'read_write_all', 'chat:read']
  expect(presets(scopes, ['files.read'], ['mail.send'])).toEqual({
    default: ['files.read'],
    read_only: ['openid', 'files.read', 'calendar.readonly', 'chat:read'],
    everything: scopes,
  })
  expect(presets(scopes, [], ['mail.send'])).toMatchObject({ default: ['mail.send'] })
})

test('a choice of scopes that would be empty, or the same as another in another order, is not offered', () => {
  expect(presets([])).toEqual({})
  // Who somebody is reads nothing of theirs.
  expect(presets(['openid', 'email', 'mail.send'])).toEqual({ everything: ['openid', 'email', 'mail.send'] })
  expect(presets(['b.read', 'a.read'], ['a.read', 'b.read'])).toEqual({ default: ['a.read', 'b.read'] })
})
