import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptTags, areSameTags, tagsAfter } from '#core/connections/tag-rules'
import { ConnectionTags } from '#core/sandbox/stand-in-schemas'

const seed = Number(process.env['PATCHBAY_TEST_SEED'] ?? Date.now() % 1_000_000_000)
const problemsOf = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('It was taken.')
}

describe('tags', () => {
  test('are refused with each problem named and no value told', () => {
    const problems = problemsOf(() => acceptTags({ '1st': 'a', team: '', Owner: 'x', owner: 'y', end_user_email: 'hidden-value' }))
    expect(problems).toMatchObject({
      code: 'connection.invalid_tags',
      data: { problems: [{ path: '1st' }, { path: 'team' }, { path: 'owner' }, { path: 'end_user_email' }] },
    })
    expect(JSON.stringify(problems)).not.toContain('hidden-value')
  })

  test('of our own stay, whatever is replaced, and cannot be changed or removed by name', () => {
    const before = { team: 'ops', patchbay_owner: 'me' }
    expect(tagsAfter(before, { mode: 'replace', tags: { Plan: 'Pro' } })).toEqual({ plan: 'Pro', patchbay_owner: 'me' })
    expect(tagsAfter(before, { mode: 'replace', tags: { patchbay_owner: 'me' } })).toEqual({ patchbay_owner: 'me' })
    expect(tagsAfter(before, { mode: 'add', tags: { plan: 'pro' } })).toEqual({ team: 'ops', plan: 'pro', patchbay_owner: 'me' })
    expect(tagsAfter(before, { mode: 'remove', keys: ['TEAM', 'none'] })).toEqual({ patchbay_owner: 'me' })
    for (const change of [
      { mode: 'replace', tags: { patchbay_owner: 'you' } },
      { mode: 'add', tags: { Patchbay_other: 'x' } },
      { mode: 'remove', keys: ['patchbay_owner'] },
    ] as const)
      expect(problemsOf(() => tagsAfter(before, change))).toMatchObject({ code: 'connection.invalid_tags' })
  })

  test('are at most ten, ours counted', () => {
    const eight = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`t${index}`, 'x']))
    const before = { ...eight, patchbay_owner: 'me' }
    expect(Object.keys(tagsAfter(before, { mode: 'add', tags: { ninth: 'x' } }))).toHaveLength(10)
    expect(problemsOf(() => tagsAfter(before, { mode: 'add', tags: { ninth: 'x', tenth: 'x' } }))).toMatchObject({
      code: 'connection.invalid_tags',
    })
  })

  test(`that are taken here are taken by Nango and come out the same (seed ${seed})`, () => {
    const key = fc.oneof(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_./-]{0,70}$/), fc.string({ maxLength: 6 }))
    fc.assert(
      fc.property(fc.dictionary(key, fc.string({ maxLength: 300 }), { maxKeys: 12 }), (tags) => {
        let accepted: Record<string, string>
        try {
          accepted = acceptTags(tags)
        } catch {
          return
        }
        expect(ConnectionTags.parse(tags)).toEqual(accepted)
        expect(areSameTags(accepted, acceptTags(accepted))).toBe(true)
      }),
      { seed, numRuns: 300 },
    )
  })
})
