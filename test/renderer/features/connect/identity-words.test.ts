import { describe, expect, test } from 'vitest'
import { choicesOf } from '#renderer/features/connect/decision-view.tsx'
import { identityLines, initialsOf } from '#renderer/features/connect/identity-words.ts'
import { choiceOf, presetsToShow } from '#renderer/features/connect/scope-choice.ts'

const nobody = { accountId: null, displayName: null, username: null, email: null, avatarUrl: null, workspace: null }

describe('the words of an account', () => {
  test('a name and what tells it from others; the id alone where there is nothing else', () => {
    const ada = { ...nobody, displayName: 'Ada Demo', email: 'ada@demo.example', accountId: 'demo-ada' }
    expect(identityLines(ada)).toEqual({ name: 'Ada Demo', detail: 'ada@demo.example', workspace: null, accountId: 'demo-ada' })
    expect(identityLines({ ...nobody, accountId: 'demo-ada' })).toMatchObject({ name: 'demo-ada', detail: null, accountId: null })
  })

  test('unknown is unknown', () => {
    expect(identityLines(null)).toBeNull()
    expect(identityLines(nobody)).toBeNull()
  })

  test('its letters are those of first and last name, or the first two of an address', () => {
    expect(['Mara Lindqvist', 'mara.l@gmail.example', 'ada', 'Ann B. Cole'].map(initialsOf)).toEqual(['ML', 'MA', 'AD', 'AC'])
  })

  test('what changes least is offered first, and only what is offered', () => {
    expect(choicesOf(['replace', 'add', 'keep'])).toEqual(['keep', 'add', 'replace'])
    expect(choicesOf(['replace'])).toEqual(['replace'])
  })
})

describe('a choice of scopes', () => {
  const presets = [
    { preset: 'read_only' as const, scopes: ['read'] },
    { preset: 'everything' as const, scopes: ['read', 'write'] },
  ]

  test('is a preset whatever the order, otherwise one of its own', () => {
    expect([[], ['write', 'read'], ['write']].map((scopes) => choiceOf(scopes, presets))).toEqual(['unset', 'everything', 'own'])
  })

  test('does not offer as a preset what is asked for anyway', () => {
    expect(presetsToShow({ scopePresets: presets, defaultScopes: ['write', 'read'] }).map(({ preset }) => preset)).toEqual(['read_only'])
    expect(presetsToShow({})).toEqual([])
  })
})
